import { BootstrapSums, type RandomKey } from "@longview/statistics";
import { WeightSums } from "../diagnostics/weight-sums.ts";
import type { WeightDiagnostics } from "../diagnostics/weights.ts";
import { OffPolicyEvaluationError } from "../error.ts";
import { bootstrapIntervalFromSums, type BootstrapInterval } from "../intervals/bootstrap.ts";
import { confidenceOf } from "../intervals/interval.ts";
import { modelColumnsInto, type ActionTables, type ModelColumns } from "../log/bandit-log.ts";
import { checkFinite, checkLength, checkPropensities, checkWeights } from "../log/checks.ts";
import { RunningSum } from "./running-sum.ts";

/** What {@link BanditStream} is made from. */
export interface BanditStreamOptions {
  /** Decides every resample; shards of one log share it. */
  readonly key: RandomKey;
  /** Resamples, from `2 / (1 − confidence)` to 16384. @defaultValue 1000 */
  readonly replicates?: number;
  /** Of the intervals, in (0, 1). @defaultValue 0.95 */
  readonly confidence?: number;
  /** Number of this shard's first row in the whole log, where rows have no units of their own. @defaultValue 0 */
  readonly firstRow?: number;
}

/** Logged decisions with the whole tables of the target policy and of a reward model. */
export interface BanditPiece extends ActionTables {
  /** Observed reward; any finite number. */
  readonly reward: Float64Array;
  /** Logging policy's probability of the logged action, in (0, 1]. */
  readonly propensity: Float64Array;
  /** Resampling unit of each row, a whole number such as a user's; in every piece, or in none. Without it each row is one. */
  readonly units?: ArrayLike<number>;
}

/** What a stream says so far. */
export interface BanditStreamResults {
  readonly rowCount: number;
  /** `mean(w r)`. */
  readonly ips: BootstrapInterval;
  /** `Σ w r / Σ w`; every resample has its own normaliser. */
  readonly snips: BootstrapInterval;
  /** `mean(Σₐ π q + w (r − q))`, as unbiased as IPS whatever the model, if the model was fitted on other rows. */
  readonly dr: BootstrapInterval;
  /** Rows taken as independent. */
  readonly weights: WeightDiagnostics;
}

const WEIGHTED_REWARD = 0;
const WEIGHT = 1;
const DOUBLY_ROBUST = 2;

/**
 * IPS, SNIPS and DR with bootstrap intervals (percentiles) and weight diagnostics of a log that does not fit into memory: one
 * pass, memory for the resamples and one piece, whatever the rows.
 *
 * Pieces of any size give the same bytes. Streams over shards merge; in a fixed order they give the same bytes.
 *
 * @throws OffPolicyEvaluationError `BAD_OPTION` for a confidence, RangeError for replicates out of range
 * @see Chamandy et al. (2012), "Estimating uncertainty for massive data streams"
 * @example
 * const stream = new BanditStream({ key: rootKey("evaluation") });
 * for await (const piece of pieces) stream.add(piece);
 * const { dr } = stream.results();
 */
export class BanditStream {
  readonly #confidence: number;
  readonly #resamples: BootstrapSums;
  readonly #weights = new WeightSums();
  readonly #sums = [new RunningSum(), new RunningSum(), new RunningSum()] as const;
  readonly #firstRow: number;
  #rowCount = 0;
  #grouped: boolean | undefined;
  #model: ModelColumns = modelColumns(0);
  #columns = [new Float64Array(0), new Float64Array(0), new Float64Array(0)] as const;

  constructor(options: BanditStreamOptions) {
    const { key, replicates = 1000, firstRow = 0 } = options;
    this.#confidence = confidenceOf("BanditStream", options);
    this.#resamples = new BootstrapSums({ columns: 3, replicates, key });
    this.#firstRow = firstRow;
  }

  /** Rows seen. */
  get rowCount(): number {
    return this.#rowCount;
  }

