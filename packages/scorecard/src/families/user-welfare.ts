import type { FamilyAccumulator, MetricFamily, PageBlock, WindowFacts } from "../family.ts";
import { hasField, pageColumn } from "../fields.ts";
import { worstTailMeanInPlace } from "../measures/worst-tail.ts";
import type { MetricFinding } from "../metric.ts";
import { GrowingNumbers } from "../resampling/growing-numbers.ts";
import { GROUPS } from "../resampling/user-groups.ts";
import type { MetricSettings } from "../settings.ts";

const WORST = 0.1;

/** Who has nothing good to see. */
export const userWelfareFamily: MetricFamily = {
  name: "users' coverage",
  metrics: [
    {
      name: "needsMet",
      title: "Share of users whose needs are met",
      formula:
        "users of whose pages at least needShare have needItems impressions of utility at least needUtility / users",
      unit: "share",
      direction: "higher",
      stakeholder: "users",
      window: "users with a page in the window",
      version: 1,
      requires: ["utility"],
      resampling: "users",
      bounds: [0, 1],
    },
    {
      name: "worstTenthValue",
      title: "Worth of a page to the worst-served tenth of users",
      formula: "mean of the smallest tenth of users' means of userValue over their pages (CVaR)",
      unit: "utility a page",
      direction: "higher",
      stakeholder: "users",
      window: "users with a page in the window",
      version: 1,
      requires: ["userValue"],
      resampling: "users",
      bounds: [-Infinity, Infinity],
    },
  ],
  start: (settings) => new UserWelfare(settings),
};

/** A user's entry: pages with known utilities, those that meet the need, pages with a known value, and their sum. */
const JUDGED = 0;
const MET = 1;
const VALUED = 2;
const VALUE = 3;

class UserWelfare implements FamilyAccumulator {
  readonly #settings: MetricSettings;
  readonly #users = new GrowingNumbers(4);

  constructor(settings: MetricSettings) {
    this.#settings = settings;
  }

  add({ pages, chosen, count, user }: PageBlock): void {
    const { needItems, needUtility } = this.#settings;
    const { offsets } = pages;
    const { utility } = pages.impression;
    const value = hasField(pages, "userValue") ? pageColumn(pages, "userValue") : undefined;
    for (let k = 0; k < count; k++) {
      const page = chosen[k]!;
      const at = this.#users.reach(user[k]!);
      const { values } = this.#users;
      if (utility !== undefined && offsets[page + 1]! > offsets[page]!) {
        let good = 0;
        let known = true;
        for (let i = offsets[page]!; i < offsets[page + 1]!; i++) {
          if (Number.isNaN(utility[i])) known = false;
          if (utility[i]! >= needUtility) good++;
        }
        if (known) {
          values[at + JUDGED]!++;
          if (good >= needItems) values[at + MET]!++;
        }
      }
      if (value !== undefined && !Number.isNaN(value[page])) {
        values[at + VALUED]!++;
        values[at + VALUE]! += value[page]!;
      }
    }
  }

  findings(facts: WindowFacts): MetricFinding[] {
    return [this.#needsMet(facts), this.#worstTenth(facts)];
  }

  #needsMet({ groups }: WindowFacts): MetricFinding {
    const judged = new Float64Array(GROUPS);
    const met = new Float64Array(GROUPS);
    const { values, count } = this.#users;
    for (let user = 0; user < count; user++) {
      const pages = values[4 * user + JUDGED]!;
      if (pages === 0) continue;
      judged[groups[user]!]!++;
      if (values[4 * user + MET]! >= this.#settings.needShare * pages) met[groups[user]!]!++;
    }
    const allJudged = judged.reduce((sum, each) => sum + each, 0);
    const allMet = met.reduce((sum, each) => sum + each, 0);
    if (allJudged === 0)
      return { kind: "unavailable", reason: "no page has the utility of every impression" };
    return {
      kind: "grouped",
      value: allMet / allJudged,
      without: met.map((each, g) => (allMet - each) / (allJudged - judged[g]!)),
    };
  }

  #worstTenth({ groups }: WindowFacts): MetricFinding {
    const { values, count } = this.#users;
    const means: number[] = [];
    const groupOf: number[] = [];
    for (let user = 0; user < count; user++) {
      const pages = values[4 * user + VALUED]!;
      if (pages === 0) continue;
      means.push(values[4 * user + VALUE]! / pages);
      groupOf.push(groups[user]!);
    }
    if (means.length < 1 / WORST)
      return { kind: "unavailable", reason: `${means.length} users have a value, needs ${1 / WORST}` };
    return {
      kind: "grouped",
      value: worstTailMeanInPlace(Float64Array.from(means), WORST),
      without: Float64Array.from({ length: GROUPS }, (_, g) =>
        worstTailMeanInPlace(Float64Array.from(means.filter((_mean, i) => groupOf[i] !== g)), WORST),
      ),
    };
  }
}
