import type { GateSpec } from "@longview/formats";
import { OffPolicyEvaluationError } from "../error.ts";
import type { AnytimeSequence } from "../intervals/anytime.ts";
import { checkRows, PROBABILITY_TOLERANCE } from "../log/checks.ts";
import { discountedLength, EPISODE, EpisodeSums } from "./episode-sums.ts";
import { placeOf, type LaunchBlock, type LaunchLog } from "./launch-log.ts";
import { LARGEST_ROWS_IN_MEMORY, LaunchRowsBuilder, type LaunchRows } from "./launch-rows.ts";
import { MetricSequences } from "./metric-sequences.ts";
import { RowProfile } from "./row-profile.ts";
import { SessionLengths, type SessionLengthFacts } from "./session-lengths.ts";
import { LARGEST_UNIT_COUNT, UnitSums } from "./unit-sums.ts";
import type { UnitMeans } from "./unit-estimates.ts";
import { WeightProfile } from "./weight-profile.ts";
import { withinHorizon } from "./within-horizon.ts";

/** One metric of a specification, bound to the log. */
export interface BoundMetric {
  readonly metric: string;
  readonly range: readonly [number, number];
  /** Index in the log's metrics. */
  readonly index: number;
}

/** What one pass over a log finds: all that a verdict rests on, apart from the estimators that need the rows themselves. */
export interface LaunchEvidence {
  readonly metrics: readonly BoundMetric[];
  readonly means: UnitMeans;
  /** Policies that have probability 0 on every decision (with a horizon above 1 every session) that was logged: nothing can be said of them. */
  readonly withoutOverlap: readonly ("candidate" | "incumbent")[];
  /** Decisions of a session that are valued; 1: each by itself. */
  readonly horizon: number;
  /** Undefined where the log does not say which decisions follow each other. */
  readonly sessions: SessionLengthFacts | undefined;
  readonly episodes: number;
  readonly unitCount: number;
  /** Whether the log says which decisions belong to one unit. */
  readonly unitsKnown: boolean;
  /** Whether each unit was told apart. */
  readonly unitsExact: boolean;
  readonly profile: RowProfile;
  /** The candidate's weights, one an episode: of a session the product of its decisions'. */
  readonly weights: WeightProfile;
  /** Candidate's weight less the incumbent's, of the episodes where it is largest and smallest, and times units ÷ episodes. */
  readonly heaviestDifference: { readonly gain: number; readonly loss: number };
  /** Whether every outcome lies at an end of its range, as 0 and 1 do in [0, 1], by metric (in order of `metrics`). */
  readonly onlyExtremes: readonly boolean[];
  /** Kept decisions that the candidate may make and that cost something, by metric (in order of `metrics`). */
  readonly events: Float64Array;
  /** Where data is looked at without limit: sequences of the lift and of the candidate's value, by metric. */
  readonly sequences:
    readonly { readonly lift: AnytimeSequence; readonly value: AnytimeSequence }[] | undefined;
  /** The rows, where memory holds them. */
  readonly rows: LaunchRows | undefined;
}

/** What evidence is gathered for. */
export interface EvidencePlan {
  /** Metrics and the bounds of one decision's outcome; the first is the primary one. */
  readonly metrics: readonly { readonly metric: string; readonly range: readonly [number, number] }[];
  readonly horizon: number;
  readonly discountFactor: number;
  readonly looks: GateSpec["looks"];
}

/** A specification's plan: each metric once, the primary one first. */
export function evidencePlan(spec: GateSpec): EvidencePlan {
  const found = new Map<string, readonly [number, number]>();
  for (const { metric, range } of [spec.primary, ...spec.success, ...spec.guardrails, ...spec.walls])
    if (!found.has(metric)) found.set(metric, range);
  return {
    metrics: [...found].map(([metric, range]) => ({ metric, range })),
    horizon: spec.estimand.horizon,
    discountFactor: spec.estimand.discountFactor,
    looks: spec.looks,
  };
}

/**
 * Gathers the evidence of a log for a specification, in one pass.
 *
 * @throws OffPolicyEvaluationError `BAD_OPTION` for a metric that the log lacks, `BAD_VALUE` for an outcome outside its range
 */
