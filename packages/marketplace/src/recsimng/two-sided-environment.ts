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
import type { SlateObservation } from "../recsim/index.ts";

/** The shape of a world in which many users share one supply. */
export interface TwoSidedShape {
  readonly id: string;
  readonly rowCount: number;
  /** Users of one world. */
  readonly users: number;
  /** Name of the option that says how many: `users`, `consumers`. */
  readonly usersOption: string;
  /** Steps after which a world's episode is truncated. */
  readonly horizon: number;
  readonly slots: number;
  readonly candidates: number;
  /** Box of one user's context. */
  readonly context: BoxOptions;
  /** Bounds of one candidate's features, one pair a feature. */
  readonly features: { readonly low: readonly number[]; readonly high: readonly number[] };
  readonly objectiveNames: readonly string[];
  readonly costNames: readonly string[];
  /** The world's own state, part of the snapshot. */
  readonly state: readonly StateArray[];
}

const EPISODE = 0xffff_fffe;

function repeated(values: readonly number[], times: number): number[] {
  return Array.from({ length: times }, () => values).flat();
}

/**
 * What the two-sided presets share. A row is a user; rows `w · users … (w + 1) · users − 1` are the users of world `w`,
 * who choose among the same candidates and move the same providers. All rows of a world begin and end an episode
 * together; a user who leaves before is terminated, and inactive until the next episode. So `resetRow` does not exist.
 *
 * A figure of the whole world (reward of creators, providers that are viable …) is shared equally among its rows: the sum
 * over the rows of a world is the world's figure.
 *
 * Randomness: the `e`-th episode of world `w` has its own key, folded from the environment's key by `w` and `e`, and
 * its draws have the counter (tick, draw). So two policies meet the same users with the same luck, and a world's history
 * does not depend on the worlds beside it.
 */
export abstract class TwoSidedEnvironment implements VectorEnvironment {
  readonly id: string;
  readonly observationSpace: DictSpace;
  readonly actionSpace: SlateSpace;
  readonly rowCount: number;
  readonly objectiveNames: readonly string[];
  readonly costNames: readonly string[];
  readonly observation: SlateObservation;
  readonly active: Uint8Array;
  readonly action: Int32Array;
  readonly reward: Float64Array;
  readonly objectives: Float64Array;
  readonly costs: Float64Array;
  readonly terminated: Uint8Array;
  readonly truncated: Uint8Array;
  readonly finalObservation: SlateObservation;
  /** Users of one world. */
  readonly users: number;
  readonly worldCount: number;
  /** Items of a slate. */
  readonly slots: number;
  /** Candidates of a row, the same for all rows of a world. */
  readonly candidateCount: number;
  /** Steps that each world's running episode has taken; 0 after the step that ended one. */
  readonly ticks: Int32Array;

  /** Two words a world: the key of its running episode. */
  protected readonly episodeKeys: Int32Array;
  readonly #horizon: number;
  readonly #rootKey = new Uint32Array(2);
  readonly #worldKeys: Int32Array;
  /** Ordinal of each world's running episode; −1 before the first reset. */
  readonly #episodes: Int32Array;
  readonly #block = new Uint32Array(2);
  readonly #arrays: readonly StateArray[];

