import type { Verdict } from "@longview/formats";
import { chiSquaredUpperTail } from "@longview/statistics";
import type { LaunchEvidence } from "./gather-evidence.ts";
import type { LaunchLog } from "./launch-log.ts";
import type { GroupSums } from "./row-profile.ts";
import type { SupportSummary } from "./support-summary.ts";
import { HISTOGRAM_EDGES } from "./weight-profile.ts";

const YEAR = 365 * 86_400;
/** Items in the support map. */
const LARGEST_ITEMS = 60;

/** The weights, as files hold them. */
export function weightTable({ weights }: LaunchEvidence): Verdict["weights"] {
  const found = weights.diagnostics();
  const histogram = [...weights.histogram].map((count, bin) => ({
    from: bin === 0 ? 0 : HISTOGRAM_EDGES[bin - 1]!,
    to: bin === 0 ? 0 : (HISTOGRAM_EDGES[bin] ?? found.maximum),
    count,
  }));
  const used = histogram.map(({ count }, bin) => (count > 0 ? bin : -1)).filter((bin) => bin > 0);
  const first = Math.min(...used, histogram.length - 1);
  const last = Math.max(...used, 1);
  return {
    count: found.count,
    mean: found.mean,
    meanLower: found.meanInterval[0],
    meanUpper: found.meanInterval[1],
    minimum: found.minimum,
    maximum: found.maximum,
    zeroCount: found.zeroCount,
    effectiveSampleSize: found.effectiveSampleSize,
    largestShare: found.largestShare,
    paretoShape: Number.isNaN(found.paretoTail.shape) ? null : found.paretoTail.shape,
    histogram: [histogram[0]!, ...histogram.slice(first, last + 1)],
  };
}

/** Logged rows and the candidate's mass by position and item; null where its distribution is not known. */
export function supportTable(
  { profile }: LaunchEvidence,
  log: LaunchLog,
  summary: SupportSummary | undefined,
): Verdict["support"] {
  const { positions, logged, candidate } = profile.support;
  const { actions } = log;
  if (summary === undefined || candidate === undefined || actions === undefined) return null;
  const width = actions.length;
  const known = profile.byPosition.size > 0;
  const used = positions.map((_, line) => line).sort((a, b) => positions[a]! - positions[b]!);
  const total = (item: number): number =>
    used.reduce((sum, line) => sum + candidate[line * width + item]!, 0);
  const items = actions
    .map((_, item) => item)
    .sort((a, b) => total(b) - total(a) || a - b)
    .slice(0, LARGEST_ITEMS);
  const rowsOf = (line: number): number =>
    known ? profile.byPosition.get(positions[line]!)!.rows : profile.rows;
  return {
    deficit: summary.deficit,
    valueShift: [...summary.valueShift],
    items: items.map((item) => actions[item]!),
    positions: known ? used.map((line) => positions[line]! + log.positionBase) : [],
    logged: used.map((line) => items.map((item) => logged[line * width + item]!)),
    candidate: used.map((line) => items.map((item) => candidate[line * width + item]! / rowsOf(line))),
  };
}

const byGroup = (groups: ReadonlyMap<number, GroupSums>): [number, GroupSums][] =>
  [...groups].sort(([a], [b]) => a - b);

/** Rewards and weights by position. */
export function positionTable({ profile }: LaunchEvidence, positionBase: number): Verdict["positions"] {
  return byGroup(profile.byPosition).map(([position, sums]) => ({
    position: position + positionBase,
    rows: sums.rows,
    logged: sums.reward / sums.rows,
    meanWeight: sums.weight / sums.rows,
    effectiveSampleSize: sums.weightSquare > 0 ? sums.weight ** 2 / sums.weightSquare : 0,
  }));
}

/** Standard error of a group's mean reward, rows of one unit counted by `inflation`; 0 for a single row. */
function errorOf(sums: GroupSums, inflation: number): number {
  const mean = sums.reward / sums.rows;
  const variance = Math.max(0, sums.rewardSquare / sums.rows - mean * mean);
  return sums.rows < 2 ? 0 : Math.sqrt((variance * inflation) / (sums.rows - 1));
}

/** Rewards and weights by day. */
export function dayTable({ profile }: LaunchEvidence, inflation: number): Verdict["days"] {
  const dated = profile.firstTime > YEAR;
  return byGroup(profile.byDay).map(([day, sums]) => {
    const standardError = errorOf(sums, inflation);
    return {
      day: dated ? new Date(day * 86_400_000).toISOString().slice(0, 10) : `day ${day}`,
      rows: sums.rows,
      logged: sums.reward / sums.rows,
      standardError: standardError > 0 ? standardError : null,
      meanWeight: sums.weight / sums.rows,
    };
  });
}

/** Test of "every day earned the same". @see Cochran (1954) */
export function driftTest({ profile }: LaunchEvidence, inflation: number): { pValue: number; days: number } {
  const groups = [...profile.byDay.values()].filter(({ rows }) => rows > 1);
  const all = groups.reduce(
    (sum, { rows, reward, rewardSquare }) => ({
      rows: sum.rows + rows,
      reward: sum.reward + reward,
      square: sum.square + rewardSquare,
    }),
    { rows: 0, reward: 0, square: 0 },
  );
  const overall = Math.max(0, all.square / all.rows - (all.reward / all.rows) ** 2);
  const usable = groups
    .map((sums) => ({
      mean: sums.reward / sums.rows,
      // A day whose rewards are all alike has the spread that all days have.
      error: errorOf(sums, inflation) || Math.sqrt((overall * inflation) / sums.rows),
    }))
    .filter(({ error }) => error > 0);
  const days = profile.byDay.size;
  if (usable.length < 2) return { pValue: 1, days };
  let precision = 0;
  let weighted = 0;
  for (const { mean, error } of usable) {
    precision += error ** -2;
    weighted += mean * error ** -2;
  }
  let statistic = 0;
  for (const { mean, error } of usable) statistic += ((mean - weighted / precision) / error) ** 2;
  return { pValue: chiSquaredUpperTail(statistic, usable.length - 1), days };
}
