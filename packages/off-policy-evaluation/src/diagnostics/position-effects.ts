import { checkLengths, checkWithin } from "../intervals/interval.ts";
import { compareGroups, type GroupMean } from "./groups.ts";

/** One position of a slate. */
export interface PositionEffect extends GroupMean {
  /** Mean reward over that of the first position; NaN when that is 0. */
  readonly relativeToFirst: number;
  /** `(Σw)² / Σw²` of the position's rows; 0 when all weigh 0. */
  readonly effectiveSampleSize: number;
  /** Mean weight: away from 1, its propensities are in doubt. */
  readonly meanWeight: number;
}

/** Rewards and weights by position. */
export interface PositionEffects {
  readonly positions: readonly PositionEffect[];
  /** P-value of "every position earns the same". */
  readonly pValue: number;
}

/**
 * Position effects of a slate log: what each position earns, and how much evidence its weights leave. When positions differ, an
 * estimator that pools them (or treats a position as the whole) estimates something else.
 *
 * @param clusters - rows that belong together, such as a slate's or a user's
 * @throws OffPolicyEvaluationError `BAD_LENGTH`, `BAD_VALUE`, `EMPTY`
 */
export function positionEffects(
  rewards: ArrayLike<number>,
  positions: ArrayLike<number>,
  weights: ArrayLike<number>,
  clusters?: ArrayLike<number>,
): PositionEffects {
  checkLengths("positionEffects", { rewards, positions, weights });
  checkWithin("positionEffects", "weight", weights, 0);
  const comparison = compareGroups(rewards, positions, clusters);
  const sums = new Map<number, [number, number]>();
  for (let i = 0; i < weights.length; i++) {
    const pair = sums.get(positions[i]!) ?? [0, 0];
    pair[0] += weights[i]!;
    pair[1] += weights[i]! ** 2;
    sums.set(positions[i]!, pair);
  }
  const first = comparison.groups[0]!.mean;
  return {
    positions: comparison.groups.map((group): PositionEffect => {
      const [sum, squares] = sums.get(group.group)!;
      return {
        ...group,
        relativeToFirst: first === 0 ? Number.NaN : group.mean / first,
        effectiveSampleSize: squares === 0 ? 0 : (sum * sum) / squares,
        meanWeight: sum / group.count,
      };
    }),
    pValue: comparison.pValue,
  };
}
