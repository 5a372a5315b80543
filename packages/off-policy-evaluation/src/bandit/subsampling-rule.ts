import type { NumberTable } from "../log/checks.ts";

/** What {@link fitSubsamplingRule} reads; checked by its caller. */
export interface SubsamplingInput {
  readonly action: Int32Array;
  readonly actionCount: number;
  /** μ(a|x), [rows · actionCount]. */
  readonly loggingProbabilities: NumberTable;
  /** Importance weights that the pseudo weights should resemble, [rows]. */
  readonly weight: Float64Array;
  /** φ(x, a), [rows · actionCount · featureCount]. */
  readonly features: Float64Array;
  readonly featureCount: number;
}

/** A rule ρ(x, a) = sigmoid(θ · φ(x, a)) with which rows go to the pseudo target's part of a split. */
export interface SubsamplingRule {
  readonly parameters: Float64Array;
  /** ρ(x, a), [rows · actionCount]. */
  readonly probabilities: Float64Array;
  /** Σₐ μ(a|x) ρ(x, a), [rows]. */
  readonly share: Float64Array;
}

/** ρ and its share for given parameters. */
export function ruleAt(input: SubsamplingInput, parameters: Float64Array): SubsamplingRule {
  const { actionCount, featureCount, features, loggingProbabilities } = input;
  const rowCount = input.action.length;
  const probabilities = new Float64Array(rowCount * actionCount);
  const share = new Float64Array(rowCount);
  for (let k = 0; k < probabilities.length; k++) {
    let score = 0;
    for (let d = 0; d < featureCount; d++) score += parameters[d]! * features[k * featureCount + d]!;
    // Kept off 0 and 1, so that both parts of a split have every logged action.
    const rho = Math.min(1 - 1e-6, Math.max(1e-6, 1 / (1 + Math.exp(-score))));
    probabilities[k] = rho;
    const row = Math.floor(k / actionCount);
    share[row] = share[row]! + loggingProbabilities[k]! * rho;
  }
  for (let i = 0; i < rowCount; i++) share[i] = Math.min(1 - 1e-9, share[i]!);
  return { parameters, probabilities, share };
}

/** Weight of a logged action under the pseudo policies: `ρ/(1 − ρ) · (1 − m)/m`, m = Σₐ μ ρ. */
export function pseudoWeight(rule: SubsamplingRule, row: number, entry: number): number {
  const rho = rule.probabilities[entry]!;
  const share = rule.share[row]!;
  return (rho / (1 - rho)) * ((1 - share) / share);
}

/**
 * `mean((w̃ − w)²) + λ (mean(ρ) − k)²` over the logged actions, and its gradient by the rule's parameters.
 */
export function subsamplingLossInto(
  gradient: Float64Array,
  input: SubsamplingInput,
  rule: SubsamplingRule,
  target: { readonly share: number; readonly penalty: number },
): number {
  const { action, actionCount, featureCount, features, loggingProbabilities, weight } = input;
  const rowCount = action.length;
  gradient.fill(0);
  const shareGradient = new Float64Array(featureCount);
  const rhoGradient = new Float64Array(featureCount);
  let loss = 0;
  let meanRho = 0;
  for (let i = 0; i < rowCount; i++) {
    const logged = i * actionCount + action[i]!;
    const rho = rule.probabilities[logged]!;
    const share = rule.share[i]!;
    shareGradient.fill(0);
    for (let k = i * actionCount; k < (i + 1) * actionCount; k++) {
      const other = rule.probabilities[k]!;
      const slope = loggingProbabilities[k]! * other * (1 - other);
      for (let d = 0; d < featureCount; d++)
        shareGradient[d] = shareGradient[d]! + slope * features[k * featureCount + d]!;
    }
    const pseudo = pseudoWeight(rule, i, logged);
    const error = pseudo - weight[i]!;
    loss += (error * error) / rowCount;
    meanRho += rho / rowCount;
    for (let d = 0; d < featureCount; d++) {
      const feature = features[logged * featureCount + d]!;
      const logSlope = feature - shareGradient[d]! / (share * (1 - share));
      gradient[d] = gradient[d]! + (2 * error * pseudo * logSlope) / rowCount;
      rhoGradient[d] = rhoGradient[d]! + (rho * (1 - rho) * feature) / rowCount;
    }
  }
  const miss = meanRho - target.share;
  for (let d = 0; d < featureCount; d++)
    gradient[d] = gradient[d]! + 2 * target.penalty * miss * rhoGradient[d]!;
  return loss + target.penalty * miss * miss;
}

const STEPS = 300;
const STEP_SIZE = 0.05;
const PENALTIES = [0.1, 1, 10, 100, 1000];
/** By how much the mean of ρ may miss the wanted share. */
const SHARE_TOLERANCE = 0.02;

/**
 * Fits ρ by full-batch Adam, raising the penalty until the share of rows is the wanted one within 0.02.
 *
 * @param initial - parameters to start from
 */
export function fitSubsamplingRule(
  input: SubsamplingInput,
  initial: Float64Array,
  share: number,
): SubsamplingRule {
  let best = ruleAt(input, Float64Array.from(initial));
  for (const penalty of PENALTIES) {
    best = descend(input, initial, { share, penalty });
    let mean = 0;
    for (let i = 0; i < input.action.length; i++)
      mean += best.probabilities[i * input.actionCount + input.action[i]!]! / input.action.length;
    if (Math.abs(mean - share) <= SHARE_TOLERANCE) break;
  }
  return best;
}

function descend(
  input: SubsamplingInput,
  initial: Float64Array,
  target: { readonly share: number; readonly penalty: number },
): SubsamplingRule {
  const parameters = Float64Array.from(initial);
  const gradient = new Float64Array(parameters.length);
  const first = new Float64Array(parameters.length);
  const second = new Float64Array(parameters.length);
  let bestLoss = Infinity;
  let best = ruleAt(input, Float64Array.from(parameters));
  for (let step = 1; step <= STEPS; step++) {
    const rule = ruleAt(input, Float64Array.from(parameters));
    const loss = subsamplingLossInto(gradient, input, rule, target);
    if (loss < bestLoss) {
      bestLoss = loss;
      best = rule;
    }
    for (let d = 0; d < parameters.length; d++) {
      first[d] = 0.9 * first[d]! + 0.1 * gradient[d]!;
      second[d] = 0.999 * second[d]! + 0.001 * gradient[d]! * gradient[d]!;
      const corrected = first[d]! / (1 - 0.9 ** step);
      parameters[d] =
        parameters[d]! - (STEP_SIZE * corrected) / (Math.sqrt(second[d]! / (1 - 0.999 ** step)) + 1e-8);
    }
  }
  return best;
}
