const SLATES = 1000;

/** What a policy's slates looked like. */
export interface SlateFigures {
  readonly mean_length: number;
  readonly mean_candidates: number;
  readonly mean_position_propensity: number;
  readonly distinct_items: number;
  readonly top_item_share: number;
}

interface Shown {
  readonly itemIds: readonly string[];
  readonly candidates: number;
  readonly propensities: number;
}

/** Figures over a policy's last thousand slates. */
export class SlateWindow {
  readonly #slates: Shown[] = [];
  #next = 0;

  add(itemIds: readonly string[], candidates: number, positionPropensities: Readonly<Float64Array>): void {
    let propensities = 0;
    for (let i = 0; i < positionPropensities.length; i++) propensities += positionPropensities[i]!;
    this.#slates[this.#next] = { itemIds, candidates, propensities };
    this.#next = (this.#next + 1) % SLATES;
  }

  /** Null before the first slate. */
  figures(): SlateFigures | null {
    if (this.#slates.length === 0) return null;
    const times = new Map<string, number>();
    let shown = 0;
    let candidates = 0;
    let propensities = 0;
    for (const slate of this.#slates) {
      shown += slate.itemIds.length;
      candidates += slate.candidates;
      propensities += slate.propensities;
      for (const item of slate.itemIds) times.set(item, (times.get(item) ?? 0) + 1);
    }
    return {
      mean_length: shown / this.#slates.length,
      mean_candidates: candidates / this.#slates.length,
      mean_position_propensity: Math.min(1, propensities / shown),
      distinct_items: times.size,
      top_item_share: [...times.values()].reduce((most, count) => Math.max(most, count), 0) / shown,
    };
  }
}
