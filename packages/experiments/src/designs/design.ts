import { z } from "zod";

/** Arm of a row that keeps the present policy. */
export const CONTROL = 0;
/** Arm of a row that gets the new policy. */
export const TREATMENT = 1;
/** Mark of a row that takes no part in the experiment; estimators leave it out. */
export const OUTSIDE = 255;

/**
 * What a design is asked about, one entry a row, as struct of arrays. A design reads the columns it needs and refuses to go on
 * without them.
 */
export interface AssignmentRows {
  /** Rows that are asked about. */
  readonly count: number;
  readonly user?: Int32Array;
  readonly creator?: Int32Array;
  /** From 0 to the number of clusters − 1. */
  readonly cluster?: Int32Array;
  /** Any unit of time, the same as the design's. */
  readonly time?: Float64Array;
}

/** Answers which arm a row belongs to. The answer depends on the design's key and the row's own columns alone. */
export interface Design<Kind extends string = string> {
  readonly kind: Kind;
  /** Writes {@link CONTROL}, {@link TREATMENT} or {@link OUTSIDE} for each row; allocates nothing. */
  armsInto(out: Uint8Array, rows: AssignmentRows): void;
}

/** Shares of the units that get each arm; what is left of 1 is outside. */
export const ArmShares = {
  /** Share of units in treatment. */
  treatmentShare: z.number().gt(0).lt(1).default(0.5),
  /** Share of units in control. @defaultValue all others */
  controlShare: z.number().gt(0).lt(1).optional(),
};

/** Bounds of one uniform draw: below the first treatment, below the second control, else outside. */
export interface ArmBounds {
  readonly treatment: number;
  readonly control: number;
}

/** @throws RangeError when the shares exceed 1 */
export function armBounds(
  where: string,
  shares: { readonly treatmentShare: number; readonly controlShare?: number | undefined },
): ArmBounds {
  const { treatmentShare, controlShare = 1 - treatmentShare } = shares;
  if (treatmentShare + controlShare > 1 + 1e-12)
    throw new RangeError(
      `${where}: treatmentShare + controlShare must be at most 1, got ${treatmentShare} + ${controlShare}`,
    );
  return {
    treatment: treatmentShare,
    control: treatmentShare + controlShare >= 1 - 1e-12 ? 1 : treatmentShare + controlShare,
  };
}

/** The arm of a unit whose uniform draw is `draw`. */
export function armOf(draw: number, bounds: ArmBounds): number {
  return draw < bounds.treatment ? TREATMENT : draw < bounds.control ? CONTROL : OUTSIDE;
}

/** The column, or a RangeError that says which design needs it. */
export function neededColumn<Column extends Int32Array | Float64Array>(
  where: string,
  name: string,
  rows: { readonly count: number },
  column: Column | undefined,
): Column {
  if (column === undefined || column.length < rows.count)
    throw new RangeError(
      `${where}: needs the column ${name} with ${rows.count} rows, got ${column === undefined ? "none" : column.length}`,
    );
  return column;
}
