import { adjustedPValues, normalQuantile, studentQuantile } from "@longview/statistics";
import { ScorecardError } from "../error.ts";
import { aboveBound, causeOf, type GapCause } from "./cause.ts";
import { cellOf, checkEvidence, type CellSums, type GapAxes, type GapEvidence } from "./evidence.ts";
import { groupMean } from "./group-mean.ts";
import { demandDispersion, gammaInterval, shrinkDemand } from "./shrink-demand.ts";
import { shrinkMeans } from "./shrink-means.ts";
import { COALITIONS, IDEAL } from "./stages.ts";

/** A figure with its interval. */
export interface WithInterval {
  readonly value: number;
  readonly interval: readonly [low: number, high: number];
}

/** One cell of the atlas: a topic, a group of users, a situation. */
export interface AtlasCell {
  readonly topic: number;
  readonly segment: number;
  readonly context: number;
  /** Decisions a week in which the topic is wanted, shrunk. */
  readonly demandPerWeek: WithInterval;
  /** Mean utility of the best that could be had, as measured. */
  readonly best: number;
  /** Mean utility of what is served, as measured. */
  readonly served: number;
  /** Utility lost a decision, shrunk. */
  readonly loss: WithInterval;
  /** Demand × loss: utility a week. Cells are ranked by this. */
  readonly gapPerWeek: WithInterval;
  /** Against "no more than the margin is lost a decision", from this cell's own figures. */
  readonly pValue: number;
  /** After Benjamini–Hochberg over all tested cells. */
  readonly adjustedPValue: number;
  /** Whether it is reported as a gap: `adjustedPValue ≤ falseDiscoveryRate`. */
  readonly found: boolean;
  readonly cause: GapCause;
}

/** Options of {@link buildAtlas}. */
export interface AtlasOptions {
  /** Expected share of false ones among the reported gaps, in (0, 1). @defaultValue 0.05 */
  readonly falseDiscoveryRate?: number;
  /** Loss a decision that is no gap yet, in the utility's unit, ≥ 0. @defaultValue a twentieth of the mean best utility */
  readonly margin?: number;
  /** Of every interval, in (0, 1). @defaultValue 0.95 */
  readonly confidence?: number;
  /** Cells whose users amount to fewer equal independent groups are not tested, ≥ 2. @defaultValue 6 */
  readonly minimumGroups?: number;
}

/** Demand minus served utility by topic × segment × context, ranked. */
export interface GapAtlas {
  readonly axes: GapAxes;
  readonly weeks: number;
  readonly margin: number;
  readonly falseDiscoveryRate: number;
  readonly confidence: number;
  /** Every tested cell, the largest gap a week first. */
  readonly cells: readonly AtlasCell[];
  /** Cells with demand, but of too few users to be tested. */
  readonly untested: number;
  readonly limits: readonly string[];
}

const SHARE_OF_BEST = 0.05;

/**
 * Ranks what is missing: `gap(topic, segment, context) = demand × (best utility that could be had − utility served)`.
 *
 * Demand is shrunk by {@link shrinkDemand}, losses by {@link shrinkMeans}; both only set the order and the sizes. Whether a cell
 * is reported is decided by its own unshrunk loss: a one-sided Student test over independent groups of users against the margin,
 * corrected by Benjamini–Hochberg. Cells that share users err together in the same direction, which that procedure allows.
 *
 * @throws {ScorecardError} for evidence or options out of range
 * @see Benjamini & Hochberg (1995)
 */