  /** @throws RangeError when the rows are not a whole number of worlds */
  protected constructor(shape: TwoSidedShape) {
    const { id, rowCount, users, slots, candidates, features } = shape;
    if (rowCount % users !== 0)
      throw new RangeError(
        `${id}: rowCount must be a multiple of options.${shape.usersOption} (${users}, the users of one world), got ${rowCount}`,
      );
    const featureCount = features.low.length;
    const contextWidth = shape.context.shape?.[0] ?? 1;
    this.id = id;
    this.rowCount = rowCount;
    this.users = users;
    this.worldCount = rowCount / users;
    this.slots = slots;
    this.candidateCount = candidates;
    this.#horizon = shape.horizon;
    this.objectiveNames = shape.objectiveNames;
    this.costNames = shape.costNames;
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
    this.costs = new Float64Array(rowCount * shape.costNames.length);
    this.terminated = new Uint8Array(rowCount);
    this.truncated = new Uint8Array(rowCount);
    this.ticks = new Int32Array(this.worldCount);
    this.episodeKeys = new Int32Array(2 * this.worldCount);
    this.#worldKeys = new Int32Array(2 * this.worldCount);
    this.#episodes = new Int32Array(this.worldCount).fill(-1);
    const { observation, finalObservation } = this;
    this.#arrays = [
      observation.context,
      observation.candidates,
      finalObservation.context,
      finalObservation.candidates,
      this.active,
      this.action,
      this.reward,
      this.objectives,
      this.costs,
      this.terminated,
      this.truncated,
      this.ticks,
      this.episodeKeys,
      this.#rootKey,
      this.#worldKeys,
      this.#episodes,
      ...shape.state,
    ];
  }

  /** Writes the world's first state and its observation; the tick is 0. */
  protected abstract begin(world: number): void;

  /**
   * One step of a world from tick `tick`: outcomes, next state, next observation; {@link leave} for users who go.
   *
   * @returns whether the world ended by its own rules
   */
  protected abstract advance(world: number, tick: number): boolean;

  step(): void {
    this.#checkSlates();
    this.reward.fill(0);
    this.objectives.fill(0);
    this.costs.fill(0);
    this.terminated.fill(0);
    this.truncated.fill(0);
    for (let world = 0; world < this.worldCount; world++) {
      const tick = this.ticks[world]!;
      const over = this.advance(world, tick);
      this.ticks[world] = tick + 1;
      if (over || tick + 1 >= this.#horizon) this.#end(world, over ? this.terminated : this.truncated);
    }
  }

  reset(options: ResetOptions = {}): void {
    const { key, seed } = options;
    if (key !== undefined) this.#rekey(key);
    else if (seed !== undefined || this.#episodes[0]! < 0) this.#rekey(rootKey(seed ?? 0));
    this.reward.fill(0);
    this.objectives.fill(0);
    this.costs.fill(0);
    this.terminated.fill(0);
    this.truncated.fill(0);
    for (let world = 0; world < this.worldCount; world++) this.#beginNext(world);
  }

  snapshot(): Uint8Array {
    return packState(this.id, this.#arrays);
  }

  restore(snapshot: Uint8Array): void {
    unpackState(this.id, snapshot, this.#arrays);
  }

  /** The row's user goes: terminated now, inactive until the world's next episode. Call it after the observation is written. */
  protected leave(row: number): void {
    this.terminated[row] = 1;
    this.active[row] = 0;
    this.#keepFinal(row);
  }

  /** Copies the candidate features of the world's first row to its other rows. */
  protected shareCandidates(world: number): void {
    const { candidates } = this.observation;
    const width = candidates.length / this.rowCount;
    const start = world * this.users * width;
    const end = start + this.users * width;
    for (let i = start + width; i < end; i++) candidates[i] = candidates[i - width]!;
  }

  #end(world: number, flags: Uint8Array): void {
    const first = world * this.users;
    for (let row = first; row < first + this.users; row++) {
      if (this.active[row] === 0) continue;
      flags[row] = 1;
      this.#keepFinal(row);
    }
    this.#beginNext(world);
  }

  #beginNext(world: number): void {
    const episode = this.#episodes[world]! + 1;
    this.#episodes[world] = episode;
    const at = 2 * world;
    threefry2x32Into(this.#block, this.#worldKeys[at]!, this.#worldKeys[at + 1]!, EPISODE, episode);
    this.episodeKeys[at] = this.#block[0]!;
    this.episodeKeys[at + 1] = this.#block[1]!;
    this.ticks[world] = 0;
    this.active.fill(1, world * this.users, (world + 1) * this.users);
    this.begin(world);
  }

  #keepFinal(row: number): void {
    const { observation, finalObservation, rowCount } = this;
    const contextWidth = observation.context.length / rowCount;
    for (let i = row * contextWidth; i < (row + 1) * contextWidth; i++)
      finalObservation.context[i] = observation.context[i]!;
    const featureWidth = observation.candidates.length / rowCount;
    for (let i = row * featureWidth; i < (row + 1) * featureWidth; i++)
      finalObservation.candidates[i] = observation.candidates[i]!;
  }

  /** @throws RangeError when a position is not a whole number below the candidates, or stands twice in a slate */
  #checkSlates(): void {
    const { action, active, slots, candidateCount } = this;
    for (let row = 0; row < this.rowCount; row++) {
      if (active[row] === 0) continue;
      for (let i = row * slots; i < (row + 1) * slots; i++) {
        const position = action[i]!;
        if (position >>> 0 >= candidateCount)
          throw new RangeError(
            `${this.id}: action of row ${row} has position ${position}, allowed 0 … ${candidateCount - 1}`,
          );
        for (let j = row * slots; j < i; j++)
          if (action[j] === position)
            throw new RangeError(
              `${this.id}: action of row ${row} has position ${position} twice, a slate's are distinct`,
            );
      }
    }
  }

  #rekey(key: RandomKey): void {
    this.#rootKey[0] = key.first;
    this.#rootKey[1] = key.second;
    for (let world = 0; world < this.worldCount; world++) {
      const worldKey = foldIn(key, world);
      this.#worldKeys[2 * world] = worldKey.first;
      this.#worldKeys[2 * world + 1] = worldKey.second;
      this.#episodes[world] = -1;
    }
  }
}
