import { checkOption } from "../log/checks.ts";
import type { EstimatorTerms } from "../terms.ts";
import { carriedWeights, checkTrajectorySupport, stepColumn } from "./step-columns.ts";
import type { TrajectoryLog } from "./trajectory-log.ts";

/** Options of {@link perDecisionCressieRead}. */
export interface PerDecisionCressieReadOptions {
  /** Smallest possible ratio of one decision, in [0, 1). @defaultValue 0 */
  readonly minimumWeight?: number;
  /** Largest possible ratio of one decision, in (1, ∞]. Give it where the policies bound it. @defaultValue Infinity */
  readonly maximumWeight?: number;
}

/** Columns of a step: w, w², w r, w² r, r. */
const COLUMNS_PER_STEP = 5;

/**
 * Per-decision Cressie–Read: at each step the expected reward under the distribution nearest to the log's, in the
 * Cressie–Read divergence of power −2, under which the weights `w₀..ₜ` average to 1; discounted and summed.
 *
 * Biased, consistent; and often less variable than a self-normalised estimator. Trajectories that have ended count with
 * the weight they ended with and reward 0. Five columns a step.
 *
 * @throws OffPolicyEvaluationError `NO_SUPPORT` when every trajectory's weight is 0; `BAD_OPTION`
 * @see Karampatziakis, Langford & Mineiro (2020), "Empirical Likelihood for Contextual Bandits"
 */
export function perDecisionCressieRead(
  log: TrajectoryLog,
  options: PerDecisionCressieReadOptions = {},
): EstimatorTerms {
  const { minimumWeight = 0, maximumWeight = Infinity } = options;
  checkOption("minimumWeight", minimumWeight, 0, 1 - Number.EPSILON);
  checkOption("maximumWeight", maximumWeight, 1 + Number.EPSILON, Infinity);
  checkTrajectorySupport("per-decision Cressie–Read", log);
  const columns: Float64Array[] = [];
  const steps: StepForm[] = [];
  for (let t = 0; t < log.horizon; t++) {
    const weight = carriedWeights(log, t);
    const reward = stepColumn(log, t, (_, step) => log.reward[step]!);
    let least = minimumWeight ** (t + 1);
    let most = maximumWeight ** (t + 1);
    for (const w of weight) {
      least = Math.min(least, w);
      most = Math.max(most, w);
    }
    steps.push({ count: log.trajectoryCount, discount: log.discount[t]!, least, most });
    columns.push(
      weight,
      weight.map((w) => w * w),
      weight.map((w, i) => w * reward[i]!),
      weight.map((w, i) => w * w * reward[i]!),
      reward,
    );
  }
  const gradient = new Float64Array(COLUMNS_PER_STEP);
  return {
    columns,
    value: (means) =>
      steps.reduce(
        (sum, step, t) => sum + step.discount * cressieReadMean(step, means, t * COLUMNS_PER_STEP),
        0,
      ),
    gradientInto: (out, means) => {
      steps.forEach((step, t) => {
        cressieReadMean(step, means, t * COLUMNS_PER_STEP, gradient);
        for (let k = 0; k < COLUMNS_PER_STEP; k++)
          out[t * COLUMNS_PER_STEP + k] = step.discount * gradient[k]!;
      });
    },
  };
}

interface StepForm {
  readonly count: number;
  readonly discount: number;
  readonly least: number;
  readonly most: number;
}

/** Value at the five means from `start` on, and its gradient. One unseen unit at a bound of the weights joins the n. */
function cressieReadMean(
  { count, least, most }: StepForm,
  means: ArrayLike<number>,
  start: number,
  gradient?: Float64Array,
): number {
  const weight = means[start]!;
  const square = means[start + 1]!;
  const weighted = means[start + 2]!;
  const squared = means[start + 3]!;
  const reward = means[start + 4]!;
  const unseen = weight < 1 ? most : least;
  const share = count / (count + 1);
  // Each unit gets the mass share · (level + slope · w) / count.
  let level: number;
  let slope: number;
  let levelBy = [0, 0];
  let slopeBy = [0, 0];
  if (unseen === Infinity) {
    level = 1 / share;
    slope = 0;
  } else {
    const first = unseen / (count + 1) + share * weight;
    const second = (unseen * unseen) / (count + 1) + share * square;
    const spread = second - first * first;
    if (!(spread > 0)) {
      // Every weight is the same: nothing to tilt.
      level = 1 / share;
      slope = 0;
    } else {
      level = (second - first) / spread;
      slope = (1 - first) / spread;
      // ∂/∂weight moves first by share, ∂/∂square moves second by share.
      levelBy = [(share * (2 * first * level - 1)) / spread, (share * (1 - level)) / spread];
      slopeBy = [(share * (2 * first * slope - 1)) / spread, (-share * slope) / spread];
    }
  }
  const missing = 1 - share * (level * weight + slope * square);
  const rest = Math.max(0, missing);
  if (gradient !== undefined) {
    const kept = missing > 0 ? reward : 0;
    for (let k = 0; k < 2; k++) {
      gradient[k] =
        share * (levelBy[k]! * (weighted - kept * weight) + slopeBy[k]! * (squared - kept * square)) -
        share * kept * (k === 0 ? level : slope);
    }
    gradient[2] = share * level;
    gradient[3] = share * slope;
    gradient[4] = rest;
  }
  return share * (level * weighted + slope * squared) + rest * reward;
}
