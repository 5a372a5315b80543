import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

test("the example of docs/drift.md runs and gives what it says", () => {
  // Inside the package, so that its imports resolve.
  const folder = mkdtempSync(fileURLToPath(new URL("../.documentation-", import.meta.url)));
  try {
    const page = readFileSync(new URL("../../../docs/drift.md", import.meta.url), "utf8");
    const blocks = [...page.matchAll(/```ts\n([\s\S]*?)```/g)].map((match) => match[1]!);
    expect(blocks).toHaveLength(1);
    const last = "process.stdout.write(JSON.stringify([distance, pValue, stability, byChance]));";
    writeFileSync(`${folder}/drift.mts`, `${blocks[0]!}\n${last}\n`);
    const out = execFileSync(process.execPath, ["--import", "tsx", `${folder}/drift.mts`], {
      encoding: "utf8",
    });
    const [distance, pValue, stability, byChance] = JSON.parse(out);
    expect(distance).toBeCloseTo(0.2, 3);
    expect(pValue).toBeLessThan(1e-9);
    expect(stability).toBeCloseTo(0.064, 3);
    expect(byChance).toBeCloseTo(0.0007, 4);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
