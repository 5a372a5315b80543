import { foldIn, uniform, type RandomKey } from "@longview/statistics";
import { OffPolicyEvaluationError } from "../error.ts";
import {
  checkCount,
  checkDistributions,
  checkFinite,
  checkLength,
  checkOption,
  type NumberTable,
} from "../log/checks.ts";
import { banditLogFromTables, type ModelledBanditLog, type TabledBanditInput } from "../log/bandit-log.ts";
import { estimateValue, type EstimatorTerms } from "../terms.ts";
import { fitSubsamplingRule, pseudoWeight, type SubsamplingRule } from "./subsampling-rule.ts";

/** What {@link selectEstimator} reads. `propensity` is the logging table's entry of the logged action. */
export interface SelectionInput extends Omit<TabledBanditInput, "propensity"> {
  /** μ(a|x), [rows · actionCount]: each row a distribution. */
  readonly loggingProbabilities: NumberTable;
  /** φ(x, a) beside a constant and the log of the weight, [rows · actionCount · width]; finite. @defaultValue none */
  readonly features?: { readonly values: Float64Array; readonly width: number };
}

/** Options of {@link selectEstimator}. */
export interface SelectionOptions {
  /** Key of the splits. */
  readonly key: RandomKey;
  /** Splits. @defaultValue 20 */
  readonly splits?: number;
  /** Share of rows that judge, in (0, 1). @defaultValue 0.2 */
  readonly share?: number;
}

/** An estimator that takes part. */
export interface SelectionCandidate {
  readonly id: string;
  readonly terms: (log: ModelledBanditLog) => EstimatorTerms;
}

/** What {@link selectEstimator} found. */
export interface EstimatorSelection {
  /** Id of the candidate with the smallest error. */
  readonly chosen: string;
  /** Mean squared error of each candidate over the splits; ∞ where it refused a split. */
  readonly errors: readonly { readonly id: string; readonly meanSquaredError: number }[];
  /** Root mean square of pseudo weight less weight: how well the splits resemble the question that is asked. */
  readonly weightError: number;
}

/** Stands for a weight of 0, whose logarithm is −∞. */
const SMALLEST_WEIGHT = 1e-4;

/**
 * Chooses an estimator for this log and this target policy (PAS-IF): splits the log, by a rule ρ(x, a), into rows of a pseudo
 * target policy, whose mean reward is known from its own rows, and rows of a pseudo logger; estimates the one from the other
 * with every candidate; takes the one with the smallest mean squared error. The rule is fitted so that the pseudo policies'
 * weights resemble the real ones: an estimator that is best for near policies may be worst for far ones.
 *
 * Made afresh in each call: nothing is kept from one policy to the next.
 *
 * @throws OffPolicyEvaluationError `NOT_COMPUTABLE` when no candidate survived or no split had rows on both sides; `EMPTY`,
 * `BAD_LENGTH`, `BAD_VALUE`, `BAD_OPTION`
 * @see Udagawa, Kiyohara, Narita, Saito & Tateno (2023), "Policy-Adaptive Estimator Selection for Off-Policy Evaluation"
 */
