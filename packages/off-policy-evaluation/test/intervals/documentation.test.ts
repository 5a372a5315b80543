import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

test("the examples of docs/intervals.md and docs/diagnostics.md run", () => {
  // Inside the package, so that its imports resolve.
  const folder = mkdtempSync(fileURLToPath(new URL("../../.documentation-", import.meta.url)));
  try {
    const imports = ["intervals", "diagnostics"].map((name, i) => {
      const page = readFileSync(new URL(`../../../../docs/${name}.md`, import.meta.url), "utf8");
      const blocks = [...page.matchAll(/```ts\n([\s\S]*?)```/g)].map((match) => match[1]!);
      expect(blocks).toHaveLength(1);
      const last =
        i === 0
          ? "if (!(interval.lower <= interval.value && interval.value <= interval.upper && watched.upper <= 1 && resampled.lower <= resampled.upper)) throw new Error('not in order');"
          : "if (Math.abs(support.valueShift[1] - 0.2) > 1e-12) throw new Error('not 0.2');";
      writeFileSync(`${folder}/${name}.ts`, `${blocks[0]!}\n${last}\n`);
      return `await import("./${name}.ts");`;
    });
    writeFileSync(`${folder}/all.mts`, `${imports.join("\n")}\nprocess.stdout.write("ran");\n`);
    const out = execFileSync(process.execPath, ["--import", "tsx", `${folder}/all.mts`], {
      encoding: "utf8",
    });
    expect(out).toBe("ran");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
