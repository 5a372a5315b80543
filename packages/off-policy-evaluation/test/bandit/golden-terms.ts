import {
  balancedInversePropensity,
  banditLogFromTables,
  clippedInversePropensity,
  directMethod,
  doublyRobust,
  inversePropensity,
  replay,
  selfNormalizedDoublyRobust,
  selfNormalizedInversePropensity,
  shrunkDoublyRobust,
  subGaussianDoublyRobust,
  subGaussianInversePropensity,
  switchDoublyRobust,
  type EstimatorTerms,
  type ModelledBanditLog,
} from "../../src/index.ts";
import { atPosition, flatAt, golden, integersAt, numberAt, type Json } from "./golden.ts";

/** A golden of the Open Bandit Pipeline, with our logs of it. */
export interface Read {
  readonly file: Json;
  readonly log: ModelledBanditLog;
  readonly estimated: ModelledBanditLog;
}

export function read(name: string): Read {
  const file = golden(name);
  const actionCount = numberAt(file, "meta", "n_actions");
  const position = integersAt(file, "inputs", "position");
  const tables = {
    reward: flatAt(file, "inputs", "reward"),
    action: integersAt(file, "inputs", "action"),
    actionCount,
    targetProbabilities: atPosition(flatAt(file, "inputs", "action_dist"), position, actionCount),
    predictedRewards: atPosition(
      flatAt(file, "inputs", "estimated_rewards_by_reg_model"),
      position,
      actionCount,
    ),
  };
  return {
    file,
    log: banditLogFromTables({ ...tables, propensity: flatAt(file, "inputs", "pscore") }),
    estimated: banditLogFromTables({ ...tables, propensity: flatAt(file, "inputs", "estimated_pscore") }),
  };
}

/** λ at the end of a golden's key. */
const lambda = (key: string): number => Number(/lambda(.*)$/.exec(key)![1]!.replace("inf", "Infinity"));

/** Our terms for an output of the golden. */
export function termsOf(key: string, { file, log, estimated }: Read): EstimatorTerms {
  switch (key.replace(/_lambda.*$/, "_lambda")) {
    case "replay": {
      const position = integersAt(file, "inputs", "position");
      const selected = flatAt(file, "inputs", "replay_selected_action");
      const width = selected.length / position.length;
      return replay({
        reward: log.reward,
        action: integersAt(file, "inputs", "action"),
        targetAction: Int32Array.from(position, (slot, i) => selected[i * width + slot]!),
      });
    }
    case "ipw":
      return inversePropensity(log);
    case "ipw_lambda":
      return clippedInversePropensity(log, { maximumWeight: lambda(key) });
    case "ipw_estimated_pscore":
      return inversePropensity(estimated);
    case "snipw":
      return selfNormalizedInversePropensity(log);
    case "dm":
      return directMethod(log);
    case "dr":
      return doublyRobust(log);
    case "dr_lambda":
      return doublyRobust(log, { maximumWeight: lambda(key) });
    case "dr_estimated_pscore":
      return doublyRobust(estimated);
    case "sndr":
      return selfNormalizedDoublyRobust(log);
    case "switch_dr_lambda":
      return switchDoublyRobust(log, { threshold: lambda(key) });
    case "dr_os_lambda":
      return shrunkDoublyRobust(log, { shrinkage: lambda(key) });
    case "sg_ipw_lambda":
      return subGaussianInversePropensity(log, { smoothing: lambda(key) });
    case "sg_dr_lambda":
      return subGaussianDoublyRobust(log, { smoothing: lambda(key) });
    case "b_ipw":
    case "b_ipw_lambda":
      return balancedInversePropensity(
        { reward: log.reward, estimatedWeight: flatAt(file, "inputs", "estimated_importance_weights") },
        key === "b_ipw" ? {} : { maximumWeight: lambda(key) },
      );
    default:
      throw new Error(`no estimator for ${key}`);
  }
}
