import type { FamilyAccumulator, MetricFamily, PageBlock } from "../family.ts";
import { symmetricEigenvalues, vendiOfEigenvalues } from "../measures/vendi.ts";
import type { MetricDefinition, MetricFinding } from "../metric.ts";
import { GROUPS } from "../resampling/user-groups.ts";

const COMMON = {
  direction: "higher",
  stakeholder: "users",
  window: "impressions of the window",
  version: 1,
  requires: ["topics"],
  resampling: "users",
} as const;

const METRICS: readonly MetricDefinition[] = [
  {
    ...COMMON,
    name: "topicEntropy",
    title: "Entropy of what is seen over topics",
    formula: "−sum of p ln p; p: share of weight · topic weight that a topic has",
    unit: "nats",
    bounds: [0, Infinity],
  },
  {
    ...COMMON,
    name: "exposureVendi",
    title: "Effectively different things that are seen in all",
    formula:
      "Vendi score (order: vendiOrder) of all impressions under the cosine kernel of topics: from the eigenvalues of sum of weight · x xᵀ / sum of weight, x: topics of length 1",
    unit: "things",
    bounds: [1, Infinity],
  },
];

/** How different what is seen is, over all pages. */
export const exposureDiversityFamily: MetricFamily = {
  name: "diversity of exposure",
  metrics: METRICS,
  start: ({ vendiOrder }) => new ExposureDiversity(vendiOrder),
};

class ExposureDiversity implements FamilyAccumulator {
  readonly #order: number;
  #topics = 0;
  /** By group: weight of each topic, and of each pair of topics. */
  #shares = new Float64Array(0);
  #products = new Float64Array(0);

  constructor(order: number) {
    this.#order = order;
  }

  add({ pages, chosen, count, group }: PageBlock): void {
    const { topics, topicCount = 0, offsets, impression } = pages;
    if (topics === undefined) return;
    if (this.#topics === 0) {
      this.#topics = topicCount;
      this.#shares = new Float64Array(GROUPS * topicCount);
      this.#products = new Float64Array(GROUPS * topicCount * topicCount);
    }
    const width = this.#topics;
    for (let k = 0; k < count; k++) {
      const page = chosen[k]!;
      const shares = group[k]! * width;
      for (let i = offsets[page]!; i < offsets[page + 1]!; i++) {
        const weight = impression.weight === undefined ? 1 : impression.weight[i]!;
        const from = i * width;
        let squares = 0;
        for (let t = 0; t < width; t++) squares += topics[from + t]! ** 2;
        if (!(weight * squares > 0)) continue;
        for (let t = 0; t < width; t++) {
          const value = topics[from + t]!;
          if (value === 0) continue;
          this.#shares[shares + t]! += weight * value;
          const products = (shares + t) * width;
          for (let s = 0; s < width; s++)
            this.#products[products + s]! += (weight * value * topics[from + s]!) / squares;
        }
      }
    }
  }

  findings(): MetricFinding[] {
    const entropy = (shares: Float64Array): number => {
      const total = shares.reduce((sum, share) => sum + share, 0);
      return -shares.reduce(
        (sum, share) => sum + (share > 0 ? (share / total) * Math.log(share / total) : 0),
        0,
      );
    };
    const vendi = (products: Float64Array): number =>
      vendiOfEigenvalues(symmetricEigenvalues(products), this.#order);
    return [
      leaveOut(this.#shares, this.#topics, entropy),
      leaveOut(this.#products, this.#topics * this.#topics, vendi),
    ];
  }
}

/** A statistic of `width` sums, whole and without each group's. */
function leaveOut(
  sums: Float64Array,
  width: number,
  statistic: (sums: Float64Array) => number,
): MetricFinding {
  const whole = new Float64Array(width);
  sums.forEach((value, at) => {
    whole[at % width]! += value;
  });
  if (!whole.some((value) => value > 0))
    return { kind: "unavailable", reason: "no impression has a weight and a topic" };
  const without = new Float64Array(GROUPS);
  for (let g = 0; g < GROUPS; g++)
    without[g] = statistic(whole.map((value, t) => value - sums[g * width + t]!));
  return { kind: "grouped", value: statistic(whole), without };
}
