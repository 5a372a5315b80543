import { OffPolicyEvaluationError } from "../error.ts";

/** Rows gathered into independent units: users, or the rows themselves. */
export interface Units {
  /** Independent units. */
  readonly count: number;
  /** Rows. */
  readonly rows: number;
  /** Unit of each row; absent when each row is its own. */
  readonly unitOfRow?: Int32Array;
}

/**
 * The independent units of `rows` rows.
 *
 * @param clusters - any numbers; rows with equal ones are one unit
 * @throws OffPolicyEvaluationError `BAD_LENGTH`, or `NOT_COMPUTABLE` for fewer than 2 units
 */
export function unitsOf(where: string, rows: number, clusters?: ArrayLike<number>): Units {
  if (clusters === undefined) return atLeastTwo(where, { count: rows, rows });
  if (clusters.length !== rows)
    throw new OffPolicyEvaluationError(
      "BAD_LENGTH",
      `${where}: clusters must have ${rows} entries, got ${clusters.length}`,
    );
  const numbers = new Map<number, number>();
  const unitOfRow = new Int32Array(rows);
  for (let i = 0; i < rows; i++) {
    const id = clusters[i]!;
    let unit = numbers.get(id);
    if (unit === undefined) {
      unit = numbers.size;
      numbers.set(id, unit);
    }
    unitOfRow[i] = unit;
  }
  return atLeastTwo(where, { count: numbers.size, rows, unitOfRow });
}

function atLeastTwo(where: string, units: Units): Units {
  if (units.count < 2)
    throw new OffPolicyEvaluationError(
      "NOT_COMPUTABLE",
      `${where}: needs at least 2 independent units, got ${units.count}`,
    );
  return units;
}

/**
 * One value a unit: the sum of its rows, times units ÷ rows, so that the mean over units is the mean over rows.
 *
 * Of values with mean 0 (influences) this is the influence of a unit on a mean over rows, also when units differ in size.
 */
export function byUnit(values: Float64Array, units: Units): Float64Array {
  const { unitOfRow } = units;
  if (unitOfRow === undefined) return values;
  const out = new Float64Array(units.count);
  const scale = units.count / units.rows;
  for (let i = 0; i < values.length; i++) out[unitOfRow[i]!] = out[unitOfRow[i]!]! + values[i]! * scale;
  return out;
}

/** Mean and standard error of the mean over rows, clustered by unit (denominator units − 1). */
export function meanAndError(values: Float64Array, units: Units): { mean: number; standardError: number } {
  const n = values.length;
  let sum = 0;
  for (let i = 0; i < n; i++) sum += values[i]!;
  const mean = sum / n;
  const influence = byUnit(
    values.map((value) => value - mean),
    units,
  );
  let squares = 0;
  for (const value of influence) squares += value * value;
  return { mean, standardError: Math.sqrt(squares / (units.count - 1) / units.count) };
}
