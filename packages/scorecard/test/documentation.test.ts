import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { IMPRESSION_FIELDS, PAGE_FIELDS } from "../src/events.ts";
import { METRICS } from "../src/registry.ts";
import { metricSettingsSchema } from "../src/settings.ts";

const page = readFileSync(new URL("../../../docs/scorecard.md", import.meta.url), "utf8");

test("docs/scorecard.md has every metric with its formula, unit and resampling, and every setting", () => {
  for (const { name, formula, unit, stakeholder, resampling } of METRICS) {
    const row = page.split("\n").find((line) => line.startsWith(`| \`${name}\` `)) ?? `no row of ${name}`;
    const cells = row.split("|").map((cell) => cell.trim());
    expect([cells[2], cells[3], cells[5], cells[6]]).toEqual([formula, unit, stakeholder, resampling]);
  }
  for (const setting of Object.keys(metricSettingsSchema.shape)) expect(page).toContain(`| \`${setting}\` `);
});

test("fields have one name each, of a page or of an impression", () => {
  const names = [...Object.keys(PAGE_FIELDS), ...Object.keys(IMPRESSION_FIELDS)];
  expect(new Set(names).size).toBe(names.length);
});

test("the example of docs/scorecard.md gives what it says", async () => {
  const [example] = [...page.matchAll(/```ts\n([\s\S]*?)```/g)].map((match) => match[1]!);
  // Inside the package, so that its imports resolve.
  const folder = mkdtempSync(fileURLToPath(new URL("../.documentation-", import.meta.url)));
  try {
    const file = join(folder, "example.ts");
    writeFileSync(file, `${example!}\nexport { satisfaction, gini, quality };\n`);
    const found: unknown = await import(/* @vite-ignore */ file);
    expect(found).toMatchObject({
      satisfaction: { value: 0.6000000000000001 },
      gini: { value: 4 / 9 },
      quality: { reason: "not in the data: quality" },
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
