import { OffPolicyEvaluationError } from "../error.ts";
import { PROBABILITY_TOLERANCE } from "../log/checks.ts";
import type { CrossFittedRewardModel } from "./reward-model.ts";

/**
 * A policy's distribution over all actions in rows `firstRow` to `firstRow + count − 1`, row-major [count, actionCount]. A row may
 * sum to less than 1: what is missing is mass on actions that the log never shows.
 */
export type DistributionOf = (firstRow: number, count: number) => Float64Array | Promise<Float64Array>;

/** Options of {@link modelColumns}. */
export interface ModelColumnsOptions {
  /** Rows asked for at a time. @defaultValue as many as make 262,144 probabilities */
  readonly rowsAtATime?: number;
}

/** What `ModelledBanditLog` takes of a model. */
export interface PolicyModelColumns {
  /** `Σₐ π(a|xᵢ) q(xᵢ, a) / Σₐ π(a|xᵢ)` of each row. */
  readonly directValue: Float64Array;
  /** q(xᵢ, aᵢ) of each row: the model's own array. */
  readonly predictedReward: Float64Array;
}

/**
 * A model's values of a policy, gone through in pieces: the n · A tables are never in memory whole.
 *
 * @throws OffPolicyEvaluationError `BAD_LENGTH` for a piece of the wrong size, `BAD_VALUE` naming the first row that is no
 * distribution, `NO_SUPPORT` naming the first without any mass
 */
export async function modelColumns(
  model: CrossFittedRewardModel,
  distributionOf: DistributionOf,
  options: ModelColumnsOptions = {},
): Promise<PolicyModelColumns> {
  const { rowCount, actionCount } = model;
  const directValue = new Float64Array(rowCount);
  const predictions = new Float64Array(rowsAtATime(model, options) * actionCount);
  for await (const { firstRow, count, probabilities } of distributionPieces(model, distributionOf, options)) {
    await model.predictInto(predictions, firstRow, count);
    for (let i = 0; i < count; i++) {
      let mass = 0;
      let value = 0;
      for (let k = i * actionCount; k < (i + 1) * actionCount; k++) {
        mass += probabilities[k]!;
        value += probabilities[k]! * predictions[k]!;
      }
      directValue[firstRow + i] = value / mass;
    }
  }
  return { directValue, predictedReward: model.predictedReward };
}

/** One piece of a policy's distributions, checked. */
export interface DistributionPiece {
  readonly firstRow: number;
  readonly count: number;
  readonly probabilities: Float64Array;
}

/** Goes through a policy's distributions piece by piece, and checks each. */
export async function* distributionPieces(
  model: Pick<CrossFittedRewardModel, "rowCount" | "actionCount">,
  distributionOf: DistributionOf,
  options: ModelColumnsOptions = {},
): AsyncGenerator<DistributionPiece> {
  const { rowCount, actionCount } = model;
  const step = rowsAtATime(model, options);
  for (let firstRow = 0; firstRow < rowCount; firstRow += step) {
    const count = Math.min(step, rowCount - firstRow);
    const probabilities = await distributionOf(firstRow, count);
    if (probabilities.length !== count * actionCount)
      throw new OffPolicyEvaluationError(
        "BAD_LENGTH",
        `distribution of rows ${firstRow} to ${firstRow + count - 1} has ${probabilities.length} entries: ` +
          `${count * actionCount} are needed (rows · actions)`,
      );
    for (let i = 0; i < count; i++)
      checkRow(probabilities, i * actionCount, { actionCount, row: firstRow + i });
    yield { firstRow, count, probabilities };
  }
}

/** Rows of a piece. */
export function rowsAtATime(
  { actionCount }: { readonly actionCount: number },
  options: ModelColumnsOptions,
): number {
  const step = options.rowsAtATime ?? Math.max(1, Math.floor(262_144 / actionCount));
  if (!(Number.isSafeInteger(step) && step >= 1))
    throw new OffPolicyEvaluationError(
      "BAD_OPTION",
      `rowsAtATime is ${step}: it must be a whole number of at least 1`,
    );
  return step;
}

function checkRow(
  probabilities: Float64Array,
  start: number,
  { actionCount, row }: { readonly actionCount: number; readonly row: number },
): void {
  let mass = 0;
  for (let k = start; k < start + actionCount; k++) {
    if (!(probabilities[k]! >= 0))
      throw new OffPolicyEvaluationError(
        "BAD_VALUE",
        `distribution row ${row}, action ${k - start} is ${probabilities[k]}: a probability must be at least 0`,
      );
    mass += probabilities[k]!;
  }
  if (mass === 0)
    throw new OffPolicyEvaluationError(
      "NO_SUPPORT",
      `distribution row ${row} is 0 for every action: the policy does only what the log never shows`,
    );
  if (!(mass <= 1 + PROBABILITY_TOLERANCE))
    throw new OffPolicyEvaluationError(
      "BAD_VALUE",
      `distribution row ${row} sums to ${mass}: probabilities must sum to at most 1`,
    );
}
