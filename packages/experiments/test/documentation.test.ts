import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { ListingChain, type ArmEffect, type DifferencesInQEstimate } from "../src/index.ts";

test("the example of docs/experiments.md runs and gives what it says", { timeout: 20_000 }, async () => {
  // Inside the package, so that its imports resolve.
  const folder = mkdtempSync(fileURLToPath(new URL("../.documentation-", import.meta.url)));
  try {
    const page = readFileSync(new URL("../../../docs/experiments.md", import.meta.url), "utf8");
    const blocks = [...page.matchAll(/```ts\n([\s\S]*?)```/g)].map((match) => match[1]!);
    expect(blocks).toHaveLength(1);
    const file = `${folder}/example.ts`;
    writeFileSync(file, `${blocks[0]!}\nexport { plain, corrected };\n`);
    const { plain, corrected }: { plain: ArmEffect; corrected: DifferencesInQEstimate } = await import(
      pathToFileURL(file).href
    );
    const { effect } = new ListingChain({
      listings: 100,
      demand: 10,
      controlUtility: 0.315,
      treatmentUtility: 0.3937,
    }).effects();
    expect(effect).toBeCloseTo(0.0039, 4);
    expect(plain.effect / effect).toBeGreaterThan(3);
    expect(plain.interval[0]).toBeGreaterThan(effect);
    expect(corrected.interval[0]).toBeLessThan(effect);
    expect(corrected.interval[1]).toBeGreaterThan(effect);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
