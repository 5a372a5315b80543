/**
 * Weighted sums of products of one-hot action, one-hot position and features over rows: all that a linear fit needs.
 *
 * The one-hot actions' own block is diagonal, so a row costs features² and not (actions + features)².
 */
export interface Moments {
  readonly actionCount: number;
  /** Position columns, then features. */
  readonly columnCount: number;
  /** Σ v of each action's rows. */
  readonly actionWeight: Float64Array;
  /** Σ e of each action's rows. */
  readonly actionResponse: Float64Array;
  /** Σ v · columns of each action's rows, [actionCount · columnCount]. */
  readonly cross: Float64Array;
  /** Σ v · columns ⊗ columns, [columnCount · columnCount], the part on and right of the diagonal. */
  readonly columns: Float64Array;
  /** Σ e · columns. */
  readonly columnResponse: Float64Array;
  /** Σ v, Σ of squared responses, or whatever else the caller sums. */
  readonly totals: Float64Array;
}

export function createMoments(actionCount: number, columnCount: number): Moments {
  return {
    actionCount,
    columnCount,
    actionWeight: new Float64Array(actionCount),
    actionResponse: new Float64Array(actionCount),
    cross: new Float64Array(actionCount * columnCount),
    columns: new Float64Array(columnCount * columnCount),
    columnResponse: new Float64Array(columnCount),
    totals: new Float64Array(2),
  };
}

/** One row as {@link MomentsAdder} takes it: reused, so that a pass allocates nothing. */
export interface MomentRow {
  action: number;
  /** −1 where there are no position columns. */
  position: number;
  /** v: weight of the row in the products. */
  weight: number;
  /** e: factor of the row in the responses. */
  response: number;
  readonly features: Float64Array;
}

const BLOCK = 64;

/** Adds rows to moments. Products of features wait for a block of rows: summed in a register they take a third of the time. */
export class MomentsAdder {
  readonly #moments: Moments;
  readonly #featureCount: number;
  /** Features of the rows that wait, feature by feature, [features · BLOCK]. */
  readonly #waiting: Float64Array;
  readonly #weights = new Float64Array(BLOCK);
  #count = 0;

  constructor(moments: Moments, featureCount: number) {
    this.#moments = moments;
    this.#featureCount = featureCount;
    this.#waiting = new Float64Array(featureCount * BLOCK);
  }

  /** Adds `e z`. */
  addResponse(row: MomentRow): void {
    const { actionResponse } = this.#moments;
    actionResponse[row.action] = actionResponse[row.action]! + row.response;
    this.addColumnResponse(row);
  }

  /** Adds `e z` but for the action's part. */
  addColumnResponse({ position, response, features }: MomentRow): void {
    const { columnCount, columnResponse } = this.#moments;
    const first = columnCount - features.length;
    if (position >= 0) columnResponse[position] = columnResponse[position]! + response;
    for (let f = 0; f < features.length; f++)
      columnResponse[first + f] = columnResponse[first + f]! + response * features[f]!;
  }

  /** Adds `v z zᵀ`. */
  addProducts({ action, position, weight, features }: MomentRow): void {
    const { columnCount, actionWeight, cross, columns } = this.#moments;
    const first = columnCount - features.length;
    actionWeight[action] = actionWeight[action]! + weight;
    const crossStart = action * columnCount;
    if (position >= 0) {
      cross[crossStart + position] = cross[crossStart + position]! + weight;
      const line = position * columnCount;
      columns[line + position] = columns[line + position]! + weight;
      for (let f = 0; f < features.length; f++)
        columns[line + first + f] = columns[line + first + f]! + weight * features[f]!;
    }
    if (features.length === 0) return;
    const crossFeatures = crossStart + first;
    const waiting = this.#waiting;
    for (let f = 0, at = this.#count; f < features.length; f++, at += BLOCK) {
      const value = features[f]!;
      cross[crossFeatures + f] = cross[crossFeatures + f]! + weight * value;
      waiting[at] = value;
    }
    this.#weights[this.#count++] = weight;
    if (this.#count === BLOCK) this.flush();
  }

  /** Adds what waits; to be called after the last row. */
  flush(): void {
    const { columnCount, columns } = this.#moments;
    const waiting = this.#waiting;
    const weighted = this.#weights.slice();
    const count = this.#count;
    const first = columnCount - this.#featureCount;
    for (let f = 0; f < this.#featureCount; f++) {
      for (let i = 0; i < count; i++) weighted[i] = this.#weights[i]! * waiting[f * BLOCK + i]!;
      const line = (first + f) * columnCount + first;
      for (let g = f; g < this.#featureCount; g++) {
        const start = g * BLOCK;
        let sum = 0;
        for (let i = 0; i < count; i++) sum += weighted[i]! * waiting[start + i]!;
        columns[line + g] = columns[line + g]! + sum;
      }
    }
    this.#count = 0;
  }
}

/** Adds `sign` times `other`'s sums. */
export function addMoments(moments: Moments, other: Moments, sign = 1): void {
  addScaled(moments.actionWeight, other.actionWeight, sign);
  addScaled(moments.actionResponse, other.actionResponse, sign);
  addScaled(moments.cross, other.cross, sign);
  addScaled(moments.columns, other.columns, sign);
  addScaled(moments.columnResponse, other.columnResponse, sign);
  addScaled(moments.totals, other.totals, sign);
}

function addScaled(out: Float64Array, other: Float64Array, sign: number): void {
  for (let i = 0; i < out.length; i++) out[i] = out[i]! + sign * other[i]!;
}
