import type { FamilyAccumulator, MetricFamily, PageBlock, WindowFacts } from "../family.ts";
import type { MetricDefinition, MetricFinding } from "../metric.ts";
import { GrowingNumbers } from "../resampling/growing-numbers.ts";
import { GROUPS } from "../resampling/user-groups.ts";

const AFTER = [1, 7, 28] as const;

/** Share of users who are back some days after they were first seen. */
export const retentionFamily: MetricFamily = {
  name: "retention",
  metrics: AFTER.map((days): MetricDefinition => ({
    name: `retentionDay${days}`,
    title: `Users who are back on day ${days}`,
    formula: `users with a page from ${days} to ${days + 1} days after their first one / users whose first one is at least ${days + 1} days before the window's end`,
    unit: "share",
    direction: "higher",
    stakeholder: "users",
    window: "users by their first page in the window; who came too late to be watched so long is left out",
    version: 1,
    requires: ["day"],
    resampling: "users",
    bounds: [0, 1],
  })),
  start: () => new Retention(),
};

class Retention implements FamilyAccumulator {
  /** First day, then whether the user was back on each of the days; NaN until seen. */
  readonly #users = new GrowingNumbers(1 + AFTER.length, Number.NaN);

  add({ pages, chosen, count, user }: PageBlock): void {
    const { day } = pages;
    if (day === undefined) return;
    for (let k = 0; k < count; k++) {
      const now = day[chosen[k]!]!;
      if (Number.isNaN(now)) continue;
      const at = this.#users.reach(user[k]!);
      const { values } = this.#users;
      if (Number.isNaN(values[at])) {
        values.fill(0, at, at + 1 + AFTER.length);
        values[at] = now;
      }
      const since = now - values[at]!;
      AFTER.forEach((days, n) => {
        if (since >= days && since < days + 1) values[at + 1 + n] = 1;
      });
    }
  }

  findings({ groups, start, end }: WindowFacts): MetricFinding[] {
    const { values, count, width } = this.#users;
    return AFTER.map((days, n) => {
      const watched = new Float64Array(GROUPS);
      const back = new Float64Array(GROUPS);
      for (let user = 0; user < count; user++) {
        const first = values[user * width]!;
        if (!(first + days + 1 <= end)) continue;
        watched[groups[user]!]!++;
        back[groups[user]!]! += values[user * width + 1 + n]!;
      }
      const allWatched = watched.reduce((sum, each) => sum + each, 0);
      const allBack = back.reduce((sum, each) => sum + each, 0);
      if (allWatched === 0)
        return {
          kind: "unavailable",
          reason: `no user was watched for ${days + 1} days; the window has ${Number((end - start).toPrecision(3))}`,
        };
      return {
        kind: "grouped",
        value: allBack / allWatched,
        without: back.map((each, g) => (allBack - each) / (allWatched - watched[g]!)),
      };
    });
  }
}
