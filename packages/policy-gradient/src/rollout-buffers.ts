import type { PolicyShape } from "@longview/policies";

/** Sizes of one shard's rollout. Plain data: learner and worker lay the same buffer out from it. */
export interface RolloutSizes {
  readonly shape: PolicyShape;
  readonly rows: number;
  readonly rolloutLength: number;
  /** Value heads: the reward's, then one for each constraint. */
  readonly values: number;
  readonly objectives: number;
  readonly costs: number;
}

/**
 * What one shard collected between two updates. Decisions lie in order of (tick, row), the carried ones of the rollout
 * before first. One buffer backs all arrays, so a worker and the learner share it without copying.
 */
export interface RolloutBuffers {
  readonly buffer: ArrayBufferLike;
  /** By entry, raw (not normalised), `[capacity, size]`. */
  readonly observation: Readonly<Record<string, Float32Array | Uint8Array>>;
  readonly action: Int32Array | Float32Array;
  /** Log-probability of the action under the policy that took it. */
  readonly logProbability: Float64Array;
  /** `[capacity, values]` */
  readonly value: Float32Array;
  /** Signals until the next decision, discounted back to this one, `[capacity, values]`: reward, then constraint costs. */
  readonly signal: Float64Array;
  /** Ticks until the next decision. */
  readonly elapsed: Int32Array;
  /** OPEN, LINKED, TERMINATED or BOOTSTRAPPED. */
  readonly end: Uint8Array;
  readonly next: Int32Array;
  /** `[capacity, values]` */
  readonly bootstrap: Float32Array;
  /** Decisions held; of those carried in from before; episodes ended; decisions taken in this rollout. */
  readonly counters: Int32Array;
  /** Sums over the rollout: reward, objectives, costs. */
  readonly totals: Float64Array;
  readonly episodeReturn: Float64Array;
  /** Ticks. */
  readonly episodeLength: Float64Array;
  /** `[episodes, costs]`, undiscounted sums. */
  readonly episodeCosts: Float64Array;
  /** Count, mean, squares of the discounted running return of each value head. */
  readonly returnMoments: Float64Array;
  /** By normalised entry: count, means, squares of what was observed in this rollout. */
  readonly observationMoments: Readonly<Record<string, Float64Array>>;
}

/** Positions in {@link RolloutBuffers.counters}. */
export const HELD = 0;
export const CARRIED = 1;
export const EPISODES = 2;
export const DECIDED = 3;

/** Most decisions that one rollout can hold: one a row and tick, and one carried in a row. */
export function rolloutCapacity(sizes: RolloutSizes): number {
  return sizes.rows * (sizes.rolloutLength + 1);
}

/** Lays the arrays out in `buffer`, or in a new one (shared between threads where `shared`). */
export function rolloutBuffers(
  sizes: RolloutSizes,
  storage: { readonly buffer: ArrayBufferLike } | { readonly shared: boolean },
): RolloutBuffers {
  const bytes = layOut(sizes, null);
  const buffer =
    "buffer" in storage
      ? storage.buffer
      : storage.shared
        ? new SharedArrayBuffer(bytes)
        : new ArrayBuffer(bytes);
  let result: RolloutBuffers | undefined;
  layOut(sizes, { buffer, done: (buffers) => (result = buffers) });
  if (result === undefined) throw new Error("rollout buffers: layout did not finish");
  return result;
}

function layOut(
  sizes: RolloutSizes,
  target: { buffer: ArrayBufferLike; done(buffers: RolloutBuffers): void } | null,
): number {
  const { shape, rows, rolloutLength, values, objectives, costs } = sizes;
  const capacity = rolloutCapacity(sizes);
  const episodes = rows * rolloutLength;
  let offset = 0;
  const buffer = target?.buffer ?? new ArrayBuffer(0);
  const reserve = (count: number, width: number): [ArrayBufferLike, number, number] => {
    const at = offset;
    offset += Math.ceil((count * width) / 8) * 8;
    return target === null ? [buffer, 0, 0] : [buffer, at, count];
  };
  const float64 = (count: number): Float64Array => new Float64Array(...reserve(count, 8));
  const float32 = (count: number): Float32Array => new Float32Array(...reserve(count, 4));
  const int32 = (count: number): Int32Array => new Int32Array(...reserve(count, 4));
  const uint8 = (count: number): Uint8Array => new Uint8Array(...reserve(count, 1));
  const buffers: RolloutBuffers = {
    buffer,
    observation: Object.fromEntries(
      shape.observation.map((entry) => [
        entry.name,
        entry.bytes ? uint8(capacity * entry.size) : float32(capacity * entry.size),
      ]),
    ),
    action:
      shape.actionType === "int32"
        ? int32(capacity * shape.actionWidth)
        : float32(capacity * shape.actionWidth),
    logProbability: float64(capacity),
    value: float32(capacity * values),
    signal: float64(capacity * values),
    elapsed: int32(capacity),
    end: uint8(capacity),
    next: int32(capacity),
    bootstrap: float32(capacity * values),
    counters: int32(4),
    totals: float64(1 + objectives + costs),
    episodeReturn: float64(episodes),
    episodeLength: float64(episodes),
    episodeCosts: float64(episodes * costs),
    returnMoments: float64(3 * values),
    observationMoments: Object.fromEntries(
      shape.observation
        .filter((entry) => entry.normalisedSize > 0)
        .map((entry) => [entry.name, float64(1 + 2 * entry.normalisedSize)]),
    ),
  };
  target?.done(buffers);
  return offset;
}
