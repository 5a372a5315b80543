import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

test("a decision allocates less than a byte, seen from a process of its own", { timeout: 60_000 }, () => {
  const script = fileURLToPath(new URL("./helpers/measure-allocation.ts", import.meta.url));
  const output = execFileSync(process.execPath, ["--expose-gc", "--import", "tsx", script], {
    encoding: "utf8",
  });
  const windows = JSON.parse(output) as { bytesPerDecision: number; collections: number }[];
  // a collection hides what was allocated, and code that a busy machine compiles late boxes numbers in one window:
  // most windows must be clean, and what allocates at every decision shows in all of them
  const clean = windows.filter((window) => window.collections === 0 && window.bytesPerDecision < 1);
  expect(clean.length, output).toBeGreaterThanOrEqual(2);
});
