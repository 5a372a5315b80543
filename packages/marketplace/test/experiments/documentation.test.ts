import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { EffectEstimate } from "@longview/experiments";
import { expect, test } from "vitest";
import type { TrueEffect } from "../../src/index.ts";

test(
  "the example of docs/experiments-in-the-marketplace.md runs and gives what it says",
  { timeout: 60_000 },
  async () => {
    // Inside the package, so that its imports resolve.
    const folder = mkdtempSync(fileURLToPath(new URL("../../.documentation-", import.meta.url)));
    try {
      const page = readFileSync(
        new URL("../../../../docs/experiments-in-the-marketplace.md", import.meta.url),
        "utf8",
      );
      const blocks = [...page.matchAll(/```ts\n([\s\S]*?)```/g)].map((match) => match[1]!);
      expect(blocks).toHaveLength(1);
      const file = `${folder}/example.ts`;
      writeFileSync(file, `${blocks[0]!}\nexport { plain, truth };\n`);
      const { plain, truth }: { plain: EffectEstimate; truth: TrueEffect } = await import(
        pathToFileURL(file).href
      );
      expect(truth.effect).toBeLessThan(plain.effect);
      expect(truth.control).toBeGreaterThan(0);
      expect(truth.effects).toHaveLength(2);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
);