export function selectEstimator(
  candidates: readonly SelectionCandidate[],
  input: SelectionInput,
  options: SelectionOptions,
): EstimatorSelection {
  const { action, actionCount, loggingProbabilities, reward } = input;
  const { key, splits = 20, share = 0.2 } = options;
  if (candidates.length === 0)
    throw new OffPolicyEvaluationError("BAD_OPTION", "candidates is empty: at least one is needed");
  checkCount("splits", splits);
  checkOption("share", share, 0.01, 0.99);
  const rowCount = reward.length;
  checkLength("loggingProbabilities", loggingProbabilities, rowCount * actionCount, "rows · actionCount");
  checkDistributions("loggingProbabilities", loggingProbabilities, actionCount);
  const propensity = Float64Array.from(
    action,
    (logged, i) => loggingProbabilities[i * actionCount + logged] ?? Number.NaN,
  );
  const { weight } = banditLogFromTables({ ...input, propensity });

  const extra = input.features?.width ?? 0;
  const featureCount = 2 + extra;
  const features = new Float64Array(rowCount * actionCount * featureCount);
  if (input.features) {
    checkLength(
      "features",
      input.features.values,
      rowCount * actionCount * extra,
      "rows · actionCount · width",
    );
    checkFinite("features", input.features.values);
  }
  for (let k = 0; k < rowCount * actionCount; k++) {
    const logging = loggingProbabilities[k]!;
    const ratio = logging > 0 ? input.targetProbabilities[k]! / logging : 0;
    features[k * featureCount] = 1;
    features[k * featureCount + 1] = Math.log(Math.max(SMALLEST_WEIGHT, ratio));
    for (let d = 0; d < extra; d++)
      features[k * featureCount + 2 + d] = input.features!.values[k * extra + d]!;
  }
  const initial = new Float64Array(featureCount);
  // ρ/(1 − ρ) = share/(1 − share) · w: near the answer already.
  initial[0] = Math.log(share / (1 - share));
  initial[1] = 1;
  const rule = fitSubsamplingRule(
    { action, actionCount, loggingProbabilities, weight, features, featureCount },
    initial,
    share,
  );
  let weightSquares = 0;
  for (let i = 0; i < rowCount; i++)
    weightSquares += (pseudoWeight(rule, i, i * actionCount + action[i]!) - weight[i]!) ** 2 / rowCount;

  const squares = new Float64Array(candidates.length);
  let usable = 0;
  for (let s = 0; s < splits; s++) {
    const split = splitBy(rule, input, foldIn(key, s));
    if (!split) continue;
    usable++;
    candidates.forEach(({ terms }, c) => {
      squares[c] = squares[c]! + squaredError(terms, split);
    });
  }
  const errors = candidates.map(({ id }, c) => ({ id, meanSquaredError: squares[c]! / usable }));
  const best = errors.reduce((least, next) =>
    next.meanSquaredError < least.meanSquaredError ? next : least,
  );
  if (!Number.isFinite(best.meanSquaredError))
    throw new OffPolicyEvaluationError(
      "NOT_COMPUTABLE",
      usable === 0
        ? `no split of ${rowCount} rows had rows on both sides: more rows are needed`
        : "every candidate refused a split: the log does not support a choice",
    );
  return { chosen: best.id, errors, weightError: Math.sqrt(weightSquares) };
}

interface Split {
  /** Mean reward of the rows that went to the pseudo target. */
  readonly truth: number;
  readonly log: ModelledBanditLog;
}

/** Rows go to the pseudo target with probability ρ; the others are the pseudo logger's. */
function splitBy(rule: SubsamplingRule, input: SelectionInput, key: RandomKey): Split | undefined {
  const { action, actionCount, loggingProbabilities, predictedRewards, reward } = input;
  const kept: number[] = [];
  let judged = 0;
  let sum = 0;
  for (let i = 0; i < reward.length; i++) {
    if (uniform(key, i, 0) < rule.probabilities[i * actionCount + action[i]!]!) {
      judged++;
      sum += reward[i]!;
    } else kept.push(i);
  }
  if (judged === 0 || kept.length < 2) return undefined;
  const target = new Float64Array(kept.length * actionCount);
  const predicted = new Float64Array(kept.length * actionCount);
  const propensity = new Float64Array(kept.length);
  kept.forEach((row, j) => {
    for (let a = 0; a < actionCount; a++) {
      const from = row * actionCount + a;
      target[j * actionCount + a] =
        (loggingProbabilities[from]! * rule.probabilities[from]!) / rule.share[row]!;
      predicted[j * actionCount + a] = predictedRewards[from]!;
    }
    const logged = row * actionCount + action[row]!;
    propensity[j] = Math.min(
      1,
      (loggingProbabilities[logged]! * (1 - rule.probabilities[logged]!)) / (1 - rule.share[row]!),
    );
  });
  const log = banditLogFromTables({
    reward: Float64Array.from(kept, (row) => reward[row]!),
    action: Int32Array.from(kept, (row) => action[row]!),
    actionCount,
    propensity,
    targetProbabilities: target,
    predictedRewards: predicted,
  });
  return { truth: sum / judged, log };
}

function squaredError(terms: SelectionCandidate["terms"], split: Split): number {
  try {
    const error = estimateValue(terms(split.log)) - split.truth;
    return Number.isFinite(error) ? error * error : Infinity;
  } catch (error) {
    if (error instanceof OffPolicyEvaluationError) return Infinity;
    throw error;
  }
}
