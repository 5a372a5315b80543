import { checkSupport } from "../log/checks.ts";
import type { ModelledBanditLog } from "../log/bandit-log.ts";
import type { EstimatorTerms } from "../terms.ts";
import { meanTerms } from "./term-forms.ts";
import type { WeightTransform } from "./weight-transforms.ts";

/** The model's value plus the weighted residual, `mean(direct + t(w) (r − q))`: the form of DR and its relatives. */
export function correctedByResidual(
  name: string,
  log: ModelledBanditLog,
  transform: WeightTransform,
): EstimatorTerms {
  checkSupport(name, log.weight);
  const { directValue, weight, reward, predictedReward } = log;
  const column = new Float64Array(log.rowCount);
  for (let i = 0; i < column.length; i++)
    column[i] = directValue[i]! + transform(weight[i]!) * (reward[i]! - predictedReward[i]!);
  return meanTerms(column);
}
