import { policyShape, type PolicyInference } from "@longview/policies";
import { rootKey } from "@longview/statistics";
import { expect, test } from "vitest";
import { BOOTSTRAPPED, LINKED, OPEN, TERMINATED } from "../src/advantages.ts";
import { createBatch, fillBatch } from "../src/batch.ts";
import {
  CARRIED,
  DECIDED,
  EPISODES,
  HELD,
  rolloutBuffers,
  type RolloutBuffers,
} from "../src/rollout-buffers.ts";
import { createShardCollector, type ShardCollector } from "../src/shard-collector.ts";
import { scriptedEnvironment, type ScriptTick } from "./helpers/environments.ts";

const discountFactor = 0.5;
const policy = { parameters: new Float32Array(0), normaliser: {} };

/** Equal logits; each value head is the observed tick / 10 (+ 1 for the second head). */
function inferenceFake(rows: number, heads: number): PolicyInference {
  const inputs = { observation: new Float32Array(rows) };
  const outputs = { logits: new Float32Array(rows * 2), values: new Float32Array(rows * heads) };
  return {
    rows,
    inputs,
    setPolicy() {},
    run() {
      for (let row = 0; row < rows; row++)
        for (let head = 0; head < heads; head++)
          outputs.values[row * heads + head] = inputs.observation[row]! / 10 + head;
      return Promise.resolve(outputs);
    },
  };
}

function collectorOf(
  scripts: readonly (readonly ScriptTick[])[],
  options: {
    rolloutLength: number;
    bootstrapOnTruncation?: boolean;
    inferenceRows?: number;
    headStart?: number;
  },
): { collector: ShardCollector; buffers: RolloutBuffers; sizes: Parameters<typeof rolloutBuffers>[0] } {
  const environment = scriptedEnvironment(scripts);
  const sizes = {
    shape: policyShape(environment.observationSpace, environment.actionSpace),
    rows: scripts.length,
    rolloutLength: options.rolloutLength,
    values: 2,
    objectives: 0,
    costs: 1,
  };
  const buffers = rolloutBuffers(sizes, { shared: false });
  const collector = createShardCollector({
    environment,
    inference: inferenceFake(options.inferenceRows ?? 4, 2),
    sizes,
    buffers,
    signals: [
      { cost: null, perDecision: 0 },
      { cost: 0, perDecision: 0.25 },
    ],
    discountFactor,
    bootstrapOnTruncation: options.bootstrapOnTruncation ?? true,
    headStart: options.headStart ?? 0,
    key: rootKey("collector"),
  });
  return { collector, buffers, sizes };
}

const sporadic: readonly ScriptTick[] = [
  { active: true, reward: 1, cost: 1 },
  { active: false, reward: 2 },
  { active: false, reward: 4, cost: 3 },
  { active: true, reward: 8 },
  { active: false, reward: 16 },
  { active: true, reward: 32, terminated: true },
];

test("a decision whose successor has not happened is carried, and ends up with exact discounted sums", async () => {
  const { collector, buffers, sizes } = collectorOf([sporadic], { rolloutLength: 2 });
  const batch = createBatch(sizes, 1);
  const fill = (): void =>
    fillBatch(batch, [buffers], sizes, {
      discountFactor,
      lambda: 0.5,
      scales: [1, 1],
      rewardClip: Infinity,
      observationClip: 10,
      policy,
    });

  await collector.collect(policy); // ticks 0 and 1: one decision, open
  expect([buffers.counters[HELD], buffers.counters[CARRIED], buffers.counters[DECIDED]]).toEqual([1, 0, 1]);
  expect(buffers.end[0]).toBe(OPEN);
  fill();
  expect(batch.count).toBe(0);

  await collector.collect(policy); // ticks 2 and 3: the carried decision links to the one at tick 3
  expect([buffers.counters[HELD], buffers.counters[CARRIED], buffers.counters[DECIDED]]).toEqual([2, 1, 1]);
  expect([buffers.end[0], buffers.end[1]]).toEqual([LINKED, OPEN]);
  expect(buffers.elapsed[0]).toBe(3);
  expect(buffers.signal[0]).toBe(1 + 0.5 * 2 + 0.25 * 4);
  expect(buffers.signal[1]).toBe(1 - 0.25 + 0.25 * 3);
  fill();
  expect(batch.count).toBe(1);
  // δ = r + γ³ V(tick 3) − V(tick 0); the open successor adds no advantage of its own.
  expect(batch.advantages[0]![0]).toBeCloseTo(3 + 0.125 * 0.3 - 0, 7);

  await collector.collect(policy); // ticks 4 and 5
  expect([buffers.end[0], buffers.end[1]]).toEqual([LINKED, TERMINATED]);
  expect([buffers.elapsed[0], buffers.elapsed[1]]).toEqual([2, 1]);
  fill();
  expect(batch.count).toBe(2);
  const last = 32 - 0.5;
  expect(batch.advantages[0]![1]).toBeCloseTo(last, 6);
  expect(batch.advantages[0]![0]).toBeCloseTo(8 + 0.5 * 16 + 0.25 * 0.5 - 0.3 + 0.25 * 0.5 * last, 6);
  expect(buffers.counters[EPISODES]).toBe(1);
  expect(buffers.episodeReturn[0]).toBe(63);
  expect(buffers.episodeLength[0]).toBe(6);
  expect(buffers.episodeCosts[0]).toBe(4);
});

