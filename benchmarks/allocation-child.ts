// Run by allocation.ts: `node --expose-gc … allocation-child.ts WORKLOAD DECISIONS` prints {decisions, bytes}.
import { marketplacePlay, recsimWorlds } from "./worlds.ts";

const [workload, decisions] = process.argv.slice(2);
const play =
  workload === "recsim" ? recsimWorlds["recsim/interest-evolution-v0"](1024) : marketplacePlay(256);
play(1_000_000); // until the optimising compiler has settled
globalThis.gc?.();
const before = process.memoryUsage().heapUsed;
const taken = play(Number(decisions));
const bytes = process.memoryUsage().heapUsed - before;
process.stdout.write(JSON.stringify({ decisions: taken, bytes }));
