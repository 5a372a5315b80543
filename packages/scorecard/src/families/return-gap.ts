import type { FamilyAccumulator, MetricFamily, PageBlock, WindowFacts } from "../family.ts";
import type { MetricFinding } from "../metric.ts";
import { GrowingNumbers } from "../resampling/growing-numbers.ts";
import { GROUPS } from "../resampling/user-groups.ts";

const MOST_DAYS = 7;
const PER_DAY = 24;
const BINS = MOST_DAYS * PER_DAY;

/** How long users stay away between visits. */
export const returnGapFamily: MetricFamily = {
  name: "return gap",
  metrics: [
    {
      name: "returnGap",
      title: "Days until a user comes back, 7 at most",
      formula:
        "integral from 0 to 7 days of the Kaplan–Meier curve of the time between visits, to the hour; users who are away at the window's end are censored there",
      unit: "days",
      direction: "lower",
      stakeholder: "users",
      window: "visits of the window",
      version: 1,
      requires: ["day"],
      resampling: "users",
      bounds: [0, MOST_DAYS],
    },
  ],
  start: ({ visitGap }) => new ReturnGap(visitGap),
};

class ReturnGap implements FamilyAccumulator {
  readonly #visitGap: number;
  /** Of each user: the latest page's day and visit. */
  readonly #users = new GrowingNumbers(2, Number.NaN);
  /** Returns by group and hour; what is longer than the longest counts in the last bin. */
  readonly #returns = new Float64Array(GROUPS * (BINS + 1));

  constructor(visitGap: number) {
    this.#visitGap = visitGap;
  }

  add({ pages, chosen, count, user, group }: PageBlock): void {
    const { day, visit } = pages;
    if (day === undefined) return;
    for (let k = 0; k < count; k++) {
      const page = chosen[k]!;
      const now = day[page]!;
      if (Number.isNaN(now)) continue;
      const number = visit === undefined ? Number.NaN : visit[page]!;
      const at = this.#users.reach(user[k]!);
      const { values } = this.#users;
      const gap = now - values[at]!;
      // A gap from nothing is NaN and no return.
      if (visit === undefined ? gap > this.#visitGap : gap >= 0 && number !== values[at + 1])
        this.#returns[group[k]! * (BINS + 1) + binOf(gap)]!++;
      values[at] = now;
      values[at + 1] = number;
    }
  }

  findings({ groups, start, end }: WindowFacts): MetricFinding[] {
    if (!(end - start >= MOST_DAYS))
      return [
        {
          kind: "unavailable",
          reason: `needs ${MOST_DAYS} days; the window has ${Number((end - start).toPrecision(3))}`,
        },
      ];
    const away = new Float64Array(GROUPS * (BINS + 1));
    const { values, count } = this.#users;
    for (let user = 0; user < count; user++) {
      const gap = end - values[2 * user]!;
      if (gap > this.#visitGap) away[groups[user]! * (BINS + 1) + binOf(gap)]!++;
    }
    const whole = sumOfGroups(this.#returns);
    const wholeAway = sumOfGroups(away);
    if (!whole.some((each) => each > 0)) return [{ kind: "unavailable", reason: "no user came back" }];
    const rest = (sums: Float64Array, by: Float64Array, g: number): Float64Array =>
      sums.map((each, bin) => each - by[g * (BINS + 1) + bin]!);
    return [
      {
        kind: "grouped",
        value: restrictedMean(whole, wholeAway),
        without: Float64Array.from({ length: GROUPS }, (_, g) =>
          restrictedMean(rest(whole, this.#returns, g), rest(wholeAway, away, g)),
        ),
      },
    ];
  }
}

const binOf = (gap: number): number => Math.min(BINS, Math.floor(gap * PER_DAY));

function sumOfGroups(byGroup: Float64Array): Float64Array {
  const whole = new Float64Array(BINS + 1);
  byGroup.forEach((value, at) => {
    whole[at % (BINS + 1)]! += value;
  });
  return whole;
}

/** Area under the Kaplan–Meier curve of binned gaps; within a bin the curve falls straight, censoring comes after it. */
function restrictedMean(returns: Float64Array, away: Float64Array): number {
  let atRisk = 0;
  for (let bin = 0; bin <= BINS; bin++) atRisk += returns[bin]! + away[bin]!;
  let survival = 1;
  let area = 0;
  for (let bin = 0; bin < BINS && atRisk > 0; bin++) {
    const next = survival * (1 - returns[bin]! / atRisk);
    area += (survival + next) / 2 / PER_DAY;
    survival = next;
    atRisk -= returns[bin]! + away[bin]!;
  }
  return area;
}
