import type { Envelope } from "../intervals/envelope.ts";
import { columnMeans, type EstimatorTerms } from "../terms.ts";
import { EPISODE, METRIC_COLUMNS } from "./episode-sums.ts";

/** Sums by unit over episodes, each column with the mean that the episodes have. */
export interface UnitMeans {
  /** See {@link EPISODE}; one entry a unit. */
  readonly columns: readonly Float64Array[];
  /** Length of an unweighted episode. */
  readonly length: number;
  /** Whether both policies did the same everywhere. */
  readonly alike: boolean;
}

const metricColumn = (metric: number): number => EPISODE.firstMetric + METRIC_COLUMNS * metric;

/** Paired lift of a metric, with the variance-optimal baseline (see `pairedLift`), over units. */
export function liftTerms(means: UnitMeans, metric: number): EstimatorTerms {
  const at = metricColumn(metric);
  return {
    columns: [
      means.columns[EPISODE.count]!,
      means.columns[at]!,
      means.columns[at + 1]!,
      means.columns[EPISODE.difference]!,
      means.columns[at + 2]!,
      means.columns[EPISODE.differenceSquare]!,
    ],
    value: liftValue,
    gradientInto: liftGradientInto,
  };
}

function liftValue(m: ArrayLike<number>): number {
  return (m[1]! - m[2]! - baselineOf(m) * m[3]!) / m[0]!;
}

/** The variance-optimal baseline of a metric's lift: what is taken from every outcome. */
export function liftBaseline(means: UnitMeans, metric: number): number {
  return baselineOf(columnMeans(liftTerms(means, metric)));
}

function liftGradientInto(out: Float64Array, m: ArrayLike<number>): void {
  const baseline = baselineOf(m);
  const count = m[0]!;
  out[0] = -liftValue(m) / count;
  out[1] = 1 / count;
  out[2] = -1 / count;
  out[3] = -baseline / count;
  const square = m[5]!;
  out[4] = square > 0 ? -m[3]! / square / count : 0;
  out[5] = square > 0 ? (baseline * m[3]!) / square / count : 0;
}

function baselineOf(m: ArrayLike<number>): number {
  return m[5]! > 0 ? m[4]! / m[5]! : 0;
}

/** A policy's value by importance weights alone (IPS; per-decision over sessions). */
export function weightedTerms(means: UnitMeans, metric: number, policy: 0 | 1): EstimatorTerms {
  return {
    columns: [means.columns[EPISODE.count]!, means.columns[metricColumn(metric) + policy]!],
    value: (m) => m[1]! / m[0]!,
    gradientInto: (out, m) => {
      out[0] = -m[1]! / (m[0]! * m[0]!);
      out[1] = 1 / m[0]!;
    },
  };
}

/** The same divided by the mean weight over an episode (SNIPS). */
export function selfNormalizedTerms(means: UnitMeans, metric: number, policy: 0 | 1): EstimatorTerms {
  const { length } = means;
  return {
    columns: [
      means.columns[EPISODE.candidateLength + policy]!,
      means.columns[metricColumn(metric) + policy]!,
    ],
    value: (m) => (length * m[1]!) / m[0]!,
    gradientInto: (out, m) => {
      out[0] = (-length * m[1]!) / (m[0]! * m[0]!);
      out[1] = length / m[0]!;
    },
  };
}

/**
 * The candidate's value as the incumbent's plus the paired lift: IPS with a control variate, so that value and lift agree to the
 * last digit.
 */
export function candidateTerms(means: UnitMeans, metric: number): EstimatorTerms {
  const lift = liftTerms(means, metric);
  return {
    columns: lift.columns,
    value: (m) => liftValue(m) + m[2]! / m[0]!,
    gradientInto: (out, m) => {
      liftGradientInto(out, m);
      out[0] = out[0]! - m[2]! / (m[0]! * m[0]!);
      out[2] = out[2]! + 1 / m[0]!;
    },
  };
}

/** Envelope of the lift over units, see `liftEnvelope`; `range` bounds one decision's outcome. */
export function liftUnitEnvelope(
  means: UnitMeans,
  metric: number,
  range: readonly [number, number],
): Envelope {
  const [a, b] = range;
  const at = metricColumn(metric);
  const scale = (b - a) * means.length;
  const ours = means.columns[at]!;
  const theirs = means.columns[at + 1]!;
  const ourLength = means.columns[EPISODE.candidateLength]!;
  const theirLength = means.columns[EPISODE.incumbentLength]!;
  return envelopeOf(means, {
    lower: ours.map((won, u) => won - a * ourLength[u]! + b * theirLength[u]! - theirs[u]!),
    lowerOffset: -scale,
    upper: ours.map((won, u) => b * ourLength[u]! - won + theirs[u]! - a * theirLength[u]!),
    upperOffset: scale,
    weight: EPISODE.largestWeight,
    exact: means.alike,
    scale,
  });
}

/** What {@link valueUnitEnvelope} is told of a metric. */
export interface ValueBounds {
  readonly metric: number;
  /** Of one decision's outcome. */
  readonly range: readonly [number, number];
  /** Whether every outcome lies at an end of it. */
  readonly onlyExtremes: boolean;
}

/** Envelope of a policy's value over units, see `valueEnvelope`. */
export function valueUnitEnvelope(
  means: UnitMeans,
  policy: 0 | 1,
  { metric, range, onlyExtremes }: ValueBounds,
): Envelope {
  const [a, b] = range;
  const won = means.columns[metricColumn(metric) + policy]!;
  const length = means.columns[EPISODE.candidateLength + policy]!;
  return envelopeOf(means, {
    lower: won.map((value, u) => value - a * length[u]!),
    lowerOffset: a * means.length,
    upper: won.map((value, u) => b * length[u]! - value),
    upperOffset: b * means.length,
    weight: EPISODE.candidateWeight + policy,
    exact: false,
    scale: (b - a) * means.length,
    multipliers: length.map((sum) => sum / means.length),
    onlyExtremes,
  });
}

interface RawEnvelope extends Omit<Envelope, "weights"> {
  readonly weight: number;
}

/** Takes out what a unit's number of episodes alone explains: the mean is a ratio to the number of episodes. */
function envelopeOf(means: UnitMeans, raw: RawEnvelope): Envelope {
  const count = means.columns[EPISODE.count]!;
  const { weight, ...envelope } = raw;
  return {
    ...envelope,
    lower: aroundMean(raw.lower, count),
    upper: aroundMean(raw.upper, count),
    weights: means.columns[weight]!.map((value, u) => value - count[u]! + 1),
  };
}

/** `mean + (value − mean · count)`: the values whose plain variance over units is that of a mean over episodes. */
export function aroundMean(values: Float64Array, count: Float64Array): Float64Array {
  let sum = 0;
  for (const value of values) sum += value;
  const mean = sum / values.length;
  return values.map((value, u) => value - mean * (count[u]! - 1));
}
