import { deriveKey } from "@longview/statistics";
import { OffPolicyEvaluationError } from "../error.ts";
import { checkCount } from "../log/checks.ts";
import { designOf } from "./design.ts";
import { dealFolds } from "./folds.ts";
import { crossFitLinear } from "./linear/cross-fit-linear.ts";
import { checkedRows } from "./model-rows.ts";
import { crossFitNetwork } from "./network/cross-fit-network.ts";
import {
  checkRewards,
  type CrossFittedRewardModel,
  type RewardModelKind,
  type RewardModelOptions,
  type RewardRows,
} from "./reward-model.ts";

const LINEAR_PENALTIES = [0.1, 1, 10, 100, 1000, 10_000];
const NETWORK_PENALTIES = [1, 100];

/**
 * A reward model q(x, a) fitted by cross-fitting: every row is predicted by a model that never saw its unit, so that
 * `doublyRobust` stays unbiased with it.
 *
 * Columns are one-hot action, one-hot position, features of the context and features of the action, each feature on the scale
 * where it varies by 1 in the training rows. An action that they lack gets what the rest of the model says. Penalties are chosen
 * inside the training rows. The same key gives the same bytes.
 *
 * @throws OffPolicyEvaluationError `EMPTY`, `BAD_LENGTH`, `BAD_VALUE` naming the first bad entry, `BAD_OPTION`, `NO_SUPPORT` where
 * the weights of a fold's training rows are all 0
 * @see Chernozhukov et al. (2018), "Double/debiased machine learning for treatment and structural parameters"
 * @example
 * const model = await crossFitRewardModel({ action, actionCount: 34, position, reward }, { key: rootKey("evaluation") });
 * const columns = await modelColumns(model, distributionOf);
 * doublyRobust(new ModelledBanditLog({ reward, propensity, actionProbability, ...columns }));
 */
export async function crossFitRewardModel(
  rows: RewardRows,
  options: RewardModelOptions,
): Promise<CrossFittedRewardModel> {
  const { reward } = rows;
  const { weights, folds: foldCount = 3, tuningRows = 100_000, key } = options;
  const checked = checkedRows(rows);
  checkRewards(checked, reward, weights);
  checkCount("tuningRows", tuningRows);
  const kind = kindOf(options.kind ?? "auto", reward);
  const penalties = options.penalties ?? (kind === "mlp" ? NETWORK_PENALTIES : LINEAR_PENALTIES);
  checkPenalties(penalties);
  const folds = dealFolds(checked.rowCount, checked.units, {
    folds: foldCount,
    key: deriveKey(key, "folds"),
  });
  if (kind === "mlp")
    return crossFitNetwork(
      { rows: checked, folds, reward, weights },
      { penalties, key: deriveKey(key, "network"), network: options.network ?? {} },
    );
  return crossFitLinear(
    { design: designOf(checked), folds, reward, weights },
    { kind, penalties, tuningRows },
  );
}

function kindOf(kind: RewardModelKind | "auto", reward: Float64Array): RewardModelKind {
  if (kind === "auto") return reward.every((value) => value === 0 || value === 1) ? "logistic" : "linear";
  if (kind === "logistic")
    reward.forEach((value, i) => {
      if (value < 0 || value > 1)
        throw new OffPolicyEvaluationError(
          "BAD_VALUE",
          `reward[${i}] is ${value}: kind "logistic" takes rewards from 0 to 1; take "linear"`,
        );
    });
  return kind;
}

/** @throws OffPolicyEvaluationError `BAD_OPTION` */
export function checkPenalties(penalties: readonly number[]): void {
  if (penalties.length === 0)
    throw new OffPolicyEvaluationError("BAD_OPTION", "penalties is empty: at least one is needed");
  for (const penalty of penalties)
    if (!(penalty > 0 && penalty < Infinity))
      throw new OffPolicyEvaluationError(
        "BAD_OPTION",
        `penalties has ${penalty}: each must be above 0 and finite`,
      );
}
