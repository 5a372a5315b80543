import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { recsimDefinitions } from "../../src/recsim/index.ts";
import { optionTable } from "./option-table.ts";

const page = readFileSync(new URL("../../../../docs/presets.md", import.meta.url), "utf8");
const squeezed = (text: string) => text.replaceAll(/[ \t]+/g, " ").replaceAll(/-{3,}/g, "---");

test.each(recsimDefinitions.map((definition) => [definition.id, definition] as const))(
  "docs/presets.md has the current option table of %s",
  (id, { optionsSchema }) => {
    expect(page).toContain(`\`${id}\``);
    // The tension preset differs from its sibling in one default, which the page says in words.
    if (!id.includes("tension")) expect(squeezed(page)).toContain(squeezed(optionTable(optionsSchema)));
  },
);
