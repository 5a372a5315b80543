import { CONTROL, OUTSIDE, TREATMENT } from "./designs/design.ts";

/** The confidence, or a RangeError that names the caller. */
export function checkedConfidence(where: string, confidence = 0.95): number {
  if (!(confidence > 0 && confidence < 1))
    throw new RangeError(`${where}: confidence must be between 0 and 1, got ${confidence}`);
  return confidence;
}

/** A whole number of at least `minimum`, or a RangeError that names it. */
export function checkedCount(where: string, count: number, minimum = 1): number {
  if (!(Number.isSafeInteger(count) && count >= minimum))
    throw new RangeError(`${where} must be a whole number >= ${minimum}, got ${count}`);
  return count;
}

/** Refuses a column of another length than the rows it belongs to, and a value that is not finite, by its index. */
export function checkColumn(where: string, column: ArrayLike<number>, rows: number): void {
  if (column.length !== rows)
    throw new RangeError(`${where}: needs one value for each of ${rows} rows, got ${column.length}`);
  for (let i = 0; i < rows; i++)
    if (!Number.isFinite(column[i]))
      throw new RangeError(`${where}: value ${i} must be finite, got ${column[i]}`);
}

/** Refuses an arm that no design gives. */
export function checkArms(where: string, arm: ArrayLike<number>, rows: number): void {
  if (arm.length !== rows)
    throw new RangeError(`${where}: needs one arm for each of ${rows} rows, got ${arm.length}`);
  for (let i = 0; i < rows; i++)
    if (arm[i] !== CONTROL && arm[i] !== TREATMENT && arm[i] !== OUTSIDE)
      throw new RangeError(
        `${where}: arm ${i} must be ${CONTROL} (control), ${TREATMENT} (treatment) or ${OUTSIDE} (outside), got ${arm[i]}`,
      );
}
