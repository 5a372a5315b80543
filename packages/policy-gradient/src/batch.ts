import type { PolicyShape, PolicyState } from "@longview/policies";
import { OPEN, generalisedAdvantagesInto } from "./advantages.ts";
import { HELD, rolloutCapacity, type RolloutBuffers, type RolloutSizes } from "./rollout-buffers.ts";
import { targetColumns } from "./update-program.ts";

/** The learner's arrays: every closed decision of a rollout, shards in order. Allocated once, reused. */
export interface Batch {
  /** By entry, normalised, `[rows, size]`. */
  readonly observation: Readonly<Record<string, Float32Array>>;
  readonly action: Int32Array | Float32Array;
  /** Packed columns: see targetColumns. */
  readonly targets: Float32Array;
  /** Advantages of each head, `[heads][rows]`, in scaled units. */
  readonly advantages: readonly Float64Array[];
  /** Rows in use. */
  count: number;
}

export interface FillOptions {
  readonly discountFactor: number;
  readonly lambda: number;
  /** One a head: factor on its signals. */
  readonly scales: readonly number[];
  readonly rewardClip: number;
  readonly observationClip: number;
  readonly policy: PolicyState;
}

export function createBatch(sizes: RolloutSizes, shards: number): Batch {
  const capacity = rolloutCapacity(sizes) * shards;
  const { shape, values } = sizes;
  return {
    observation: Object.fromEntries(
      shape.observation.map((entry) => [entry.name, new Float32Array(capacity * entry.size)]),
    ),
    action:
      shape.actionType === "int32"
        ? new Int32Array(capacity * shape.actionWidth)
        : new Float32Array(capacity * shape.actionWidth),
    targets: new Float32Array(capacity * targetColumns(values)),
    advantages: Array.from({ length: values }, () => new Float64Array(capacity)),
    count: 0,
  };
}

/** Estimates advantages a shard and gathers the closed decisions of all shards, in shard order. */
export function fillBatch(
  batch: Batch,
  rollouts: readonly RolloutBuffers[],
  sizes: RolloutSizes,
  options: FillOptions,
): void {
  const { shape, values: heads } = sizes;
  const columns = targetColumns(heads);
  const width = shape.actionWidth;
  const estimates = Array.from({ length: heads }, () => new Float64Array(rolloutCapacity(sizes)));
  batch.count = 0;
  for (const rollout of rollouts) {
    const held = rollout.counters[HELD]!;
    for (let head = 0; head < heads; head++)
      generalisedAdvantagesInto(
        estimates[head]!,
        {
          count: held,
          reward: rollout.signal,
          elapsed: rollout.elapsed,
          end: rollout.end,
          next: rollout.next,
          value: rollout.value,
          bootstrap: rollout.bootstrap,
          stride: heads,
          offset: head,
        },
        {
          discountFactor: options.discountFactor,
          lambda: options.lambda,
          rewardScale: options.scales[head]!,
          rewardClip: options.rewardClip,
        },
      );
    for (let slot = 0; slot < held; slot++) {
      if (rollout.end[slot] === OPEN) continue;
      const row = batch.count++;
      for (const { name, size } of shape.observation) {
        const from = rollout.observation[name]!;
        const to = batch.observation[name]!;
        for (let i = 0; i < size; i++) to[row * size + i] = from[slot * size + i]!;
      }
      for (let i = 0; i < width; i++) batch.action[row * width + i] = rollout.action[slot * width + i]!;
      const at = row * columns;
      batch.targets[at] = rollout.logProbability[slot]!;
      for (let head = 0; head < heads; head++) {
        const advantage = estimates[head]![slot]!;
        const value = rollout.value[slot * heads + head]!;
        batch.advantages[head]![row] = advantage;
        batch.targets[at + 2 + head] = advantage + value;
        batch.targets[at + 2 + heads + head] = value;
      }
    }
  }
  normaliseObservations(batch, shape, options.policy, options.observationClip);
}

/** The graph's formula, with each step rounded to float32 as there: learned from once, not once an epoch. */
function normaliseObservations(batch: Batch, shape: PolicyShape, policy: PolicyState, clip: number): void {
  const bound = Math.fround(clip);
  for (const { name, size, normalisedSize } of shape.observation) {
    const moments = policy.normaliser[name];
    if (normalisedSize === 0 || moments === undefined) continue;
    const { mean, scale } = moments;
    const x = batch.observation[name]!;
    const end = batch.count * size;
    for (let start = 0; start < end; start += normalisedSize)
      for (let i = 0; i < normalisedSize; i++) {
        const value = Math.fround(Math.fround(x[start + i]! - mean[i]!) * scale[i]!);
        x[start + i] = value > bound ? bound : value < -bound ? -bound : value;
      }
  }
}

/**
 * Writes the combined advantage (A_reward − Σ λ_c A_c) / (1 + Σ λ_c) into the targets; standardised over the whole
 * batch where `standardise`.
 */
export function combineAdvantages(batch: Batch, multipliers: readonly number[], standardise: boolean): void {
  const columns = targetColumns(batch.advantages.length);
  const total = multipliers.reduce((sum, multiplier) => sum + multiplier, 1);
  const combined = new Float64Array(batch.count);
  for (let row = 0; row < batch.count; row++) {
    let advantage = batch.advantages[0]![row]!;
    for (let c = 0; c < multipliers.length; c++)
      advantage -= multipliers[c]! * batch.advantages[c + 1]![row]!;
    combined[row] = advantage / total;
  }
  if (standardise && batch.count > 1) {
    let mean = 0;
    for (const advantage of combined) mean += advantage / batch.count;
    let squares = 0;
    for (const advantage of combined) squares += (advantage - mean) ** 2;
    const deviation = Math.sqrt(squares / (batch.count - 1)) + 1e-8;
    for (let row = 0; row < batch.count; row++) combined[row] = (combined[row]! - mean) / deviation;
  }
  for (let row = 0; row < batch.count; row++) batch.targets[row * columns + 1] = combined[row]!;
}

/** 1 − Var(returns − values) / Var(returns) of the reward's head; null when the returns do not vary. */
export function explainedVariance(batch: Batch): number | null {
  const heads = batch.advantages.length;
  const columns = targetColumns(heads);
  const { count, targets } = batch;
  const variance = (read: (row: number) => number): number => {
    let mean = 0;
    for (let row = 0; row < count; row++) mean += read(row) / count;
    let sum = 0;
    for (let row = 0; row < count; row++) sum += (read(row) - mean) ** 2;
    return sum / count;
  };
  const total = variance((row) => targets[row * columns + 2]!);
  if (!(total > 0)) return null;
  return 1 - variance((row) => targets[row * columns + 2]! - targets[row * columns + 2 + heads]!) / total;
}
