import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

test("a decision allocates less than a byte, seen from a process of its own", { timeout: 60_000 }, () => {
  const script = fileURLToPath(new URL("./helpers/measure-allocation.ts", import.meta.url));
  const output = execFileSync(process.execPath, ["--expose-gc", "--import", "tsx", script], {
    encoding: "utf8",
  });
  const { bytesPerDecision, collections } = JSON.parse(output) as {
    bytesPerDecision: number;
    collections: number;
  };
  expect(bytesPerDecision).toBeLessThan(1);
  // collections would hide what was allocated; the young generation holds more than a byte a decision
  expect(collections).toBe(0);
});