  /**
   * Adds a piece of the log, in the log's order. A refused piece leaves the stream as it was.
   *
   * @throws OffPolicyEvaluationError `BAD_LENGTH`, `BAD_VALUE` naming the first bad row of the piece, `BAD_OPTION` for a piece with
   * units after one without
   */
  add(piece: BanditPiece): this {
    const { reward, propensity, units } = piece;
    const rows = reward.length;
    checkLength("propensity", propensity, rows, "one a reward");
    checkLength("action", piece.action, rows, "one a reward");
    if (units !== undefined) checkLength("units", units, rows, "one a reward");
    if (rows === 0) return this;
    const grouped = units !== undefined;
    if (this.#grouped !== undefined && this.#grouped !== grouped)
      throw new OffPolicyEvaluationError(
        "BAD_OPTION",
        "BanditStream.add: units must be given always or never",
      );
    checkFinite("reward", reward);
    checkPropensities("propensity", propensity);
    if (this.#columns[0].length !== rows) {
      this.#model = modelColumns(rows);
      this.#columns = [new Float64Array(rows), new Float64Array(rows), new Float64Array(rows)];
    }
    modelColumnsInto(this.#model, piece, 0);
    columnsInto(this.#columns, this.#model, piece);
    const weight = this.#columns[WEIGHT];
    checkWeights("actionProbability / propensity", weight);
    this.#weights.add(weight);
    this.#resamples.add(this.#columns, units, this.#firstRow + this.#rowCount);
    this.#sums.forEach((sum, k) => sum.add(this.#columns[k]!, rows));
    this.#rowCount += rows;
    this.#grouped = grouped;
    return this;
  }

  /**
   * Adds what another stream saw: other rows of the same log, under the same key.
   *
   * @throws RangeError when key or replicates differ; OffPolicyEvaluationError `BAD_OPTION` when one has units and the other not
   */
  merge(other: BanditStream): this {
    if (other.#grouped === undefined) return this;
    if (this.#grouped !== undefined && this.#grouped !== other.#grouped)
      throw new OffPolicyEvaluationError(
        "BAD_OPTION",
        "BanditStream.merge: units must be given always or never",
      );
    this.#resamples.merge(other.#resamples);
    this.#weights.merge(other.#weights);
    this.#sums.forEach((sum, k) => sum.merge(other.#sums[k]!));
    this.#rowCount += other.#rowCount;
    this.#grouped = other.#grouped;
    return this;
  }

  /**
   * Estimates, intervals and diagnostics of the rows so far.
   *
   * @throws OffPolicyEvaluationError `NOT_COMPUTABLE` for fewer than 2 rows, `NO_SUPPORT` when every weight is 0, `BAD_OPTION` for
   * replicates too few for the confidence
   */
  results(): BanditStreamResults {
    const weights = this.#weights.diagnostics({ confidence: this.#confidence });
    const means = this.#sums.map((sum) => sum.value / this.#rowCount);
    const estimate = (value: (means: ArrayLike<number>) => number): BootstrapInterval =>
      bootstrapIntervalFromSums(this.#resamples, value, {
        value: value(means),
        confidence: this.#confidence,
      });
    return {
      rowCount: this.#rowCount,
      ips: estimate((m) => m[WEIGHTED_REWARD]!),
      snips: estimate((m) => m[WEIGHTED_REWARD]! / m[WEIGHT]!),
      dr: estimate((m) => m[DOUBLY_ROBUST]!),
      weights,
    };
  }
}

function modelColumns(rows: number): ModelColumns {
  return {
    actionProbability: new Float64Array(rows),
    directValue: new Float64Array(rows),
    predictedReward: new Float64Array(rows),
  };
}

function columnsInto(
  [weightedReward, weight, doublyRobust]: readonly [Float64Array, Float64Array, Float64Array],
  { actionProbability, directValue, predictedReward }: ModelColumns,
  { reward, propensity }: BanditPiece,
): void {
  for (let i = 0; i < reward.length; i++) {
    const w = actionProbability[i]! / propensity[i]!;
    weight[i] = w;
    weightedReward[i] = w * reward[i]!;
    doublyRobust[i] = directValue[i]! + w * (reward[i]! - predictedReward[i]!);
  }
}
