import { OffPolicyEvaluationError } from "../error.ts";
import { meanTerms } from "../bandit/term-forms.ts";
import { checkOption } from "../log/checks.ts";
import type { EstimatorTerms } from "../terms.ts";
import { solveInPlace } from "./linear-system.ts";
import { minimizeOnSimplex } from "./simplex-quadratic-program.ts";
import { trajectorySums } from "./step-columns.ts";
import { empiricalModel, type EmpiricalModel } from "./tabular-fitted-q-evaluation.ts";
import type { TabularTrajectoryLog } from "./tabular-trajectory-log.ts";

/** Options of {@link bestDice}. */
export interface BestDiceOptions {
  /**
   * Weight αᵥ >= 0 of the penalty on the dual values ν: above 0 the flow constraints hold only softly, so that the problem
   * has a solution where the log lacks support. @defaultValue 0: they hold exactly
   */
  readonly primalRegularization?: number;
  /** Weight α_ζ >= 0 of the penalty `½ E[ζ²]` on the ratios; without effect where the flow holds exactly. @defaultValue 1 */
  readonly dualRegularization?: number;
  /** Weight of the reward in the objective, usually 0 or 1; as above. @defaultValue 0 */
  readonly rewardCoefficient?: number;
}

/** What {@link bestDiceRatios} found. */
export interface BestDiceRatios {
  /**
   * How often the target policy takes an action in a state, discounted and summed over an infinite horizon from the log's
   * first states, [stateCount · actionCount].
   */
  readonly occupancy: Float64Array;
  /** `occupancy` over the mean number of times that a logged trajectory did, [stateCount · actionCount]; 0 if never. */
  readonly ratio: Float64Array;
}

/**
 * Stationary distribution correction with a table (DICE, in the BestDICE form): ratios ζ >= 0 of the target's discounted
 * occupancy over the log's, from the regularised Lagrangian with normalisation, and the estimate `mean(Σₜ ζ(sₜ, aₜ) rₜ)`.
 *
 * It values an infinite horizon: trajectories that were cut off go on from their final state. Behaviour is taken from the
 * log itself, so no propensities enter. The terms hold the ratios fixed: their intervals leave out the ratios' error.
 *
 * @throws OffPolicyEvaluationError `NO_SUPPORT` when the flow constraints are exact and the target policy reaches a state
 * and action that were never logged; `NOT_COMPUTABLE` where the value is not finite; `BAD_OPTION`
 * @see Yang, Nachum, Dai, Li & Schuurmans (2020), "Off-Policy Evaluation via the Regularized Lagrangian"
 */
export function bestDice(log: TabularTrajectoryLog, options: BestDiceOptions = {}): EstimatorTerms {
  const { ratio } = bestDiceRatios(log, options);
  return meanTerms(
    trajectorySums(
      log,
      (_, step) => ratio[log.state[step]! * log.actionCount + log.action[step]!]! * log.reward[step]!,
    ),
  );
}

/** The tables behind {@link bestDice}. */
export function bestDiceRatios(log: TabularTrajectoryLog, options: BestDiceOptions = {}): BestDiceRatios {
  const { primalRegularization = 0, dualRegularization = 1, rewardCoefficient = 0 } = options;
  checkOption("primalRegularization", primalRegularization, 0, Number.MAX_VALUE);
  checkOption("dualRegularization", dualRegularization, 0, Number.MAX_VALUE);
  checkOption("rewardCoefficient", rewardCoefficient, -Number.MAX_VALUE, Number.MAX_VALUE);
  const model = empiricalModel(log);
  const occupancy =
    primalRegularization === 0
      ? exactOccupancy(log, model)
      : softOccupancy(log, model, { primalRegularization, dualRegularization, rewardCoefficient });
  const ratio = occupancy.map((value, pair) =>
    model.visits[pair] === 0 ? 0 : (value * log.trajectoryCount) / model.visits[pair]!,
  );
  if (ratio.every((value) => value === 0))
    throw new OffPolicyEvaluationError(
      "NO_SUPPORT",
      "DICE: the target policy takes no logged action in any state",
    );
  return { occupancy, ratio };
}

