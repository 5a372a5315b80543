import {
  box,
  dict,
  multiBinary,
  packState,
  slate,
  unpackState,
  type BoxOptions,
  type DictSpace,
  type ResetOptions,
  type SlateSpace,
  type StateArray,
  type VectorEnvironment,
} from "@longview/environment";
import { foldIn, rootKey, threefry2x32Into, type RandomKey } from "@longview/statistics";

/** Buffers of a slate world's observation: `context [rows, C]`, `candidates [rows, M, F]`, `mask [rows, M]`. */
export type SlateObservation = Readonly<{
  context: Float32Array;
  candidates: Float32Array;
  mask: Uint8Array;
}>;

/** The shape of a RecSim world. */
export interface RecsimShape {
  readonly id: string;
  readonly rowCount: number;
  readonly slots: number;
  readonly candidates: number;
  /** Box of one row's context. RecSim hides some users entirely; a Box cannot be empty, so theirs is one 0. */
  readonly context: BoxOptions;
  /** Bounds of one candidate's features, one pair a feature. */
  readonly features: { readonly low: readonly number[]; readonly high: readonly number[] };
  readonly objectiveNames: readonly string[];
  /** The world's own state, part of the snapshot. */
  readonly state: readonly StateArray[];
}

/** The rest of the counter's first word is the tick within the episode, which stays below these. */
const EPISODE = 0xffff_fffe;

function repeated(values: readonly number[], times: number): number[] {
  return Array.from({ length: times }, () => values).flat();
}

/**
 * What the RecSim worlds share: spaces, buffers, keys, automatic reset and snapshots. Rows are independent users.
 *
 * Randomness: the `e`-th episode of row `r` has its own key, folded from the world's key by `r` and `e`, and its draws
 * have the counter (tick within the episode, draw). So an episode's draws depend neither on the other rows nor on how
 * long earlier episodes were, and two policies meet the same users in the same order.
 */
export abstract class RecsimEnvironment implements VectorEnvironment {
  readonly id: string;
  readonly observationSpace: DictSpace;
  readonly actionSpace: SlateSpace;
  readonly rowCount: number;
  readonly objectiveNames: readonly string[];
  readonly costNames: readonly string[] = [];
  readonly observation: SlateObservation;
  readonly active: Uint8Array;
  readonly action: Int32Array;
  readonly reward: Float64Array;
  readonly objectives: Float64Array;
  readonly costs: Float64Array = new Float64Array(0);
  readonly terminated: Uint8Array;
  readonly truncated: Uint8Array;
  readonly finalObservation: SlateObservation;
  /** Slots of a slate, K. */
  readonly slots: number;
  /** Candidates of a row, M. */
  readonly candidateCount: number;

  /** Two words a row: the key of its running episode. */
  protected readonly episodeKeys: Int32Array;
  /** Steps that each row's running episode has taken. */
  protected readonly ticks: Int32Array;
  readonly #worldKey = new Uint32Array(2);
  readonly #rowKeys: Int32Array;
  /** Ordinal of each row's running episode; −1 before the first reset. */
  readonly #episodes: Int32Array;
  readonly #block = new Uint32Array(2);
  readonly #arrays: readonly StateArray[];

