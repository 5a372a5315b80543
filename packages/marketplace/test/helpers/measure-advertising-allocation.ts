/** Prints, for windows of 60,000 pages of a world with advertising, bytes allocated a page and collections seen. */
import { PerformanceObserver } from "node:perf_hooks";
import { rootKey } from "@longview/statistics";
import { makeWholeMarketplace, MECHANISMS_OFF } from "../../src/index.ts";

const world = makeWholeMarketplace({
  users: 128,
  options: { ...MECHANISMS_OFF, levers: { ...MECHANISMS_OFF.levers, adLoad: 2 }, advertising: {} },
  key: rootKey(1),
});

/** The first candidates in their order, whose mask is never 0 but at the end: a slate that allocates nothing. */
function run(count: number): number {
  const { slots } = world.options;
  let pages = 0;
  while (pages < count) {
    for (let row = 0; row < world.rowCount; row++) {
      if (world.active[row] === 0) continue;
      for (let j = 0; j < slots; j++) world.action[row * slots + j] = j;
      pages++;
    }
    world.step();
  }
  return pages;
}

let collections = 0;
const observer = new PerformanceObserver((list) => (collections += list.getEntries().length));
const pause = () => new Promise((resolve) => setTimeout(resolve, 50));
observer.observe({ entryTypes: ["gc"] });
const windows: { bytesPerPage: number; collections: number }[] = [];
run(120_000);
for (let window = 0; window < 3; window++) {
  globalThis.gc?.();
  await pause();
  collections = 0;
  const before = process.memoryUsage().heapUsed;
  const pages = run(60_000);
  const bytes = process.memoryUsage().heapUsed - before;
  await pause();
  windows.push({ bytesPerPage: bytes / pages, collections });
}
console.log(JSON.stringify(windows));
