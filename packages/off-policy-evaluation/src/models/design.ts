import type { CheckedRows } from "./model-rows.ts";

/** Columns shifted and scaled to mean 0 and standard deviation 1; constant ones become 0. */
export interface Standardization {
  readonly center: Float64Array;
  /** 1 / standard deviation; 0 for a constant column. */
  readonly inverseScale: Float64Array;
}

/** A spread below this share of the values' size is rounding. */
const ROUNDING = 1e-10;

/** Centre and scale of `count` columns over the rows for which `included` is true. */
export function standardizationOf(
  values: Float64Array,
  count: number,
  included: (row: number) => boolean = () => true,
): Standardization {
  const center = new Float64Array(count);
  const squares = new Float64Array(count);
  const largest = new Float64Array(count);
  const rowCount = count === 0 ? 0 : values.length / count;
  let seen = 0;
  // Welford's update: sums of squares would lose timestamps.
  for (let i = 0; i < rowCount; i++) {
    if (!included(i)) continue;
    seen++;
    for (let f = 0; f < count; f++) {
      const value = values[i * count + f]!;
      const difference = value - center[f]!;
      center[f] = center[f]! + difference / seen;
      squares[f] = squares[f]! + difference * (value - center[f]!);
      const size = Math.abs(value);
      if (size > largest[f]!) largest[f] = size;
    }
  }
  const inverseScale = squares.map((sum, f) => {
    const deviation = Math.sqrt(sum / seen);
    return deviation > ROUNDING * largest[f]! ? 1 / deviation : 0;
  });
  return { center, inverseScale };
}

/** Rows as linear models see them: one-hot action and position, and standardised features. */
export interface Design {
  readonly rows: CheckedRows;
  /** One-hot position columns: none where there is one position. */
  readonly positionColumns: number;
  readonly standardization: Standardization;
  /** Standardised over actions, row-major [actionCount, actionFeatureCount]. */
  readonly actionFeatures: Float64Array;
}

/**
 * The columns of all rows. Scaling by all rows' features (never rewards) only conditions the numbers: how much a
 * coefficient is penalised follows from the training rows alone.
 */
export function designOf(rows: CheckedRows): Design {
  const { actionFeatureCount: width } = rows;
  const scaling = standardizationOf(rows.actionFeatures, width);
  return {
    rows,
    positionColumns: rows.position === undefined ? 0 : rows.positionCount,
    standardization: standardizationOf(rows.features, rows.featureCount),
    actionFeatures: rows.actionFeatures.map(
      (value, at) => (value - scaling.center[at % width]!) * scaling.inverseScale[at % width]!,
    ),
  };
}

/** Writes the standardised features of `row` into `out`. */
export function featuresInto(out: Float64Array, design: Design, row: number): void {
  const { center, inverseScale } = design.standardization;
  const { features } = design.rows;
  const start = row * out.length;
  for (let f = 0; f < out.length; f++) out[f] = (features[start + f]! - center[f]!) * inverseScale[f]!;
}
