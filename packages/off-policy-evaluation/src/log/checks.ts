import { OffPolicyEvaluationError } from "../error.ts";

/** Numbers of a wide table: float32 halves the memory of n·A distributions. */
export type NumberTable = Float64Array | Float32Array;

/** By how much probabilities may miss 1 in sum, or pass 1 alone. */
export const PROBABILITY_TOLERANCE = 1e-6;

/** @throws OffPolicyEvaluationError `EMPTY` without rows */
export function checkRows(name: string, rowCount: number): void {
  if (rowCount === 0)
    throw new OffPolicyEvaluationError("EMPTY", `${name} has no rows: at least one is needed`);
}

/** @throws OffPolicyEvaluationError `BAD_LENGTH` */
export function checkLength(
  name: string,
  array: ArrayLike<unknown>,
  expected: number,
  meaning: string,
): void {
  if (array.length !== expected)
    throw new OffPolicyEvaluationError(
      "BAD_LENGTH",
      `${name} has ${array.length} entries: ${expected} are needed (${meaning})`,
    );
}

/** @throws OffPolicyEvaluationError `BAD_VALUE` naming the first entry that is NaN or infinite */
export function checkFinite(name: string, array: ArrayLike<number>): void {
  for (let i = 0; i < array.length; i++)
    if (!Number.isFinite(array[i])) throw badValue(name, i, array[i]!, "it must be a finite number");
}

/** @throws OffPolicyEvaluationError `BAD_VALUE` naming the first entry outside (0, 1] */
export function checkPropensities(name: string, array: ArrayLike<number>): void {
  for (let i = 0; i < array.length; i++)
    if (!(array[i]! > 0 && array[i]! <= 1))
      throw badValue(name, i, array[i]!, "a propensity must be above 0 and at most 1");
}

/** @throws OffPolicyEvaluationError `BAD_VALUE` naming the first entry that is not a finite number above 0 */
export function checkDensities(name: string, array: ArrayLike<number>): void {
  for (let i = 0; i < array.length; i++)
    if (!(array[i]! > 0 && array[i]! < Infinity))
      throw badValue(name, i, array[i]!, "a density must be above 0 and finite");
}

/** @throws OffPolicyEvaluationError `BAD_VALUE` naming the first entry outside [0, 1] */
export function checkProbabilities(name: string, array: ArrayLike<number>): void {
  for (let i = 0; i < array.length; i++)
    if (!(array[i]! >= 0 && array[i]! <= 1 + PROBABILITY_TOLERANCE))
      throw badValue(name, i, array[i]!, "a probability must be from 0 to 1");
}

/** @throws OffPolicyEvaluationError `BAD_VALUE` naming the first entry that is not a finite number >= 0 */
export function checkWeights(name: string, array: ArrayLike<number>): void {
  for (let i = 0; i < array.length; i++)
    if (!(array[i]! >= 0 && array[i]! < Infinity))
      throw badValue(name, i, array[i]!, "a weight must be at least 0 and finite");
}

/** @throws OffPolicyEvaluationError `BAD_VALUE` naming the first entry that is not a whole number in [0, count) */
export function checkIndices(name: string, array: ArrayLike<number>, count: number): void {
  for (let i = 0; i < array.length; i++)
    if (!(array[i]! >= 0 && array[i]! < count))
      throw badValue(name, i, array[i]!, `it must be a whole number from 0 to ${count - 1}`);
}

/** @throws OffPolicyEvaluationError `BAD_VALUE` naming the first row that is not a distribution over `width` outcomes */
export function checkDistributions(name: string, table: NumberTable, width: number): void {
  for (let start = 0, row = 0; start < table.length; start += width, row++) {
    let sum = 0;
    for (let k = 0; k < width; k++) {
      const probability = table[start + k]!;
      if (!(probability >= 0))
        throw new OffPolicyEvaluationError(
          "BAD_VALUE",
          `${name} row ${row}, entry ${k} is ${probability}: a probability must be at least 0`,
        );
      sum += probability;
    }
    if (!(Math.abs(sum - 1) <= PROBABILITY_TOLERANCE))
      throw new OffPolicyEvaluationError(
        "BAD_VALUE",
        `${name} row ${row} sums to ${sum}: probabilities must sum to 1 within ${PROBABILITY_TOLERANCE}`,
      );
  }
}

/** @throws OffPolicyEvaluationError `NO_SUPPORT` when every weight is 0 */
export function checkSupport(name: string, weight: ArrayLike<number>): void {
  for (let i = 0; i < weight.length; i++) if (weight[i] !== 0) return;
  throw new OffPolicyEvaluationError(
    "NO_SUPPORT",
    `${name}: the target policy gives probability 0 to every logged action, so the log says nothing about it`,
  );
}

/** @throws OffPolicyEvaluationError `BAD_OPTION` when `value` is outside [minimum, maximum] or NaN */
export function checkOption(name: string, value: number, minimum: number, maximum: number): void {
  if (!(value >= minimum && value <= maximum))
    throw new OffPolicyEvaluationError(
      "BAD_OPTION",
      `${name} is ${value}: it must be from ${minimum} to ${maximum}`,
    );
}

/** @throws OffPolicyEvaluationError `BAD_OPTION` when `value` is not a whole number >= 1 */
export function checkCount(name: string, value: number): void {
  if (!(Number.isSafeInteger(value) && value >= 1))
    throw new OffPolicyEvaluationError(
      "BAD_OPTION",
      `${name} is ${value}: it must be a whole number of at least 1`,
    );
}

/** Writes `numerator / denominator`, row by row; refuses a ratio that overflows. */
export function weightsOf(
  name: string,
  numerator: ArrayLike<number>,
  denominator: ArrayLike<number>,
): Float64Array {
  const weight = new Float64Array(numerator.length);
  for (let i = 0; i < weight.length; i++) {
    weight[i] = numerator[i]! / denominator[i]!;
    if (weight[i] === Infinity)
      throw badValue(name, i, denominator[i]!, "so small that the importance weight overflows");
  }
  return weight;
}

function badValue(name: string, index: number, value: number, rule: string): OffPolicyEvaluationError {
  return new OffPolicyEvaluationError("BAD_VALUE", `${name}[${index}] is ${value}: ${rule}`);
}
