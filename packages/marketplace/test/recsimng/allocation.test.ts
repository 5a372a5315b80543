import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import * as z from "zod";

const Found = z.record(z.string(), z.number().nullable());

test("a decision of a two-sided preset allocates less than a byte, seen from a process of its own", () => {
  const script = fileURLToPath(new URL("helpers/measure-allocation.ts", import.meta.url));
  // Which small laws the engine inlines differs between processes; what the code itself allocates shows in each.
  let last: z.infer<typeof Found> = {};
  for (let attempt = 0; attempt < 3; attempt++) {
    const output = execFileSync(process.execPath, ["--expose-gc", "--import", "tsx", script], {
      encoding: "utf8",
    });
    last = Found.parse(JSON.parse(output));
    if (Object.values(last).every((bytes) => bytes !== null && bytes < 1)) return;
  }
  expect.fail(JSON.stringify(last));
}, 120_000);
