import type { GateSpec, SegmentRow } from "@longview/formats";
import { adjustedPValues } from "@longview/statistics";
import { pairedLift } from "../bandit/lift.ts";
import { defaultInterval } from "../intervals/default-interval.ts";
import { liftEnvelope } from "../intervals/envelope.ts";
import type { Interval } from "../intervals/interval.ts";
import { byUnit, unitsOf } from "../intervals/units.ts";
import { categoryName } from "../logged-data/encode-features.ts";
import { columnMeans, influenceValues } from "../terms.ts";
import type { LaunchEvidence } from "./gather-evidence.ts";
import { guardedLift } from "./guarded-lift.ts";
import type { LaunchRows } from "./launch-rows.ts";
import { boundedEstimate } from "./metric-effects.ts";

/** Values of one column that are shown by themselves; rarer ones are shown together. */
const LARGEST_SEGMENTS = 30;
/** Units below which a segment's lift is not estimated. */
const LEAST_UNITS = 30;
/** Levels that are told apart: below, a p-value says no more than that it is small. */
const LEAST_LEVEL = 1e-6;
const HALVINGS = 12;

/**
 * Lift of the primary metric in every segment, and who loses (Benjamini–Hochberg over all segments).
 *
 * p-values are those of the intervals themselves, the least level at which one excludes 0, so that a segment which loses has an
 * interval on that side of 0, also at the corrected level.
 */
export function segmentRows(evidence: LaunchEvidence, rows: LaunchRows, spec: GateSpec): SegmentRow[] {
  const found = spec.segments.flatMap((column) =>
    groupsOf(rows.carried.get(column) ?? []).map(({ value, members }) =>
      segmentOf(evidence, rows, { column, value, members, spec }),
    ),
  );
  const tested = found.filter(({ pValue }) => pValue !== undefined);
  const adjusted = adjustedPValues(
    tested.map(({ pValue }) => pValue!),
    "benjamini-hochberg",
  );
  const worse = (lift: number): boolean => (spec.primary.better === "higher" ? lift < 0 : lift > 0);
  return found.map(({ row, pValue }): SegmentRow => {
    const at = tested.findIndex((entry) => entry.row === row);
    if (pValue === undefined || at < 0) return row;
    const adjustedPValue = adjusted[at]!;
    return {
      ...row,
      adjustedPValue,
      loses: worse(row.lift?.value ?? 0) && adjustedPValue <= 1 - spec.confidence,
    };
  });
}

interface Group {
  readonly value: string;
  readonly members: readonly number[];
}

function groupsOf(values: readonly unknown[]): Group[] {
  const members = new Map<string, number[]>();
  values.forEach((value, row) => {
    const name = categoryName(value);
    const group = members.get(name);
    if (group === undefined) members.set(name, [row]);
    else group.push(row);
  });
  const ordered = [...members]
    .map(([value, rows]) => ({ value, members: rows }))
    .sort((a, b) => b.members.length - a.members.length || (a.value < b.value ? -1 : 1));
  if (ordered.length <= LARGEST_SEGMENTS) return ordered;
  const rest = ordered.slice(LARGEST_SEGMENTS - 1);
  return [
    ...ordered.slice(0, LARGEST_SEGMENTS - 1),
    {
      value: `${rest.length} others`,
      members: rest.flatMap((group) => group.members).sort((a, b) => a - b),
    },
  ];
}

interface Segment extends Group {
  readonly column: string;
  readonly spec: GateSpec;
}

function segmentOf(
  evidence: LaunchEvidence,
  rows: LaunchRows,
  { column, value, members, spec }: Segment,
): { row: SegmentRow; pValue: number | undefined } {
  const { index, range } = evidence.metrics[0]!;
  const pick = (from: Float64Array): Float64Array => Float64Array.from(members, (row) => from[row]!);
  const propensity = pick(rows.propensity);
  const candidate = pick(rows.candidate);
  const incumbent = rows.incumbent === undefined ? propensity : pick(rows.incumbent);
  const reward = pick(rows.rewards[index]!);
  const clusters = rows.unit === undefined ? undefined : pick(rows.unit);
  const units = clusters === undefined ? members.length : new Set(clusters).size;
  const weights = candidate.map((probability, i) => probability / propensity[i]!);
  let sum = 0;
  let squares = 0;
  for (const weight of weights) {
    sum += weight;
    squares += weight * weight;
  }
  const row: SegmentRow = {
    column,
    value,
    rows: members.length,
    units,
    effectiveSampleSize: squares > 0 ? (sum * sum) / squares : 0,
    lift: null,
    adjustedPValue: null,
    loses: false,
  };
  const comparable = sum > 0 && incumbent.some((probability) => probability > 0);
  if (units < LEAST_UNITS || !comparable) return { row, pValue: undefined };
  const terms = pairedLift({
    reward,
    propensity,
    candidateProbability: candidate,
    incumbentProbability: incumbent,
  });
  const theirs = incumbent.map((probability, i) => probability / propensity[i]!);
  const difference = weights.map((weight, i) => weight - theirs[i]!);
  const envelope = liftEnvelope(weights, theirs, reward, range);
  const byUnits = unitsOf("segment", members.length, clusters);
  const scale = byUnits.count / byUnits.rows;
  const means = columnMeans(terms);
  const facts = {
    influence: byUnit(influenceValues(terms), byUnits),
    difference: byUnit(difference, byUnits),
    heaviestDifference: {
      gain: scale * difference.reduce((most, each) => Math.max(most, each), 0),
      loss: scale * difference.reduce((most, each) => Math.max(most, -each), 0),
    },
    baseline: means[3]! > 0 ? means[2]! / means[3]! : 0,
    range,
    length: 1,
  };
  const intervalAt = (confidence: number): Interval => {
    const lift = defaultInterval(terms, {
      confidence,
      envelope,
      ...(clusters === undefined ? {} : { clusters }),
    });
    return envelope.exact ? lift : guardedLift(lift, facts);
  };
  return {
    row: { ...row, lift: boundedEstimate(intervalAt(spec.confidence)) },
    pValue: envelope.exact ? 1 : levelOf(intervalAt),
  };
}

/** The least level at which an interval excludes 0: its own p-value. */
function levelOf(intervalAt: (confidence: number) => Interval): number {
  const excludes = (level: number): boolean => {
    const { lower, upper } = intervalAt(1 - level);
    return lower > 0 || upper < 0;
  };
  if (excludes(LEAST_LEVEL)) return LEAST_LEVEL;
  let low = Math.log(LEAST_LEVEL);
  let high = 0;
  for (let k = 0; k < HALVINGS; k++) {
    const middle = (low + high) / 2;
    if (excludes(Math.exp(middle))) high = middle;
    else low = middle;
  }
  return Math.exp(high);
}