export function buildAtlas(evidence: GapEvidence, options: AtlasOptions = {}): GapAtlas {
  checkEvidence(evidence);
  const { falseDiscoveryRate = 0.05, confidence = 0.95, minimumGroups = 6 } = options;
  requireWithin("falseDiscoveryRate", falseDiscoveryRate, falseDiscoveryRate > 0 && falseDiscoveryRate < 1);
  requireWithin("confidence", confidence, confidence > 0 && confidence < 1);
  requireWithin("minimumGroups", minimumGroups, minimumGroups >= 2);
  const { axes, weeks } = evidence;
  const margin = options.margin ?? SHARE_OF_BEST * Math.abs(meanBest(evidence));
  requireWithin("margin", margin, margin >= 0 && margin < Infinity);

  const measured = Array.from(evidence.cells)
    .sort(([one], [other]) => one - other)
    .map(([number, sums]) => ({ number, sums, loss: groupMean(sums.weights, lossesOf(sums)) }));
  const tested = measured.filter(({ loss }) => loss.degreesOfFreedom + 1 >= minimumGroups);
  const base = {
    axes,
    weeks,
    margin,
    falseDiscoveryRate,
    confidence,
    untested: measured.length - tested.length,
    limits: evidence.limits,
  };
  if (tested.length === 0) return { ...base, cells: [] };

  const columns = axes.segments.length * axes.contexts.length;
  const counts = new Float64Array(axes.topics.length * columns);
  for (const { number, sums } of measured) counts[number] = sums.weights.reduce((sum, w) => sum + w, 0);
  const demand = shrinkDemand(counts, columns, demandDispersion(measured.map(({ sums }) => sums.weights)));
  const pValues = tested.map(({ loss }) => aboveBound(loss, margin));
  const adjusted = adjustedPValues(pValues, "benjamini-hochberg");
  const shrunk = shrinkMeans(
    tested.map(({ loss }) => loss.mean),
    tested.map(({ loss }) => widened(loss, confidence)),
    confidence,
  );
  const cells = tested.map(({ number, sums }, k): AtlasCell => {
    const perWeek = demand.mean[number]! / weeks;
    const [least, most] = gammaInterval(demand.mean[number]!, demand.variance[number]!, confidence);
    const demandPerWeek: WithInterval = { value: perWeek, interval: [least / weeks, most / weeks] };
    const loss: WithInterval = { value: shrunk.mean[k]!, interval: [shrunk.low[k]!, shrunk.high[k]!] };
    return {
      ...cellOf(axes, number),
      demandPerWeek,
      best: meanOf(sums, IDEAL),
      served: meanOf(sums, 0),
      loss,
      gapPerWeek: product(demandPerWeek, loss),
      pValue: pValues[k]!,
      adjustedPValue: adjusted[k]!,
      found: adjusted[k]! <= falseDiscoveryRate,
      cause: causeOf(sums, evidence.visibleOfTopic?.get(cellOf(axes, number).topic) ?? evidence.visible),
    };
  });
  cells.sort((one, other) => other.gapPerWeek.value - one.gapPerWeek.value);
  return { ...base, cells };
}

/**
 * Interval of a product of independent figures, the first ≥ 0, from their own intervals: what each adds to either side, in squares.
 *
 * @see Zou & Donner (2008), "Construction of Confidence Limits about Effect Measures" (MOVER)
 */
function product(count: WithInterval, size: WithInterval): WithInterval {
  const value = count.value * size.value;
  const side = (bound: 0 | 1): number => {
    const other = bound === 0 ? 1 : 0;
    const ofCount = size.value * (count.interval[size.value < 0 ? other : bound] - count.value);
    const ofSize = count.value * (size.interval[bound] - size.value);
    return Math.hypot(ofCount, ofSize);
  };
  return { value, interval: [value - side(0), value + side(1)] };
}

/** The normal standard error whose interval is as wide as Student's. */
function widened(
  { standardError, degreesOfFreedom }: { standardError: number; degreesOfFreedom: number },
  confidence: number,
): number {
  const p = 0.5 + confidence / 2;
  return (standardError * studentQuantile(p, degreesOfFreedom)) / normalQuantile(p);
}

function lossesOf({ weights, values }: CellSums): Float64Array {
  return Float64Array.from(weights, (_, g) => values[g * COALITIONS + IDEAL]! - values[g * COALITIONS]!);
}

function sumOf({ weights, values }: CellSums, coalition: number): number {
  let sum = 0;
  for (let g = 0; g < weights.length; g++) sum += values[g * COALITIONS + coalition]!;
  return sum;
}

function meanOf(sums: CellSums, coalition: number): number {
  return sumOf(sums, coalition) / sums.weights.reduce((sum, weight) => sum + weight, 0);
}

function meanBest({ cells }: GapEvidence): number {
  let best = 0;
  let weight = 0;
  for (const sums of cells.values()) {
    best += sumOf(sums, IDEAL);
    weight += sums.weights.reduce((sum, each) => sum + each, 0);
  }
  if (!(weight > 0))
    throw new ScorecardError("BAD_LENGTH", "gap evidence: no cell has demand; at least one must");
  return best / weight;
}

function requireWithin(name: string, value: number, within: boolean): void {
  if (!within) throw new ScorecardError("BAD_OPTION", `gap atlas: ${name} is out of range, got ${value}`);
}
