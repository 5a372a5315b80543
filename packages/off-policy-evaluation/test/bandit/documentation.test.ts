import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import * as library from "../../src/index.ts";

const folder = new URL("../../../../docs/estimators/", import.meta.url);
const pages = readdirSync(folder).filter((name) => name.endsWith(".md") && !name.startsWith("sequential"));
const read = (name: string): string => readFileSync(new URL(name, folder), "utf8");

test("the example of docs/estimators/README.md gives what it says", () => {
  const [, block] = /```ts\n([\s\S]*?)```/.exec(read("README.md"))!;
  // Inside the package, so that its import resolves.
  const place = mkdtempSync(fileURLToPath(new URL("../../.documentation-", import.meta.url)));
  try {
    const code = block!.replace(/^(estimateValue\(.*\));/m, "process.stdout.write(String($1));");
    writeFileSync(`${place}/example.ts`, code);
    const out = execFileSync(process.execPath, ["--import", "tsx", `${place}/example.ts`], {
      encoding: "utf8",
    });
    expect(out).toBe("0.75");
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
});

test.each(pages)("%s: functions that it calls are exported, and pages that it names exist", (name) => {
  const page = read(name);
  const called = [...page.matchAll(/(?<!new |\.)\b([a-z]+[A-Z]\w+)\(/g)].map((match) => match[1]!);
  for (const functionName of called) expect(library).toHaveProperty(functionName);
  for (const [, link] of page.matchAll(/\]\(([\w-]+\.md)\)/g)) expect(pages).toContain(link);
});
