import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parameterTable, wholeParameterTable } from "../scripts/parameter-table.ts";
import { candidateFeatureNames, contextFeatureNames, DEFAULT_COST_LIMITS } from "../src/index.ts";

const text = readFileSync(new URL("../../../docs/marketplace.md", import.meta.url), "utf8");
/** Prettier pads the cells of a table; widths do not count. */
const plain = (markdown: string) => markdown.replace(/ +/g, " ").replace(/-{3,}/g, "---");

test("the parameter table of docs/marketplace.md is the schema's", () => {
  expect(plain(text)).toContain(plain(parameterTable()));
});

test("the parameter table of docs/content-v1.md is the schema's", () => {
  const whole = readFileSync(new URL("../../../docs/content-v1.md", import.meta.url), "utf8");
  expect(plain(whole)).toContain(plain(wholeParameterTable()));
});

test("docs/marketplace.md names every feature and every limit", () => {
  const names = [...contextFeatureNames(8), ...candidateFeatureNames(8)].map((name) =>
    name.replace(/\d$/, ""),
  );
  for (const name of names) expect(text).toContain(`\`${name}`);
  for (const [name, limit] of Object.entries(DEFAULT_COST_LIMITS))
    expect(text).toContain(`\`${name}\` ≤ ${limit}`);
});
