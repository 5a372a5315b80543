// Run by allocation.ts: `node --expose-gc … allocation-child.ts WORKLOAD DECISIONS` prints {decisions, bytes}.
import { MARKETPLACE_IDS } from "@longview/marketplace";
import { marketplacePlay, recsimWorlds } from "./worlds.ts";

const [workload, decisions] = process.argv.slice(2);
const marketplace = MARKETPLACE_IDS.find((id) => id === workload);
const play =
  marketplace === undefined
    ? recsimWorlds["recsim/interest-evolution-v0"](1024)
    : marketplacePlay(marketplace, 256);
play(500_000);
// The optimising compiler may settle late on a busy machine, and unoptimised code boxes numbers: of three windows the median.
const windows = Array.from({ length: 3 }, () => {
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  const taken = play(Number(decisions));
  return { decisions: taken, bytes: process.memoryUsage().heapUsed - before };
});
const sorted = windows.toSorted((a, b) => a.bytes / a.decisions - b.bytes / b.decisions);
process.stdout.write(JSON.stringify(sorted[1]));
