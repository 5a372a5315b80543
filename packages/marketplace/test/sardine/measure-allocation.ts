/** Prints, for three windows of 100,000 decisions of one world, bytes allocated a decision and collections seen. */
import { PerformanceObserver } from "node:perf_hooks";
import { makeVectorEnvironment, registerEnvironments } from "@longview/environment";
import { auctiongymDefinitions } from "../../src/auctiongym/index.ts";
import { recogymDefinitions } from "../../src/recogym/index.ts";
import { sardineDefinitions } from "../../src/sardine/index.ts";

registerEnvironments([...sardineDefinitions, ...recogymDefinitions, ...auctiongymDefinitions]);
const ROWS = 256;
const [id = ""] = process.argv.slice(2);
const world = makeVectorEnvironment(id, {
  rowCount: ROWS,
  ...(id.startsWith("sardine") ? { items: 20 } : {}),
});
world.reset({ seed: 1 });
const width = world.action.length / ROWS;
for (let i = 0; i < world.action.length; i++) world.action[i] = i % width;

function run(decisions: number): void {
  for (let taken = 0; taken < decisions; taken += ROWS) world.step();
}

let collections = 0;
const observer = new PerformanceObserver((list) => (collections += list.getEntries().length));
const pause = () => new Promise((resolve) => setTimeout(resolve, 50));
observer.observe({ entryTypes: ["gc"] });
const windows: { bytesPerDecision: number; collections: number }[] = [];
run(300_000);
for (let window = 0; window < 3; window++) {
  globalThis.gc?.();
  await pause();
  collections = 0;
  const before = process.memoryUsage().heapUsed;
  run(100_000);
  const bytes = process.memoryUsage().heapUsed - before;
  await pause();
  windows.push({ bytesPerDecision: bytes / 100_000, collections });
}
console.log(JSON.stringify(windows));
