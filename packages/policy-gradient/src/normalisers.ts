import type { NormaliserState, PolicyShape } from "@longview/policies";
import { RunningMoments } from "@longview/statistics";

const EPSILON = 1e-8;

/** Running statistics of a run, in float64: one vector of moments a normalised entry, one scalar a value head. */
export interface RunStatistics {
  readonly observation: Readonly<Record<string, RunningMoments>>;
  readonly returns: readonly RunningMoments[];
}

export function emptyStatistics(shape: PolicyShape, heads: number): RunStatistics {
  return {
    observation: Object.fromEntries(
      shape.observation
        .filter((entry) => entry.normalisedSize > 0)
        .map((entry) => [entry.name, new RunningMoments(entry.normalisedSize)]),
    ),
    returns: Array.from({ length: heads }, () => new RunningMoments(1)),
  };
}

/** Adds a snapshot of moments, as a rollout leaves them. Merge in a fixed order for the same bits. */
export function mergeSnapshot(into: RunningMoments, snapshot: Readonly<Float64Array>): void {
  const other = new RunningMoments(into.width);
  other.restore(snapshot);
  into.merge(other);
}

/** Factor that turns a head's signals into units of their discounted return's standard deviation. */
export function rewardScale(moments: RunningMoments): number {
  return moments.count < 2 ? 1 : 1 / (moments.standardDeviation() + EPSILON);
}

/** Normalisers of the current statistics; mean 0 and scale 1 where not `enabled` or before anything was seen. */
export function normaliserStates(
  statistics: RunStatistics,
  enabled: boolean,
): Record<string, NormaliserState> {
  return Object.fromEntries(
    Object.entries(statistics.observation).map(([name, moments]) => {
      const size = moments.width;
      if (!enabled || moments.count < 2)
        return [name, { mean: new Float32Array(size), scale: new Float32Array(size).fill(1) }];
      const scale = new Float32Array(size);
      for (let i = 0; i < size; i++) scale[i] = 1 / Math.sqrt(moments.variance(i) + EPSILON);
      return [name, { mean: Float32Array.from(moments.mean), scale }];
    }),
  );
}
