import { OffPolicyEvaluationError } from "../error.ts";
import { placeOf, type LaunchBlock } from "./launch-log.ts";

/** Columns that every episode has; three a metric follow. */
export const EPISODE = {
  count: 0,
  /** Σ discount · candidate's weight over the horizon. */
  candidateLength: 1,
  /** Σ discount · incumbent's weight. */
  incumbentLength: 2,
  /** Candidate's weight at the end. */
  candidateWeight: 3,
  /** Incumbent's weight at the end. */
  incumbentWeight: 4,
  /** The larger of the two weights, at its largest. */
  largestWeight: 5,
  /** candidateLength − incumbentLength. */
  difference: 6,
  /** Its square. */
  differenceSquare: 7,
  firstMetric: 8,
} as const;
/** Columns of metric m begin at `firstMetric + 3 m`: weighted return of the candidate, of the incumbent, `difference · (their difference)`. */
export const METRIC_COLUMNS = 3;

/** How decisions become episodes. */
export interface EpisodeSettings {
  /** 1: each decision is one; more: the first so many decisions of a session. */
  readonly horizon: number;
  readonly discountFactor: number;
  /** Index of each metric in a block's rewards. */
  readonly metrics: readonly number[];
}

/** Called with each episode that is complete: its unit and its columns, which are overwritten afterwards. */
export type EpisodeReceiver = (unit: number | undefined, columns: Float64Array) => void;

/** Squares of larger weights are no numbers. */
const LARGEST_WEIGHT = 1e100;

interface OpenSession {
  readonly unit: number | undefined;
  readonly columns: Float64Array;
  candidate: number;
  incumbent: number;
  gain: number;
  loss: number;
  steps: number;
}

/** Σ of discounts over the horizon: the length that an unweighted episode has. */
export function discountedLength(horizon: number, discountFactor: number): number {
  let length = 0;
  for (let step = 0, discount = 1; step < horizon; step++, discount *= discountFactor) length += discount;
  return length;
}

/**
 * Turns decisions into independent episodes with importance-weighted sums: one a decision, or one a session with per-decision
 * weights (the product of a session's ratios up to each step). A session that ended before the horizon earns nothing more and
 * keeps its weight, so that weighted lengths have one mean for both policies.
 *
 * @see Precup, Sutton & Singh (2000), "Eligibility traces for off-policy policy evaluation", for per-decision weights
 */
export class EpisodeSums {
  readonly #settings: EpisodeSettings;
  readonly #receive: EpisodeReceiver;
  readonly #open = new Map<number, OpenSession>();
  readonly #columns: Float64Array;
  readonly #width: number;
  #rows = 0;
  /** Whether both policies had the same probability at every decision. */
  alike = true;
  /** By how much the candidate's weight is larger at most, summed over an episode's discounted steps. */
  heaviestGain = 0;
  /** By how much it is smaller at most. */
  heaviestLoss = 0;
  /** Decisions within the horizon that the candidate may come to and make, and whose outcome is above 0, by metric. */
  readonly events: Float64Array;

  constructor(settings: EpisodeSettings, receive: EpisodeReceiver) {
    this.#settings = settings;
    this.#receive = receive;
    this.#width = EPISODE.firstMetric + METRIC_COLUMNS * settings.metrics.length;
    this.#columns = new Float64Array(this.#width);
    this.events = new Float64Array(settings.metrics.length);
  }

  /** Numbers of one episode. */
  get width(): number {
    return this.#width;
  }

