import {
  greedyPlackettLuceInto,
  plackettLucePositionLogProbabilitiesInto,
  samplePlackettLuceInto,
} from "./distributions/plackett-luce.ts";
import { mixedProbability } from "./uniform-mixing.ts";

/**
 * Neighbouring candidates from which slots are filled without replacement. A slate is one group with several slots, an
 * action one group with one slot, a MultiDiscrete action a group of one slot for each component.
 */
export interface ChoiceGroup {
  /** Place of its first candidate. */
  readonly first: number;
  readonly candidates: number;
  readonly slots: number;
}

/** Numbers that a slate holds: slots for which candidates are left. */
export function slateLength(groups: readonly ChoiceGroup[]): number {
  return groups.reduce((sum, { candidates, slots }) => sum + Math.min(candidates, slots), 0);
}

/**
 * Draws a slate by scores, group by group (Plackett–Luce); with all scores equal it is uniform.
 *
 * @param uniforms - in (0, 1), one a candidate
 */
export function sampleChoice(
  scores: Readonly<Float64Array>,
  uniforms: Readonly<Float64Array>,
  groups: readonly ChoiceGroup[],
): Int32Array {
  return fill(scores, groups, (slate, own, { first, candidates }) =>
    samplePlackettLuceInto(
      slate,
      own,
      uniforms.subarray(first, first + candidates),
      new Float64Array(candidates),
    ),
  );
}

/** The slate of the best scores, the first among equals. */
export function greedyChoice(scores: Readonly<Float64Array>, groups: readonly ChoiceGroup[]): Int32Array {
  return fill(scores, groups, (slate, own) =>
    greedyPlackettLuceInto(slate, own, new Float64Array(own.length)),
  );
}

function fill(
  scores: Readonly<Float64Array>,
  groups: readonly ChoiceGroup[],
  fillGroup: (slate: Int32Array, scores: Readonly<Float64Array>, group: ChoiceGroup) => void,
): Int32Array {
  const slate = new Int32Array(slateLength(groups));
  let at = 0;
  for (const group of groups) {
    const { first, candidates, slots } = group;
    const own = slate.subarray(at, at + Math.min(candidates, slots));
    fillGroup(own, scores.subarray(first, first + candidates), group);
    for (let i = 0; i < own.length; i++) own[i]! += first;
    at += own.length;
  }
  return slate;
}

/** Probabilities of a slate: of the whole, and of each position given those before it, whose product it is. */
export interface ChoiceProbability {
  readonly joint: number;
  readonly positions: Float64Array;
}

/** The uniform policy's: 1 / candidates left, position by position. */
export function uniformChoiceProbability(groups: readonly ChoiceGroup[]): ChoiceProbability {
  const left = groups.flatMap(({ candidates, slots }) =>
    Array.from({ length: Math.min(candidates, slots) }, (_, i) => candidates - i),
  );
  return {
    joint: 1 / left.reduce((product, count) => product * count, 1),
    positions: Float64Array.from(left, (count) => 1 / count),
  };
}

/** Log-probabilities of a slate under Plackett–Luce by scores; `positions` are conditional on those before. */
export function choiceLogProbability(
  scores: Readonly<Float64Array>,
  slate: ArrayLike<number>,
  groups: readonly ChoiceGroup[],
): { readonly joint: number; readonly positions: Float64Array } {
  const positions = new Float64Array(slate.length);
  let joint = 0;
  let at = 0;
  for (const { first, candidates, slots } of groups) {
    const length = Math.min(candidates, slots);
    const own = Array.from({ length }, (_, i) => slate[at + i]! - first);
    joint += plackettLucePositionLogProbabilitiesInto(
      positions.subarray(at, at + length),
      scores.subarray(first, first + candidates),
      own,
    );
    at += length;
  }
  return { joint, positions };
}

/**
 * Mixes two policies' probabilities of one slate. The mixture decides once for the whole slate, so its joint probability
 * is the mixture of theirs, and a position's is the mixture's of the slate up to it over that of the slate before it.
 *
 * @param share - of `uniform`
 */
export function mixedChoiceProbability(
  policy: ChoiceProbability,
  uniform: ChoiceProbability,
  share: number,
): ChoiceProbability {
  if (share === 0) return policy;
  if (share === 1) return uniform;
  let policyPrefix = 1;
  let uniformPrefix = 1;
  let before = 1;
  const positions = policy.positions.map((probability, i) => {
    policyPrefix *= probability;
    uniformPrefix *= uniform.positions[i]!;
    const prefix = mixedProbability(policyPrefix, uniformPrefix, share);
    // Rounding must not lift a certain position above 1.
    const conditional = Math.min(1, prefix / before);
    before = prefix;
    return conditional;
  });
  return { joint: mixedProbability(policy.joint, uniform.joint, share), positions };
}