  protected constructor(shape: RecsimShape) {
    const { id, rowCount, slots, candidates, features } = shape;
    const featureCount = features.low.length;
    this.id = id;
    this.rowCount = rowCount;
    this.slots = slots;
    this.candidateCount = candidates;
    this.objectiveNames = shape.objectiveNames;
    this.observationSpace = dict({
      context: box(shape.context),
      candidates: box({
        low: repeated(features.low, candidates),
        high: repeated(features.high, candidates),
        shape: [candidates, featureCount],
      }),
      mask: multiBinary(candidates),
    });
    this.actionSpace = slate({ slots, candidates });
    const contextWidth = shape.context.shape?.[0] ?? 1;
    const buffers = (): SlateObservation => ({
      context: new Float32Array(rowCount * contextWidth),
      candidates: new Float32Array(rowCount * candidates * featureCount),
      mask: new Uint8Array(rowCount * candidates).fill(1),
    });
    this.observation = buffers();
    this.finalObservation = buffers();
    this.active = new Uint8Array(rowCount).fill(1);
    this.action = new Int32Array(rowCount * slots);
    this.reward = new Float64Array(rowCount);
    this.objectives = new Float64Array(rowCount * shape.objectiveNames.length);
    this.terminated = new Uint8Array(rowCount);
    this.truncated = new Uint8Array(rowCount);
    this.episodeKeys = new Int32Array(2 * rowCount);
    this.ticks = new Int32Array(rowCount);
    this.#rowKeys = new Int32Array(2 * rowCount);
    this.#episodes = new Int32Array(rowCount).fill(-1);
    const { observation, finalObservation } = this;
    this.#arrays = [
      observation.context,
      observation.candidates,
      finalObservation.context,
      finalObservation.candidates,
      this.action,
      this.reward,
      this.objectives,
      this.terminated,
      this.truncated,
      this.episodeKeys,
      this.ticks,
      this.#worldKey,
      this.#rowKeys,
      this.#episodes,
      ...shape.state,
    ];
  }

  abstract step(): void;

  /** Writes the user and the first candidates of the row's new episode, and their observation. */
  protected abstract begin(row: number): void;

  reset(options: ResetOptions = {}): void {
    const { key, seed } = options;
    if (key !== undefined) this.#rekey(key);
    else if (seed !== undefined || this.#episodes[0]! < 0) this.#rekey(rootKey(seed ?? 0));
    this.reward.fill(0);
    this.objectives.fill(0);
    this.terminated.fill(0);
    this.truncated.fill(0);
    for (let row = 0; row < this.rowCount; row++) this.resetRow(row);
  }

  resetRow(row: number): void {
    const episode = this.#episodes[row]! + 1;
    this.#episodes[row] = episode;
    const at = 2 * row;
    threefry2x32Into(this.#block, this.#rowKeys[at]!, this.#rowKeys[at + 1]!, EPISODE, episode);
    this.episodeKeys[at] = this.#block[0]!;
    this.episodeKeys[at + 1] = this.#block[1]!;
    this.ticks[row] = 0;
    this.begin(row);
  }

  snapshot(): Uint8Array {
    return packState(this.id, this.#arrays);
  }

  restore(snapshot: Uint8Array): void {
    unpackState(this.id, snapshot, this.#arrays);
  }

  /** Keeps the row's last observation and starts its next episode. */
  protected end(row: number): void {
    const { observation, finalObservation, rowCount } = this;
    const contextWidth = observation.context.length / rowCount;
    for (let i = row * contextWidth; i < (row + 1) * contextWidth; i++)
      finalObservation.context[i] = observation.context[i]!;
    const featureWidth = observation.candidates.length / rowCount;
    for (let i = row * featureWidth; i < (row + 1) * featureWidth; i++)
      finalObservation.candidates[i] = observation.candidates[i]!;
    this.resetRow(row);
  }

  /**
   * Checks the slates that the caller wrote.
   *
   * @throws RangeError when a position is not a whole number below the candidates, or stands twice in a slate
   */
  protected checkSlates(): void {
    const { action, slots, candidateCount } = this;
    for (let start = 0; start < action.length; start += slots) {
      for (let i = start; i < start + slots; i++) {
        const position = action[i]!;
        if (position >>> 0 >= candidateCount)
          throw new RangeError(
            `${this.id}: action of row ${start / slots} has position ${position}, allowed 0 … ${candidateCount - 1}`,
          );
        for (let j = start; j < i; j++)
          if (action[j] === position)
            throw new RangeError(
              `${this.id}: action of row ${start / slots} has position ${position} twice, a slate's are distinct`,
            );
      }
    }
  }

  #rekey(key: RandomKey): void {
    this.#worldKey[0] = key.first;
    this.#worldKey[1] = key.second;
    for (let row = 0; row < this.rowCount; row++) {
      const rowKey = foldIn(key, row);
      this.#rowKeys[2 * row] = rowKey.first;
      this.#rowKeys[2 * row + 1] = rowKey.second;
      this.#episodes[row] = -1;
    }
  }
}
