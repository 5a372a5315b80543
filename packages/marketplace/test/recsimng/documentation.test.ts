import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { ecoagentDefinitions } from "../../src/ecoagent/index.ts";
import { rddlDefinitions } from "../../src/rddl/index.ts";
import { recsimngDefinitions } from "../../src/recsimng/index.ts";
import { optionTable } from "../recsim/option-table.ts";

const page = readFileSync(new URL("../../../../docs/presets-ecosystems.md", import.meta.url), "utf8");
const squeezed = (text: string) => text.replaceAll(/[ \t]+/g, " ").replaceAll(/-{3,}/g, "---");

test.each(
  [...ecoagentDefinitions, ...recsimngDefinitions, ...rddlDefinitions].map(
    ({ id, optionsSchema }) => [id, optionTable(optionsSchema)] as const,
  ),
)("docs/presets-ecosystems.md has the current option table of %s", (id, table) => {
  expect(page).toContain(`\`${id}\``);
  expect(squeezed(page)).toContain(squeezed(table.replace('| "" | [−∞, ∞] |', '| "" | path |')));
});
