import { timeAvailable } from "../time-available.ts";
import type { Curve, FamilyAccumulator, MetricFamily, PageBlock, WindowFacts } from "../family.ts";
import { atkinson, gini, herfindahl, lorenzCurve, topShare } from "../measures/concentration.ts";
import type { MetricDefinition, MetricFinding } from "../metric.ts";
import { CreatorImpressions } from "./creator-impressions.ts";
import { GROUPS } from "../resampling/user-groups.ts";

const COMMON = {
  direction: "lower",
  stakeholder: "creators",
  window: "impressions of the window",
  version: 1,
  requires: ["creator"],
  resampling: "users",
  bounds: [0, 1],
} as const;
/** Parts that a Lorenz curve is drawn of. */
const POINTS = 100;
const WHOM = "over creators who were shown or, where the source says so, could have been";

const METRICS: readonly MetricDefinition[] = [
  {
    ...COMMON,
    name: "creatorGini",
    title: "Gini coefficient of creators' impressions",
    formula: `sum of (2i − n − 1) x₍ᵢ₎ / (n · sum of x), x ascending, ${WHOM}`,
    unit: "1",
  },
  {
    ...COMMON,
    name: "topPercentShare",
    title: "Share of impressions of the top 1 % of creators",
    formula: `sum of the largest n/100 of x / sum of x, ${WHOM}`,
    unit: "share",
  },
  {
    ...COMMON,
    name: "topTenthShare",
    title: "Share of impressions of the top 10 % of creators",
    formula: `sum of the largest n/10 of x / sum of x, ${WHOM}`,
    unit: "share",
  },
  {
    ...COMMON,
    name: "creatorAtkinson",
    title: "Atkinson index of creators' impressions",
    formula: `1 − (mean of x^(1−ε))^(1/(1−ε)) / mean of x, ε: atkinsonAversion, ${WHOM}`,
    unit: "1",
  },
  {
    ...COMMON,
    name: "creatorHerfindahl",
    title: "Herfindahl–Hirschman index of creators' impressions",
    formula: "sum over creators of (share of impressions)²",
    unit: "1",
  },
];

/** How unequally impressions fall to creators. */
export const concentrationFamily: MetricFamily = {
  name: "concentration",
  metrics: METRICS,
  start: ({ atkinsonAversion }) => new Concentration(atkinsonAversion),
};

class Concentration implements FamilyAccumulator {
  readonly #aversion: number;
  readonly #impressions = new CreatorImpressions();

  constructor(aversion: number) {
    this.#aversion = aversion;
  }

  add(block: PageBlock): void {
    this.#impressions.add(block);
  }

  #present(facts: WindowFacts): number[] {
    const { lives } = facts;
    const known = Math.max(lives.count("creator"), this.#impressions.count);
    const present: number[] = [];
    for (let creator = 0; creator < known; creator++)
      if (
        this.#impressions.total(creator) > 0 ||
        timeAvailable(lives, "creator", creator, facts) !== undefined
      )
        present.push(creator);
    return present;
  }

  findings(facts: WindowFacts): MetricFinding[] {
    const present = this.#present(facts);
    const whole = Float64Array.from(present, (creator) => this.#impressions.total(creator));
    if (!whole.some((count) => count > 0))
      return METRICS.map(() => ({ kind: "unavailable", reason: "no impression has a creator" }));
    // Counts are whole, so leaving a group out is exact.
    const rests = Array.from({ length: GROUPS }, (_, g) =>
      whole.map((count, i) => count - this.#impressions.ofGroup(present[i]!, g)),
    );
    return [
      gini,
      (x: Float64Array) => topShare(x, 0.01),
      (x: Float64Array) => topShare(x, 0.1),
      (x: Float64Array) => atkinson(x, this.#aversion),
      herfindahl,
    ].map((index) => ({
      kind: "grouped",
      value: index(whole),
      without: Float64Array.from(rests, (rest) => index(rest)),
    }));
  }

  curves(facts: WindowFacts): Curve[] {
    const totals = this.#present(facts).map((creator) => this.#impressions.total(creator));
    if (!totals.some((count) => count > 0)) return [];
    const curve = lorenzCurve(totals);
    const points = Math.min(POINTS, curve.length - 1);
    const at = Array.from({ length: points + 1 }, (_, i) => Math.round((i / points) * (curve.length - 1)));
    return [
      {
        name: "creatorLorenz",
        x: at.map((corner) => corner / (curve.length - 1)),
        y: at.map((corner) => curve[corner]!),
      },
    ];
  }
}