test("cutting a semi-Markov stretch into rollouts of any length attributes the same sums to the same decisions", async () => {
  const sums = async (rolloutLength: number): Promise<string[]> => {
    const { collector, buffers } = collectorOf([sporadic, [...sporadic.slice(2), ...sporadic.slice(0, 2)]], {
      rolloutLength,
    });
    const seen: string[] = [];
    for (let tick = 0; tick < 12; tick += rolloutLength) {
      await collector.collect(policy);
      for (let slot = 0; slot < buffers.counters[HELD]!; slot++)
        if (buffers.end[slot] === LINKED || buffers.end[slot] === TERMINATED)
          seen.push(
            `${buffers.observation["observation"]![slot]}: ${buffers.signal[2 * slot]} over ${buffers.elapsed[slot]}`,
          );
    }
    return seen.sort();
  };
  const whole = await sums(12);
  expect(whole.length).toBeGreaterThan(6);
  // Where a rollout ends at an active row its decision is bootstrapped: those two are the only ones that may differ.
  for (const length of [2, 4]) {
    const parts = await sums(length);
    for (const part of parts) expect(whole).toContain(part);
  }
});

test("with every row active the rollout ends in the value of the current observation, and carries nothing", async () => {
  const { collector, buffers } = collectorOf([[{ active: true, reward: 1 }], [{ active: true, reward: 2 }]], {
    rolloutLength: 3,
    inferenceRows: 1, // chunks of one row: the same as together
  });
  await collector.collect(policy);
  expect([...buffers.end.subarray(0, 6)]).toEqual([
    LINKED,
    LINKED,
    LINKED,
    LINKED,
    BOOTSTRAPPED,
    BOOTSTRAPPED,
  ]);
  expect(buffers.bootstrap[4 * 2]).toBeCloseTo(0.3, 7);
  expect(buffers.bootstrap[5 * 2 + 1]).toBeCloseTo(1.3, 7);
  await collector.collect(policy);
  expect(buffers.counters[CARRIED]).toBe(0);
  expect(buffers.logProbability[0]).toBeCloseTo(Math.log(0.5), 14);
});

test("a truncated row bootstraps from its final observation; in parity mode it ends like a termination", async () => {
  const script: readonly ScriptTick[] = [
    { active: true, reward: 1 },
    { active: true, reward: 1, truncated: true },
  ];
  const correct = collectorOf([script], { rolloutLength: 2 });
  await correct.collector.collect(policy);
  expect(correct.buffers.end[1]).toBe(BOOTSTRAPPED);
  expect(correct.buffers.bootstrap[2]).toBeCloseTo(100.1, 4); // final observation of tick 1 is 1001
  const parity = collectorOf([script], { rolloutLength: 2, bootstrapOnTruncation: false });
  await parity.collector.collect(policy);
  expect(parity.buffers.end[1]).toBe(TERMINATED);
});

test("a snapshot in the middle of a carried decision continues to the same bytes", async () => {
  const run = collectorOf([sporadic, sporadic.slice(1)], { rolloutLength: 2 });
  await run.collector.collect(policy);
  const snapshot = run.collector.snapshot();
  const again = collectorOf([sporadic, sporadic.slice(1)], { rolloutLength: 2 });
  again.collector.restore(snapshot);
  for (let i = 0; i < 3; i++) {
    await run.collector.collect(policy);
    await again.collector.collect(policy);
    const held = run.buffers.counters[HELD]!;
    expect([...again.buffers.action.subarray(0, held)]).toEqual([...run.buffers.action.subarray(0, held)]);
    expect([...again.buffers.signal.subarray(0, 2 * held)]).toEqual([
      ...run.buffers.signal.subarray(0, 2 * held),
    ]);
  }
  expect(Buffer.from(again.collector.snapshot()).equals(Buffer.from(run.collector.snapshot()))).toBe(true);
});

test("the running return's moments are those of the discounted sums, restarted at an episode's end", async () => {
  const { collector, buffers } = collectorOf(
    [
      [
        { active: true, reward: 4 },
        { active: true, reward: 2, terminated: true },
      ],
    ],
    {
      rolloutLength: 4,
    },
  );
  await collector.collect(policy); // returns 4, 4, 4, 4: 0.5·4 + 2 = 4
  expect(buffers.returnMoments[0]).toBe(4);
  expect(buffers.returnMoments[1]).toBeCloseTo(4, 14);
  expect(buffers.returnMoments[2]).toBeCloseTo(0, 14);
});

test("a head start moves the world on by its ticks before the first decision is recorded", async () => {
  const { collector, buffers } = collectorOf([sporadic], { rolloutLength: 1, headStart: 3 });
  await collector.collect(policy); // tick 3, where the row is active again and receives 8
  expect([buffers.counters[HELD], buffers.counters[CARRIED]]).toEqual([1, 0]);
  expect(buffers.signal[0]).toBe(8);
});