export async function gatherEvidence(log: LaunchLog, plan: EvidencePlan): Promise<LaunchEvidence> {
  checkRows("log", log.rowCount);
  const metrics = bindMetrics(plan, log.metrics);
  const { horizon, discountFactor } = plan;
  let unitSums: UnitSums | undefined;
  const looking =
    plan.looks === "unlimited"
      ? new MetricSequences(metrics, discountedLength(horizon, discountFactor))
      : undefined;
  const sessionWeights = horizon > 1 ? new WeightProfile() : undefined;
  const episodes = new EpisodeSums(
    { horizon, discountFactor, metrics: metrics.map(({ index }) => index) },
    (unit, columns) => {
      const sums = (unitSums ??= new UnitSums({ columns: columns.length, rowCount: log.rowCount }));
      sums.add(sums.slotOf(unit), columns);
      looking?.add(columns);
      sessionWeights?.add(columns[EPISODE.candidateWeight]!);
    },
  );
  const profile = new RowProfile({ primary: metrics[0]!.index, actionCount: log.actions?.length ?? 0 });
  const onlyExtremes = metrics.map(() => true);
  const builder =
    horizon === 1 && log.rowCount <= LARGEST_ROWS_IN_MEMORY ? new LaunchRowsBuilder(log) : undefined;
  const lengths = new SessionLengths(horizon);
  let unitsKnown = false;
  let latest = -Infinity;
  let row = 0;
  for await (const read of log.blocks()) {
    const block = withoutRounding(withinRanges(read, metrics));
    if (looking !== undefined) latest = checkOrder(block, latest, row);
    const used = withinHorizon(block, horizon);
    checkOutcomes(block, metrics, row);
    metrics.forEach((metric, m) => (onlyExtremes[m] &&= hasOnlyExtremes(used, metric)));
    episodes.add(block);
    lengths.add(block);
    profile.add(used);
    builder?.add(block);
    unitsKnown ||= block.unit !== undefined;
    row += block.rowCount;
  }
  episodes.finish();
  const sums = unitSums!;
  if (looking !== undefined && unitsKnown && !(sums.exact && sums.unitCount === sums.rowCount))
    throw new OffPolicyEvaluationError(
      "BAD_OPTION",
      sums.exact
        ? `looks: unlimited needs one ${horizon > 1 ? "session" : "decision"} a unit, and this log has ${sums.rowCount} of ` +
            `${sums.unitCount} units; write the number of looks, as in looks: { planned: 40 }`
        : `looks: unlimited can be checked for logs of at most ${LARGEST_UNIT_COUNT} rows with units; ` +
            `write the number of looks, as in looks: { planned: 40 }`,
    );
  const columns = sums.means();
  const scale = sums.unitCount / sums.rowCount;
  return {
    metrics,
    means: { columns, length: discountedLength(horizon, discountFactor), alike: episodes.alike },
    withoutOverlap: (["candidate", "incumbent"] as const).filter(
      (_, policy) => !columns[EPISODE.candidateWeight + policy]!.some((weight) => weight > 0),
    ),
    horizon,
    sessions: lengths.facts(),
    episodes: sums.rowCount,
    unitCount: sums.unitCount,
    unitsKnown,
    unitsExact: sums.exact,
    profile,
    weights: sessionWeights ?? profile.weights,
    heaviestDifference: { gain: episodes.heaviestGain * scale, loss: episodes.heaviestLoss * scale },
    events: episodes.events,
    onlyExtremes,
    sequences: looking?.finish(),
    rows: builder?.rows(),
  };
}

/**
 * A probability that was computed again differs in its last digits: a policy against itself must have a lift of exactly 0, not one
 * of rounding, whose interval would exclude 0.
 */
function withoutRounding(block: LaunchBlock): LaunchBlock {
  const { candidate, incumbent, propensity } = block;
  const reference = incumbent ?? propensity;
  return {
    ...block,
    candidate: candidate.map((ours, i) => {
      const theirs = reference[i]!;
      return Math.abs(ours - theirs) <= PROBABILITY_TOLERANCE * theirs ? theirs : ours;
    }),
  };
}

/** Sums of decimals miss the edge of their range by a few units in the last place: so little is no other outcome. */
const EDGE = 1e-9;

function withinRanges(block: LaunchBlock, metrics: readonly BoundMetric[]): LaunchBlock {
  const rewards = [...block.rewards];
  for (const { range, index } of metrics) {
    const [a, b] = range;
    const slack = EDGE * (b - a);
    const values = rewards[index]!;
    if (values.some((value) => (value < a && value >= a - slack) || (value > b && value <= b + slack)))
      rewards[index] = values.map((value) =>
        value < a && value >= a - slack ? a : value > b && value <= b + slack ? b : value,
      );
  }
  return { ...block, rewards };
}

function bindMetrics(plan: EvidencePlan, known: readonly string[]): BoundMetric[] {
  return plan.metrics.map(({ metric, range }) => {
    const index = known.indexOf(metric);
    if (index < 0)
      throw new OffPolicyEvaluationError(
        "BAD_OPTION",
        `metric ${JSON.stringify(metric)} is not in the log; it has: ${known.join(", ")}`,
      );
    return { metric, range, index };
  });
}

function checkOutcomes(block: LaunchBlock, metrics: readonly BoundMetric[], firstRow: number): void {
  for (const { metric, range, index } of metrics) {
    const values = block.rewards[index]!;
    const i = values.findIndex((value) => !(value >= range[0] && value <= range[1]));
    if (i >= 0)
      throw new OffPolicyEvaluationError(
        "BAD_VALUE",
        `${placeOf(block, i, firstRow)}: ${metric} is ${values[i]}; its range is given as [${range.join(", ")}]`,
      );
  }
}

const hasOnlyExtremes = ({ rewards }: LaunchBlock, { range: [a, b], index }: BoundMetric): boolean =>
  rewards[index]!.every((value) => value === a || value === b);

/** A confidence sequence holds in the order in which decisions happened; another order may depend on what came of them. */
function checkOrder(block: LaunchBlock, before: number, firstRow: number): number {
  const { time, rowCount } = block;
  let latest = before;
  for (let i = 0; i < rowCount && time !== undefined; i++) {
    if (time[i]! < latest)
      throw new OffPolicyEvaluationError(
        "BAD_OPTION",
        `looks: unlimited needs the log in order of time, and ${placeOf(block, i, firstRow)} is earlier than one before it; ` +
          `sort the log, or write the number of looks, as in looks: { planned: 40 }`,
      );
    latest = time[i]!;
  }
  return latest;
}
