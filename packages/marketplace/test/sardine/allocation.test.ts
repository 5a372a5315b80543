import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import * as z from "zod";

// What V8 inlines depends on when its background compiler gets to it: what the code itself allocates shows in every process.
const PROCESSES = 4;
const printed = z.array(z.object({ bytesPerDecision: z.number(), collections: z.int() }));

/** One world of each family, so set that a step meets all of its code: drift, boredom, and new users often. */
const worlds = [
  [
    "sardine/SlateTopK-Bored-v0",
    { items: 20, relevanceSlope: 10, interestMemory: 0.95, boredomThreshold: 3, horizon: 10 },
  ],
  ["recogym/v1", { leaveOrganic: 0.1 }],
  ["auctiongym/second-price-v0", { horizon: 10 }],
] as const;

test.each(worlds)(
  "%s: a decision allocates less than a byte, seen from a process of its own",
  { timeout: 120_000 },
  (id, options) => {
    const script = fileURLToPath(new URL("./measure-allocation.ts", import.meta.url));
    const seen: z.infer<typeof printed>[] = [];
    let clean = 0;
    while (clean < 2 && seen.length < PROCESSES) {
      const args = ["--expose-gc", "--import", "tsx", script, id, JSON.stringify(options)];
      const windows = printed.parse(JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8" })));
      seen.push(windows);
      // a collection hides what was allocated
      clean = windows.filter((window) => window.collections === 0 && window.bytesPerDecision < 1).length;
    }
    expect(clean, JSON.stringify(seen)).toBeGreaterThanOrEqual(2);
  },
);
