import { OffPolicyEvaluationError } from "../error.ts";
import { checkCount, checkFinite, checkIndices, checkLength, checkRows } from "../log/checks.ts";

/** Named columns of numbers, row-major. */
export interface FeatureTable {
  readonly names: readonly string[];
  /** [rows · names]; finite. */
  readonly values: Float64Array;
}

/** Logged decisions as models see them. The arrays are kept, not copied: do not write to them afterwards. */
export interface ModelRows {
  /** Logged action of each row, in [0, actionCount). */
  readonly action: Int32Array;
  readonly actionCount: number;
  /** Position at which each row's action was shown, from 0. @defaultValue all rows at one position */
  readonly position?: Int32Array;
  /** @defaultValue the largest position + 1 */
  readonly positionCount?: number;
  /** Context features known before the decision, row-major [rows, count]; finite. */
  readonly features?: FeatureTable;
  /** Features of each action, row-major [actionCount, count]; finite. */
  readonly actionFeatures?: FeatureTable;
  /** Rows with equal numbers stay in one fold (a user's). @defaultValue each row by itself */
  readonly units?: ArrayLike<number>;
}

/** {@link ModelRows}, checked, with what is missing filled in by empty columns. */
export interface CheckedRows {
  readonly rowCount: number;
  readonly action: Int32Array;
  readonly actionCount: number;
  /** Absent where there is one position only: it says nothing then. */
  readonly position: Int32Array | undefined;
  /** Positions; 1 where there is no column. */
  readonly positionCount: number;
  readonly featureCount: number;
  readonly features: Float64Array;
  readonly actionFeatureCount: number;
  readonly actionFeatures: Float64Array;
  readonly units: ArrayLike<number> | undefined;
}

/** @throws OffPolicyEvaluationError `EMPTY`, `BAD_LENGTH`, `BAD_OPTION`, or `BAD_VALUE` naming the first bad entry */
export function checkedRows(rows: ModelRows): CheckedRows {
  const { action, actionCount, features, actionFeatures, units } = rows;
  const rowCount = action.length;
  checkRows("action", rowCount);
  checkCount("actionCount", actionCount);
  checkIndices("action", action, actionCount);
  const positionCount = positionsOf(rows);
  const featureCount = columnsOf("features", features, rowCount, "rows · names");
  const actionFeatureCount = columnsOf("actionFeatures", actionFeatures, actionCount, "actions · names");
  if (units !== undefined) {
    checkLength("units", units, rowCount, "one a row");
    checkFinite("units", units);
  }
  return {
    rowCount,
    action,
    actionCount,
    position: positionCount === 1 ? undefined : rows.position,
    positionCount,
    featureCount,
    features: features?.values ?? new Float64Array(0),
    actionFeatureCount,
    actionFeatures: actionFeatures?.values ?? new Float64Array(0),
    units,
  };
}

function positionsOf({ action, position, positionCount }: ModelRows): number {
  if (positionCount !== undefined) checkCount("positionCount", positionCount);
  if (position === undefined) {
    if ((positionCount ?? 1) > 1)
      throw new OffPolicyEvaluationError(
        "BAD_OPTION",
        `positionCount is ${positionCount}: without position it must be 1 or absent`,
      );
    return 1;
  }
  checkLength("position", position, action.length, "one a row");
  let largest = 0;
  for (let i = 0; i < position.length; i++) if (position[i]! > largest) largest = position[i]!;
  const count = positionCount ?? largest + 1;
  checkIndices("position", position, count);
  return count;
}

function columnsOf(name: string, table: FeatureTable | undefined, rows: number, meaning: string): number {
  if (table === undefined) return 0;
  checkLength(`${name}.values`, table.values, rows * table.names.length, meaning);
  checkFinite(`${name}.values`, table.values);
  return table.names.length;
}
