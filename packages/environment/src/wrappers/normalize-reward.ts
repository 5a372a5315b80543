import { packNested, unpackNested } from "../snapshot.ts";
import type { VectorEnvironment } from "../vector-environment.ts";
import {
  checkedNormalizeOptions,
  startingMoments,
  type NormalizedEnvironment,
  type NormalizeOptions,
} from "./normalize-observation.ts";
import { shared } from "./time-limit.ts";

/** Options of {@link normalizeReward}. */
export interface NormalizeRewardOptions extends NormalizeOptions {
  /** Discount of the running return, in [0, 1]. @defaultValue 0.99 */
  readonly discountFactor?: number;
}

/**
 * Divides the reward by the standard deviation of its discounted running return:
 * `return ← return · discountFactor · (1 − terminated) + reward`, `reward / √(variance(return) + epsilon)`, clipped.
 *
 * Objectives and costs stay in their units. Values that are learned from it are in scaled units.
 *
 * @throws RangeError when an option is out of range
 * @see Gymnasium, NormalizeReward (whose order of operations this keeps)
 */
export function normalizeReward(
  inner: VectorEnvironment,
  options: NormalizeRewardOptions = {},
): NormalizedEnvironment {
  const { epsilon, clip } = checkedNormalizeOptions("normalizeReward", options);
  const { discountFactor = 0.99 } = options;
  if (!(discountFactor >= 0 && discountFactor <= 1))
    throw new RangeError(`normalizeReward: discountFactor must be from 0 to 1, got ${discountFactor}`);
  const { rowCount, terminated } = inner;
  const moments = startingMoments(1);
  const reward = new Float64Array(rowCount);
  const running = new Float64Array(rowCount);
  const flags = new Uint8Array(1).fill(1);
  return {
    ...shared(inner),
    reward,
    moments,
    get updating() {
      return flags[0] === 1;
    },
    set updating(value: boolean) {
      flags[0] = value ? 1 : 0;
    },
    reset(resetOptions) {
      inner.reset(resetOptions);
      reward.fill(0);
      running.fill(0);
    },
    step() {
      inner.step();
      for (let row = 0; row < rowCount; row++)
        running[row] = running[row]! * discountFactor * (1 - terminated[row]!) + inner.reward[row]!;
      if (flags[0] === 1) moments.update(running, rowCount);
      const deviation = Math.sqrt(moments.variance() + epsilon);
      for (let row = 0; row < rowCount; row++) {
        const value = inner.reward[row]! / deviation;
        reward[row] = value < -clip ? -clip : value > clip ? clip : value;
      }
    },
    ...(inner.resetRow !== undefined && { resetRow: (row: number) => inner.resetRow?.(row) }),
    snapshot: () => packNested(inner.id, inner.snapshot(), [flags, moments.snapshot(), running, reward]),
    restore(snapshot) {
      const statistics = moments.snapshot();
      inner.restore(unpackNested(inner.id, snapshot, [flags, statistics, running, reward]));
      moments.restore(statistics);
    },
  };
}
