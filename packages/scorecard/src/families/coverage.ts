import type { FamilyAccumulator, MetricFamily, PageBlock, WindowFacts } from "../family.ts";
import type { MetricFinding } from "../metric.ts";
import { GrowingNumbers } from "../resampling/growing-numbers.ts";
import { timeAvailable } from "../time-available.ts";
import { GROUPS } from "../resampling/user-groups.ts";

/** How much of the catalogue anyone is shown. */
export const coverageFamily: MetricFamily = {
  name: "catalogue coverage",
  metrics: [
    {
      name: "catalogueCoverage",
      title: "Share of the catalogue that is shown near the top",
      formula:
        "items shown in the first coveragePositions positions of some page / items that were shown or could have been",
      unit: "share",
      direction: "higher",
      stakeholder: "creators",
      window: "impressions of the window, items that could be shown in it",
      version: 1,
      requires: ["item"],
      requiresLives: [{ subject: "item", kind: "available" }],
      resampling: "users",
      bounds: [0, 1],
    },
  ],
  start: ({ coveragePositions }) => new CatalogueCoverage(coveragePositions),
};

const NEVER = -1;
const SEVERAL = GROUPS;

class CatalogueCoverage implements FamilyAccumulator {
  readonly #positions: number;
  /** Of each item: the one group whose users saw it, or that none or several did. */
  readonly #seenBy = new GrowingNumbers(1, NEVER);

  constructor(positions: number) {
    this.#positions = positions;
  }

  add({ pages, chosen, count, group }: PageBlock): void {
    const { item, offsets } = pages;
    if (item === undefined) return;
    for (let k = 0; k < count; k++) {
      const page = chosen[k]!;
      const end = Math.min(offsets[page + 1]!, offsets[page]! + this.#positions);
      for (let i = offsets[page]!; i < end; i++) {
        const at = this.#seenBy.reach(item[i]!);
        const before = this.#seenBy.values[at]!;
        if (before !== group[k]!) this.#seenBy.values[at] = before === NEVER ? group[k]! : SEVERAL;
      }
    }
  }

  findings(facts: WindowFacts): MetricFinding[] {
    const alone = new Float64Array(GROUPS);
    const seen = this.#seenBy;
    let shown = 0;
    for (let item = 0; item < seen.count; item++) {
      const by = seen.values[item]!;
      if (by === NEVER) continue;
      shown++;
      if (by !== SEVERAL) alone[by]!++;
    }
    let catalogue = 0;
    for (let item = 0; item < Math.max(facts.lives.count("item"), seen.count); item++) {
      const wasShown = item < seen.count && seen.values[item] !== NEVER;
      if (wasShown || timeAvailable(facts.lives, "item", item, facts) !== undefined) catalogue++;
    }
    if (catalogue === 0) return [{ kind: "unavailable", reason: "there is no item" }];
    return [
      {
        kind: "grouped",
        value: shown / catalogue,
        without: alone.map((lost) => (shown - lost) / catalogue),
      },
    ];
  }
}