  /** @throws OffPolicyEvaluationError `BAD_VALUE` for a session whose steps are not 0, 1, 2 … in the log's order */
  add(block: LaunchBlock): void {
    if (this.#settings.horizon === 1) this.#addDecisions(block);
    else this.#addSteps(block);
    this.#rows += block.rowCount;
  }

  /** Completes the sessions that are still open, in the order in which they began. */
  finish(): void {
    for (const session of this.#open.values()) this.#complete(session);
    this.#open.clear();
  }

  #addDecisions(block: LaunchBlock): void {
    const { propensity, candidate, incumbent, rewards, unit, rowCount } = block;
    const { metrics } = this.#settings;
    const columns = this.#columns;
    const picked = metrics.map((metric) => rewards[metric]!);
    for (let i = 0; i < rowCount; i++) {
      const theirs = incumbent === undefined ? 1 : incumbent[i]! / propensity[i]!;
      const ours = candidate[i]! / propensity[i]!;
      const difference = ours - theirs;
      if (difference !== 0) this.alike = false;
      columns[EPISODE.count] = 1;
      columns[EPISODE.candidateLength] = ours;
      columns[EPISODE.incumbentLength] = theirs;
      columns[EPISODE.candidateWeight] = ours;
      columns[EPISODE.incumbentWeight] = theirs;
      columns[EPISODE.largestWeight] = ours > theirs ? ours : theirs;
      columns[EPISODE.difference] = difference;
      columns[EPISODE.differenceSquare] = difference * difference;
      for (let m = 0, at = EPISODE.firstMetric as number; m < picked.length; m++, at += METRIC_COLUMNS) {
        const reward = picked[m]![i]!;
        columns[at] = ours * reward;
        columns[at + 1] = theirs * reward;
        columns[at + 2] = difference * difference * reward;
        if (ours > 0 && reward > 0) this.events[m]!++;
      }
      if (difference > this.heaviestGain) this.heaviestGain = difference;
      if (-difference > this.heaviestLoss) this.heaviestLoss = -difference;
      this.#receive(unit?.[i], columns);
    }
  }

  #addSteps(block: LaunchBlock): void {
    const { propensity, candidate, incumbent, rewards, unit, session, step, rowCount } = block;
    if (session === undefined || step === undefined)
      throw new OffPolicyEvaluationError(
        "NOT_COMPUTABLE",
        "log: has no session_id and step columns, which a horizon above 1 needs",
      );
    const { horizon, discountFactor, metrics } = this.#settings;
    for (let i = 0; i < rowCount; i++) {
      const id = session[i]!;
      let open = this.#open.get(id);
      if (open === undefined) {
        open = {
          unit: unit?.[i],
          columns: new Float64Array(this.#width),
          candidate: 1,
          incumbent: 1,
          gain: 0,
          loss: 0,
          steps: 0,
        };
        this.#open.set(id, open);
      }
      if (step[i] !== open.steps)
        throw new OffPolicyEvaluationError(
          "BAD_VALUE",
          `${placeOf(block, i, this.#rows)} is step ${step[i]} of its session where step ${open.steps} is due: ` +
            `the steps of a session must be 0, 1, 2 … without a gap`,
        );
      const at = open.steps++;
      if (at >= horizon) continue;
      const theirRatio = incumbent === undefined ? 1 : incumbent[i]! / propensity[i]!;
      const ourRatio = candidate[i]! / propensity[i]!;
      open.candidate *= ourRatio;
      open.incumbent *= theirRatio;
      if (!(open.candidate <= LARGEST_WEIGHT && open.incumbent <= LARGEST_WEIGHT))
        throw new OffPolicyEvaluationError(
          "BAD_VALUE",
          `${placeOf(block, i, this.#rows)}: the weight of its session has grown beyond ${LARGEST_WEIGHT}: sessions are too long ` +
            `for these policies; choose a shorter horizon`,
        );
      if (ourRatio !== theirRatio) this.alike = false;
      const discount = discountFactor ** at;
      const { columns } = open;
      const ours = discount * open.candidate;
      const theirs = discount * open.incumbent;
      columns[EPISODE.candidateLength] = columns[EPISODE.candidateLength]! + ours;
      columns[EPISODE.incumbentLength] = columns[EPISODE.incumbentLength]! + theirs;
      open.gain += Math.max(0, ours - theirs);
      open.loss += Math.max(0, theirs - ours);
      columns[EPISODE.largestWeight] = Math.max(
        columns[EPISODE.largestWeight]!,
        open.candidate,
        open.incumbent,
      );
      for (let m = 0; m < metrics.length; m++) {
        const reward = rewards[metrics[m]!]![i]!;
        const place = EPISODE.firstMetric + METRIC_COLUMNS * m;
        columns[place] = columns[place]! + ours * reward;
        columns[place + 1] = columns[place + 1]! + theirs * reward;
        if (open.candidate > 0 && reward > 0) this.events[m]!++;
      }
    }
  }

  #complete(session: OpenSession): void {
    const { horizon, discountFactor, metrics } = this.#settings;
    const { columns } = session;
    for (let step = session.steps; step < horizon; step++) {
      const discount = discountFactor ** step;
      columns[EPISODE.candidateLength] = columns[EPISODE.candidateLength]! + discount * session.candidate;
      columns[EPISODE.incumbentLength] = columns[EPISODE.incumbentLength]! + discount * session.incumbent;
    }
    columns[EPISODE.count] = 1;
    columns[EPISODE.candidateWeight] = session.candidate;
    columns[EPISODE.incumbentWeight] = session.incumbent;
    const difference = columns[EPISODE.candidateLength]! - columns[EPISODE.incumbentLength]!;
    columns[EPISODE.difference] = difference;
    columns[EPISODE.differenceSquare] = difference * difference;
    for (let m = 0; m < metrics.length; m++) {
      const place = EPISODE.firstMetric + METRIC_COLUMNS * m;
      columns[place + 2] = difference * (columns[place]! - columns[place + 1]!);
    }
    this.heaviestGain = Math.max(this.heaviestGain, session.gain);
    this.heaviestLoss = Math.max(this.heaviestLoss, session.loss);
    this.#receive(session.unit, columns);
  }
}
