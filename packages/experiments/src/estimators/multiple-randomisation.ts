import { checkArms, checkColumn } from "../checks.ts";
import { OUTSIDE, TREATMENT } from "../designs/design.ts";
import { studentEstimate, type EffectEstimate, type EstimateOptions } from "./estimate.ts";

/** Input of {@link multipleRandomisationEffects}: one entry a decision or a pair of user and creator. */
export interface PairInput {
  readonly outcome: ArrayLike<number>;
  readonly user: ArrayLike<number>;
  readonly creator: ArrayLike<number>;
  /** The user's own arm. */
  readonly userArm: ArrayLike<number>;
  /** The creator's own arm; a pair is treated where both are. */
  readonly creatorArm: ArrayLike<number>;
}

/** What a two-sided design tells, with `ȳ(user's arm, creator's arm)`. */
export interface MultipleRandomisationEffects {
  /** `ȳ(1,1) − ȳ(0,0)`: the sum of the three below. */
  readonly total: EffectEstimate;
  /** `ȳ(1,1) − ȳ(1,0) − ȳ(0,1) + ȳ(0,0)`: of treating the pair itself. */
  readonly direct: EffectEstimate;
  /** `ȳ(1,0) − ȳ(0,0)`: on untreated pairs, of their user's being treated elsewhere. */
  readonly userSpillover: EffectEstimate;
  /** `ȳ(0,1) − ȳ(0,0)`: on untreated pairs, of their creator's being treated elsewhere. */
  readonly creatorSpillover: EffectEstimate;
  /** Mean outcome of pairs (0,0), (0,1), (1,0), (1,1). */
  readonly cellMeans: Float64Array;
}

const CONTRASTS = {
  total: [-1, 0, 0, 1],
  direct: [1, -1, -1, 1],
  userSpillover: [-1, 0, 1, 0],
  creatorSpillover: [-1, 1, 0, 0],
} as const;

/** Sum of squares of the groups' sums, and the number of groups. */
function squaredGroupSums(
  group: ArrayLike<number>,
  values: Float64Array,
): { squares: number; groups: number } {
  const sums = new Map<number, number>();
  for (let i = 0; i < values.length; i++) sums.set(group[i]!, (sums.get(group[i]!) ?? 0) + values[i]!);
  let squares = 0;
  for (const sum of sums.values()) squares += sum * sum;
  return { squares, groups: sums.size };
}

/**
 * Direct effect and spillovers of a two-sided design, with intervals that are robust to rows that share a user or a creator
 * (variance by users plus by creators minus by rows).
 *
 * Right under local interference: a pair's outcome depends on the arms of its own user and creator with others, not on pairs that
 * share neither. Then the spillovers grow with the shares treated, and `total` is the effect of treating these shares, not all.
 *
 * @throws RangeError for columns of different lengths, values that are not finite, or a kind of pair without rows
 * @see Bajari et al. (2021), "Multiple randomization designs"; Cameron, Gelbach & Miller (2011), "Robust inference with multiway
 * clustering"
 */
export function multipleRandomisationEffects(
  input: PairInput,
  options: EstimateOptions = {},
): MultipleRandomisationEffects {
  const where = "multipleRandomisationEffects";
  const { outcome, user, creator, userArm, creatorArm } = input;
  const rows = outcome.length;
  checkColumn(`${where}: outcome`, outcome, rows);
  checkColumn(`${where}: user`, user, rows);
  checkColumn(`${where}: creator`, creator, rows);
  checkArms(`${where}: userArm`, userArm, rows);
  checkArms(`${where}: creatorArm`, creatorArm, rows);
  const cell = new Int8Array(rows).fill(-1);
  const counts = new Float64Array(4);
  const cellMeans = new Float64Array(4);
  for (let i = 0; i < rows; i++) {
    if (userArm[i] === OUTSIDE || creatorArm[i] === OUTSIDE) continue;
    const kind = 2 * Number(userArm[i] === TREATMENT) + Number(creatorArm[i] === TREATMENT);
    cell[i] = kind;
    counts[kind]!++;
    cellMeans[kind]! += outcome[i]!;
  }
  for (let kind = 0; kind < 4; kind++) {
    if (counts[kind]! < 2)
      throw new RangeError(
        `${where}: needs at least 2 rows of user arm ${kind >> 1} with creator arm ${kind & 1}, got ${counts[kind]}`,
      );
    cellMeans[kind]! /= counts[kind]!;
  }
  const contrast = (weights: readonly number[]): EffectEstimate => {
    const influence = new Float64Array(rows);
    let effect = 0;
    let own = 0;
    for (let kind = 0; kind < 4; kind++) effect += weights[kind]! * cellMeans[kind]!;
    for (let i = 0; i < rows; i++) {
      const kind = cell[i]!;
      if (kind < 0) continue;
      influence[i] = (weights[kind]! * (outcome[i]! - cellMeans[kind]!)) / counts[kind]!;
      own += influence[i]! ** 2;
    }
    const users = squaredGroupSums(user, influence);
    const creators = squaredGroupSums(creator, influence);
    const groups = Math.min(users.groups, creators.groups);
    // The difference can fall below either part by chance alone.
    const variance = Math.max(users.squares, creators.squares, users.squares + creators.squares - own);
    return studentEstimate(
      where,
      { effect, variance: (variance * groups) / (groups - 1), degreesOfFreedom: groups - 1 },
      options,
    );
  };
  return {
    total: contrast(CONTRASTS.total),
    direct: contrast(CONTRASTS.direct),
    userSpillover: contrast(CONTRASTS.userSpillover),
    creatorSpillover: contrast(CONTRASTS.creatorSpillover),
    cellMeans,
  };
}
