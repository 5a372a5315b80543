import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import * as models from "../../src/models/index.ts";

const pages = ["reward-models", "propensity-estimation"].map((name) =>
  readFileSync(new URL(`../../../../docs/estimators/${name}.md`, import.meta.url), "utf8"),
);

/** Runs TypeScript inside the package, so that its imports resolve, and returns what it wrote. */
function run(files: Readonly<Record<string, string>>, entry: string): string {
  const folder = mkdtempSync(fileURLToPath(new URL("../../.documentation-", import.meta.url)));
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(`${folder}/${name}`, text);
    return execFileSync(process.execPath, ["--import", "tsx", `${folder}/${entry}`], { encoding: "utf8" });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test("the examples of the pages on models run, and what they call is exported", () => {
  const files: Record<string, string> = {};
  pages.forEach((page, i) => {
    for (const [, called] of page.matchAll(/models\.([a-z]+[A-Z]\w+)\(/g))
      expect(models).toHaveProperty(called!);
    const blocks = [...page.matchAll(/```ts\n([\s\S]*?)```/g)].map((match) => match[1]!);
    expect(blocks).toHaveLength(1);
    files[`page${i}.mts`] = blocks[0]!;
  });
  files["all.mts"] =
    'await import("./page0.mts");\nawait import("./page1.mts");\nprocess.stdout.write("ran");\n';
  expect(run(files, "all.mts")).toBe("ran");
}, 60_000);

test("the package's main entry loads neither ONNX Runtime nor models", () => {
  const text = `
    import { createRequire } from "node:module";
    import "@longview/off-policy-evaluation";
    const loaded = Object.keys(createRequire(import.meta.url).cache).join() + process.report.getReport().sharedObjects.join();
    process.stdout.write(String(/onnxruntime/.test(loaded)));
  `;
  expect(run({ "light.mts": text }, "light.mts")).toBe("false");
  const barrel = readFileSync(new URL("../../src/index.ts", import.meta.url), "utf8");
  expect(barrel).not.toContain("./models/");
  expect(barrel).not.toContain("@longview/tensor");
}, 60_000);
