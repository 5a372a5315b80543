/** Prints, for windows of 200,000 decisions of the random policy, bytes allocated a decision and collections seen. */
import { PerformanceObserver } from "node:perf_hooks";
import { rootKey } from "@longview/statistics";
import { makeContentMarketplace } from "../../src/index.ts";

const world = makeContentMarketplace({ users: 128, key: rootKey(1) });
const { slots, candidates } = world.options;
let random = 123456789;
let decisions = 0;

/** A cheap slate that allocates nothing: a random start and a stride that shares no factor with the candidates. */
function run(count: number): void {
  decisions = 0;
  while (decisions < count) {
    for (let row = 0; row < world.rowCount; row++) {
      if (world.active[row] === 0) continue;
      random = (Math.imul(random, 1664525) + 1013904223) | 0;
      const start = (random >>> 8) % candidates;
      for (let j = 0; j < slots; j++) world.action[row * slots + j] = (start + 7 * j) % candidates;
      decisions++;
    }
    world.step();
  }
}

let collections = 0;
const observer = new PerformanceObserver((list) => (collections += list.getEntries().length));
const pause = () => new Promise((resolve) => setTimeout(resolve, 50));
observer.observe({ entryTypes: ["gc"] });
const windows: { bytesPerDecision: number; collections: number }[] = [];
run(400_000);
for (let window = 0; window < 4; window++) {
  globalThis.gc?.();
  await pause();
  collections = 0;
  const before = process.memoryUsage().heapUsed;
  run(200_000);
  const bytes = process.memoryUsage().heapUsed - before;
  await pause();
  windows.push({ bytesPerDecision: bytes / decisions, collections });
}
console.log(JSON.stringify(windows));
