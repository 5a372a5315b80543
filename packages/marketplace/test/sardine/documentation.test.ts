import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import * as z from "zod";
import { auctiongymDefinitions } from "../../src/auctiongym/index.ts";
import { recogymDefinitions } from "../../src/recogym/index.ts";
import { sardineDefinitions } from "../../src/sardine/index.ts";
import { optionTable } from "../recsim/option-table.ts";

const page = readFileSync(new URL("../../../../docs/presets-sessions.md", import.meta.url), "utf8");
const squeezed = (text: string) => text.replaceAll(/[ \t]+/g, " ").replaceAll(/-{3,}/g, "---");

const [single, topK, rerank] = sardineDefinitions;

test.each(
  [topK, ...recogymDefinitions, ...auctiongymDefinitions].map(
    (definition) => [definition.id, definition] as const,
  ),
)("docs/presets-sessions.md has the current option table of %s", (id, { optionsSchema }) => {
  expect(page).toContain(`\`${id}\``);
  expect(squeezed(page)).toContain(squeezed(optionTable(optionsSchema)));
});

test("docs/presets-sessions.md has the defaults in which SARDINE's three ids differ", () => {
  const defaults = sardineDefinitions.map((definition) =>
    z.record(z.string(), z.unknown()).parse(definition.optionsSchema.parse({})),
  );
  const names = Object.keys(defaults[0]!).filter(
    (name) => new Set(defaults.map((own) => own[name])).size > 1,
  );
  expect(names.length).toBeGreaterThan(5);
  for (const name of names)
    expect(squeezed(page)).toContain(
      `| \`${name}\` | ${defaults.map((own) => String(own[name])).join(" | ")} |`,
    );
  for (const { id } of [single, topK, rerank]) expect(page).toContain(`\`${id}\``);
});
