import { runInNewContext } from "node:vm";
import { setFlagsFromString } from "node:v8";
import { expect, test } from "vitest";
import {
  listEnvironments,
  makeVectorEnvironment,
  normalizeObservation,
  normalizeReward,
  timeLimit,
} from "../src/index.ts";

setFlagsFromString("--expose-gc");
const collect: unknown = runInNewContext("gc");

function heapAfterCollection(): number {
  if (typeof collect === "function") collect();
  return process.memoryUsage().heapUsed;
}

/**
 * Bytes of young objects that a step leaves behind once its code is optimised: the least of a few rounds, because code
 * still waiting for the optimiser boxes numbers. A loop that allocates does so in every round; a round in which memory
 * was collected does not count.
 */
function bytesAStep(step: () => void, enough: number): number {
  const steps = 100;
  let least = Infinity;
  for (let round = 0; round < 30 && least >= enough; round++) {
    for (let i = 0; i < 500; i++) step();
    const before = heapAfterCollection();
    for (let i = 0; i < steps; i++) step();
    const grown = process.memoryUsage().heapUsed - before;
    if (grown >= 0) least = Math.min(least, grown / steps);
  }
  return least;
}

test(
  "a step of any registered environment, resets of its rows included, allocates nothing in its loops over rows",
  { timeout: 30_000 },
  () => {
    const rowCount = 128;
    for (const { id } of listEnvironments()) {
      const environment = makeVectorEnvironment(id, { rowCount, maximumEpisodeSteps: 10 });
      environment.reset({ seed: 1 });
      // One boxed number a row would be 12 × 128 bytes a step or more.
      expect({ id, few: bytesAStep(() => environment.step(), rowCount) < rowCount }).toEqual({
        id,
        few: true,
      });
    }
    const wrapped = normalizeReward(
      normalizeObservation(timeLimit(makeVectorEnvironment("CartPole-v1", { rowCount }), 10)),
    );
    wrapped.reset({ seed: 1 });
    expect(bytesAStep(() => wrapped.step(), rowCount)).toBeLessThan(rowCount);
  },
);

test("100,000 steps leave no memory behind", () => {
  const environment = makeVectorEnvironment("CartPole-v1", { rowCount: 4 });
  environment.reset({ seed: 1 });
  for (let i = 0; i < 5000; i++) environment.step();
  const before = heapAfterCollection();
  for (let i = 0; i < 100_000; i++) environment.step();
  expect(heapAfterCollection() - before).toBeLessThan(200_000);
});
