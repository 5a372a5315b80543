import type { NormaliserState, PolicyShape } from "@longview/policies";
import { emptyMoments, mergeMoments, momentsDeviation, type Moments } from "./moments.ts";

const EPSILON = 1e-8;

/** Running statistics of a run, in float64: one vector of moments a normalised entry, one scalar a value head. */
export interface RunStatistics {
  readonly observation: Readonly<Record<string, Moments>>;
  readonly returns: readonly Moments[];
}

export function emptyStatistics(shape: PolicyShape, heads: number): RunStatistics {
  return {
    observation: Object.fromEntries(
      shape.observation
        .filter((entry) => entry.normalisedSize > 0)
        .map((entry) => [entry.name, emptyMoments(entry.normalisedSize)]),
    ),
    returns: Array.from({ length: heads }, () => emptyMoments(1)),
  };
}

/** Adds packed moments `[count, means, squares]`, as a rollout leaves them. */
export function mergePacked(into: Moments, packed: Readonly<Float64Array>, offset: number): void {
  const size = into.mean.length;
  mergeMoments(into, {
    count: packed[offset]!,
    mean: packed.subarray(offset + 1, offset + 1 + size),
    squares: packed.subarray(offset + 1 + size, offset + 1 + 2 * size),
  });
}

/** Packed form of moments, for the checkpoint. */
export function packMoments(moments: Moments): Float64Array {
  return Float64Array.of(moments.count, ...moments.mean, ...moments.squares);
}

/** Sets moments to a {@link packMoments}. */
export function unpackMoments(into: Moments, packed: Readonly<Float64Array>): void {
  const size = into.mean.length;
  if (packed.length !== 1 + 2 * size)
    throw new RangeError(
      `checkpoint: moments of ${size} elements need ${1 + 2 * size} numbers, got ${packed.length}`,
    );
  into.count = packed[0]!;
  into.mean.set(packed.subarray(1, 1 + size));
  into.squares.set(packed.subarray(1 + size));
}

/** Factor that turns a head's signals into units of their discounted return's standard deviation. */
export function rewardScale(moments: Moments): number {
  return 1 / (momentsDeviation(moments, 0) + EPSILON);
}

/** Normalisers of the current statistics; mean 0 and scale 1 where not `enabled` or before anything was seen. */
export function normaliserStates(
  statistics: RunStatistics,
  enabled: boolean,
): Record<string, NormaliserState> {
  return Object.fromEntries(
    Object.entries(statistics.observation).map(([name, moments]) => {
      const size = moments.mean.length;
      if (!enabled || moments.count < 2)
        return [name, { mean: new Float32Array(size), scale: new Float32Array(size).fill(1) }];
      const scale = new Float32Array(size);
      for (let i = 0; i < size; i++) scale[i] = 1 / Math.sqrt(moments.squares[i]! / moments.count + EPSILON);
      return [name, { mean: Float32Array.from(moments.mean), scale }];
    }),
  );
}
