import { adjustedPValues, sampleRatioTest, type SampleRatioResult } from "@longview/statistics";
import { OffPolicyEvaluationError } from "../error.ts";
import { checkLengths, checkWithin } from "../intervals/interval.ts";

/** One day's sample-ratio test. */
export interface DailySampleRatio extends SampleRatioResult {
  readonly day: number;
  /** Rows of each group. */
  readonly observed: readonly number[];
  /** P-value corrected over days (Holm). */
  readonly adjustedPValue: number;
}

/** Sample-ratio tests of all days together and of each. */
export interface SampleRatioByDay {
  readonly overall: SampleRatioResult;
  readonly days: readonly DailySampleRatio[];
  /** Days whose corrected p-value is below the level. */
  readonly mismatchedDays: readonly number[];
}

/**
 * Sample-ratio mismatch by day: whether units came to groups (policies, arms) in the shares that the assignment promised.
 *
 * @param groups - group of each unit, from 0 to shares − 1; count units (users), not their events
 * @param days - day number of each unit
 * @param expectedShares - promised share of each group, > 0
 * @param level - for `mismatchedDays`. @defaultValue 0.001, as is usual for this test: a false alarm stops a launch
 * @throws OffPolicyEvaluationError `BAD_LENGTH`, `BAD_VALUE`, `BAD_OPTION`
 */
export function sampleRatioByDay(
  groups: ArrayLike<number>,
  days: ArrayLike<number>,
  expectedShares: readonly number[],
  level = 0.001,
): SampleRatioByDay {
  const where = "sampleRatioByDay";
  const count = checkLengths(where, { groups, days });
  const width = expectedShares.length;
  if (width < 2 || !expectedShares.every((share) => share > 0 && share < Infinity))
    throw new OffPolicyEvaluationError(
      "BAD_OPTION",
      `${where}: expectedShares must be at least two finite numbers > 0, got [${expectedShares.join(", ")}]`,
    );
  checkWithin(where, "group", groups, 0, width - 1);
  checkWithin(where, "day", days);
  const total = new Array<number>(width).fill(0);
  const byDay = new Map<number, number[]>();
  for (let i = 0; i < count; i++) {
    const group = groups[i]!;
    if (!Number.isInteger(group))
      throw new OffPolicyEvaluationError(
        "BAD_VALUE",
        `${where}: group ${i} must be a whole number from 0 to ${width - 1}, got ${group}`,
      );
    let counts = byDay.get(days[i]!);
    if (counts === undefined) byDay.set(days[i]!, (counts = new Array<number>(width).fill(0)));
    counts[group] = counts[group]! + 1;
    total[group] = total[group]! + 1;
  }
  const tests = [...byDay.entries()]
    .sort(([a], [b]) => a - b)
    .map(([day, observed]) => ({ day, observed, ...sampleRatioTest(observed, expectedShares) }));
  const adjusted = adjustedPValues(
    tests.map((t) => t.pValue),
    "holm",
  );
  const found = tests.map((t, i): DailySampleRatio => ({ ...t, adjustedPValue: adjusted[i]! }));
  return {
    overall: sampleRatioTest(total, expectedShares),
    days: found,
    mismatchedDays: found.filter((d) => d.adjustedPValue < level).map((d) => d.day),
  };
}
