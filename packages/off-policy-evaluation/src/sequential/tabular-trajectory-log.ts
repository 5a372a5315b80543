import { OffPolicyEvaluationError } from "../error.ts";
import { checkCount, checkDistributions, checkIndices, checkLength, checkRows } from "../log/checks.ts";
import { TrajectoryLog } from "./trajectory-log.ts";

/** Trajectories over numbered states and actions. */
export interface TabularTrajectoryInput {
  /** As in {@link TrajectoryLogInput}. */
  readonly offset: Int32Array;
  readonly reward: Float64Array;
  readonly propensity: Float64Array;
  readonly discountFactor: number;
  /** State before each step, in [0, stateCount). */
  readonly state: Int32Array;
  /** Action of each step, in [0, actionCount). */
  readonly action: Int32Array;
  /** State after each trajectory's last step, [trajectories]; −1 where it ended there. @defaultValue −1 everywhere */
  readonly finalState?: Int32Array;
  readonly stateCount: number;
  readonly actionCount: number;
  /** π(a|s), [stateCount · actionCount]: each row >= 0 and summing to 1 within 1e-6. */
  readonly targetProbabilities: Float64Array;
}

/**
 * A {@link TrajectoryLog} of numbered states and actions.
 *
 * @throws OffPolicyEvaluationError as {@link TrajectoryLog}
 */
export class TabularTrajectoryLog extends TrajectoryLog {
  readonly propensity: Float64Array;
  readonly actionProbability: Float64Array;
  readonly state: Int32Array;
  readonly action: Int32Array;
  readonly finalState: Int32Array;
  readonly stateCount: number;
  readonly actionCount: number;
  readonly targetProbabilities: Float64Array;

  constructor(input: TabularTrajectoryInput) {
    const { offset, reward, propensity, discountFactor, state, action } = input;
    const { stateCount, actionCount, targetProbabilities } = input;
    checkRows("log", reward.length);
    checkCount("stateCount", stateCount);
    checkCount("actionCount", actionCount);
    checkLength("state", state, reward.length, "one a reward");
    checkLength("action", action, reward.length, "one a reward");
    checkIndices("state", state, stateCount);
    checkIndices("action", action, actionCount);
    checkLength("targetProbabilities", targetProbabilities, stateCount * actionCount, "states · actions");
    checkDistributions("targetProbabilities", targetProbabilities, actionCount);
    const actionProbability = Float64Array.from(
      state,
      (s, step) => targetProbabilities[s * actionCount + action[step]!]!,
    );
    super({ offset, reward, propensity, actionProbability, discountFactor });
    const finalState = input.finalState ?? new Int32Array(this.trajectoryCount).fill(-1);
    checkLength("finalState", finalState, this.trajectoryCount, "one a trajectory");
    finalState.forEach((s, i) => {
      if (s < -1 || s >= stateCount)
        throw new OffPolicyEvaluationError(
          "BAD_VALUE",
          `finalState[${i}] is ${s}: it must be from 0 to ${stateCount - 1}, or -1 where the trajectory ended`,
        );
    });
    this.propensity = propensity;
    this.actionProbability = actionProbability;
    this.state = state;
    this.action = action;
    this.finalState = finalState;
    this.stateCount = stateCount;
    this.actionCount = actionCount;
    this.targetProbabilities = targetProbabilities;
  }

  /** State after `step` of `trajectory`; −1 where it ended. */
  nextState(trajectory: number, step: number): number {
    return step + 1 < this.offset[trajectory + 1]! ? this.state[step + 1]! : this.finalState[trajectory]!;
  }
}
