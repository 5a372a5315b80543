/** Prints, for each two-sided preset, the fewest bytes a decision allocated in a window without collection; else null. */
import { PerformanceObserver } from "node:perf_hooks";
import { makeVectorEnvironment, registerEnvironments } from "@longview/environment";
import { ecoagentDefinitions } from "../../../src/ecoagent/index.ts";
import { rddlDefinitions } from "../../../src/rddl/index.ts";
import { recsimngDefinitions } from "../../../src/recsimng/index.ts";

registerEnvironments([...ecoagentDefinitions, ...recsimngDefinitions, ...rddlDefinitions]);
// Episodes that outlast the windows: what the start of one allocates is no decision's.
const worlds = [
  makeVectorEnvironment("ecoagent-v0", { rowCount: 50, horizon: 10_000, newDocumentMargin: 1e5 }),
  makeVectorEnvironment("recsimng/ecosystem-v0", { rowCount: 100, users: 100, clusters: 2, horizon: 1e6 }),
  makeVectorEnvironment("rddl/recsim-ecosystem-v0", { rowCount: 100, horizon: 1e6 }),
];

let collections = 0;
const observer = new PerformanceObserver((list) => (collections += list.getEntries().length));
const pause = () => new Promise((resolve) => setTimeout(resolve, 30));
observer.observe({ entryTypes: ["gc"] });
const found: Record<string, number | null> = {};
for (const world of worlds) {
  world.reset({ seed: 1 });
  const { action, rowCount } = world;
  const slots = action.length / rowCount;
  let step = 0;
  const run = (steps: number) => {
    for (let i = 0; i < steps; i++) {
      step++;
      for (let j = 0; j < action.length; j++) action[j] = (step + j + Math.floor(j / slots)) % 10;
      world.step();
    }
  };
  run(1000);
  let least: number | null = null;
  for (let window = 0; window < 4; window++) {
    globalThis.gc?.();
    await pause();
    collections = 0;
    const before = process.memoryUsage().heapUsed;
    run(600);
    const bytes = (process.memoryUsage().heapUsed - before) / (600 * rowCount);
    await pause();
    if (collections === 0) least = Math.min(least ?? Infinity, bytes);
  }
  found[world.id] = least;
}
console.log(JSON.stringify(found));