/** The one solution of the flow constraints, whatever the other regularisers. */
function exactOccupancy(log: TabularTrajectoryLog, model: EmpiricalModel): Float64Array {
  const { stateCount, actionCount, discountFactor, targetProbabilities } = log;
  const matrix = new Float64Array(stateCount * stateCount);
  const visits = model.start.slice();
  for (let s = 0; s < stateCount; s++) {
    matrix[s * stateCount + s] = 1;
    for (let from = 0; from < stateCount; from++) {
      let flow = 0;
      for (let a = 0; a < actionCount; a++) {
        const pair = from * actionCount + a;
        flow += targetProbabilities[pair]! * model.transition[pair * stateCount + s]!;
      }
      matrix[s * stateCount + from] = matrix[s * stateCount + from]! - discountFactor * flow;
    }
  }
  if (!solveInPlace(matrix, visits))
    throw new OffPolicyEvaluationError(
      "NOT_COMPUTABLE",
      "DICE has no finite value: without discount every state must lead to an end",
    );
  const occupancy = new Float64Array(stateCount * actionCount);
  for (let pair = 0; pair < occupancy.length; pair++) {
    const state = Math.floor(pair / actionCount);
    occupancy[pair] = Math.max(0, visits[state]!) * targetProbabilities[pair]!;
    if (occupancy[pair]! > 1e-12 && model.visits[pair] === 0)
      throw new OffPolicyEvaluationError(
        "NO_SUPPORT",
        `DICE, state ${state}: the target policy takes action ${pair % actionCount} there ` +
          `${occupancy[pair]!.toPrecision(3)} times (discounted), which was never logged`,
      );
  }
  return occupancy;
}

/**
 * `min ½ α_ζ Σ d²/D + Σ flow(d)² / (2 αᵥ m) − α_R Σ d r` over the simplex of the normalised occupancy d, with m the share
 * of each of the flow's constraints (one a state and action) and D the log's own occupancy. One more entry of d is the
 * mass that has ended.
 */
function softOccupancy(
  log: TabularTrajectoryLog,
  model: EmpiricalModel,
  options: Required<BestDiceOptions>,
): Float64Array {
  const { stateCount, actionCount, discountFactor, targetProbabilities } = log;
  if (discountFactor === 1)
    throw new OffPolicyEvaluationError(
      "BAD_OPTION",
      "primalRegularization must be 0 where discountFactor is 1",
    );
  const pairCount = stateCount * actionCount;
  const seen = Array.from(model.visits.keys()).filter((pair) => model.visits[pair]! > 0);
  const ends = seen.some((pair) => leaving(model, pair, stateCount) > 0);
  const size = seen.length + (ends ? 1 : 0);
  // flow[k] = target[k] + Σⱼ jacobian[k, j] d[j], over every state and action and the end.
  const constraintCount = pairCount + (ends ? 1 : 0);
  const target = new Float64Array(constraintCount);
  const jacobian = new Float64Array(constraintCount * size);
  for (let k = 0; k < pairCount; k++) {
    const state = Math.floor(k / actionCount);
    target[k] = (1 - discountFactor) * model.start[state]! * targetProbabilities[k]!;
    seen.forEach((pair, j) => {
      const flow = discountFactor * targetProbabilities[k]! * model.transition[pair * stateCount + state]!;
      jacobian[k * size + j] = flow - (pair === k ? 1 : 0);
    });
  }
  if (ends) {
    seen.forEach((pair, j) => {
      jacobian[pairCount * size + j] = discountFactor * leaving(model, pair, stateCount);
    });
    jacobian[pairCount * size + size - 1] = discountFactor - 1;
  }
  const hessian = new Float64Array(size * size);
  const linear = new Float64Array(size);
  const scale = constraintCount / options.primalRegularization;
  for (let k = 0; k < constraintCount; k++)
    for (let j = 0; j < size; j++) {
      const left = scale * jacobian[k * size + j]!;
      if (left === 0) continue;
      linear[j] = linear[j]! + left * target[k]!;
      for (let l = 0; l < size; l++)
        hessian[j * size + l] = hessian[j * size + l]! + left * jacobian[k * size + l]!;
    }
  seen.forEach((pair, j) => {
    hessian[j * size + j] =
      hessian[j * size + j]! + (options.dualRegularization * log.stepCount) / model.visits[pair]!;
    linear[j] = linear[j]! - options.rewardCoefficient * model.reward[pair]!;
  });
  const solution = minimizeOnSimplex(hessian, linear);
  const occupancy = new Float64Array(pairCount);
  seen.forEach((pair, j) => {
    occupancy[pair] = solution[j]! / (1 - discountFactor);
  });
  return occupancy;
}

/** Share of a pair's visits after which the trajectory ended. */
function leaving(model: EmpiricalModel, pair: number, stateCount: number): number {
  let stays = 0;
  for (let next = 0; next < stateCount; next++) stays += model.transition[pair * stateCount + next]!;
  return Math.max(0, 1 - stays);
}
