import type { Space } from "@longview/formats";
import { deriveKey, rootKey, threefry2x32Into, uniformsInto, type RandomKey } from "@longview/statistics";
import { allocateAction, allocateObservation, copyObservationRow } from "./observation-buffers.ts";
import { packState, unpackState, type StateArray } from "./snapshot.ts";
import type { ObservationBuffers, ResetOptions, VectorEnvironment } from "./vector-environment.ts";

/** What {@link RowDynamics.advance} reads and writes; every array holds all rows, row-major. */
export interface RowBuffers {
  /** `[rowCount, stateSize]`, updated in place. */
  readonly state: Float64Array;
  readonly action: Int32Array | Float32Array;
  /** `[rowCount, stepDraws]`, uniforms in (0, 1) for this step. */
  readonly uniforms: Float64Array;
  readonly reward: Float64Array;
  readonly objectives: Float64Array;
  readonly costs: Float64Array;
  /** Written for every row: 1 where the episode ended. */
  readonly terminated: Uint8Array;
}

/**
 * The rules of a world whose rows do not touch each other. Functions of state, action and uniforms alone: they hold no
 * state, draw nothing and allocate nothing, so a recorded trajectory replays through them.
 */
export interface RowDynamics {
  readonly id: string;
  /** A Box or another flat space, or a Dict of them. */
  readonly observationSpace: Space;
  readonly actionSpace: Space;
  readonly objectiveNames?: readonly string[];
  readonly costNames?: readonly string[];
  /** Numbers of state a row. */
  readonly stateSize: number;
  /** Uniforms that {@link start} needs, an even number or it is rounded up. */
  readonly startDraws: number;
  /** Uniforms a row and step. @defaultValue 0 */
  readonly stepDraws?: number;
  /** The step that truncates, >= 1; absent: never. */
  readonly maximumEpisodeSteps?: number;
  /** Writes the start state of one row. */
  start(state: Float64Array, row: number, uniforms: Float64Array): void;
  /** Moves all rows by one step. */
  advance(buffers: RowBuffers, rowCount: number): void;
  /** Writes the observations of rows `from` (inclusive) to `to` (exclusive). */
  observe(state: Float64Array, observation: ObservationBuffers, from: number, to: number): void;
}

/**
 * A {@link VectorEnvironment} over {@link RowDynamics}: episodes, time limit, same-step autoreset, keyed draws, snapshots.
 *
 * Episode `e` of row `r` starts from draws `e · startDraws …` of entity `r` under the key "start"; step `t` draws from the
 * key "transition" with `t` folded in, entity `r`. So a row's noise depends on no other row.
 */
export class RowEnvironment implements VectorEnvironment {
  readonly id: string;
  readonly observationSpace: Space;
  readonly actionSpace: Space;
  readonly rowCount: number;
  readonly objectiveNames: readonly string[];
  readonly costNames: readonly string[];
  readonly observation: ObservationBuffers;
  readonly active: Uint8Array;
  readonly action: Int32Array | Float32Array;
  readonly reward: Float64Array;
  readonly objectives: Float64Array;
  readonly costs: Float64Array;
  readonly terminated: Uint8Array;
  readonly truncated: Uint8Array;
  readonly finalObservation: ObservationBuffers;

  readonly #dynamics: RowDynamics;
  readonly #buffers: RowBuffers;
  readonly #startDraws: number;
  readonly #stepDraws: number;
  readonly #limit: number;
  readonly #startUniforms: Float64Array;
  readonly #stepKey = new Uint32Array(2);
  /** Started flag, key of starts (2), key of transitions (2), step number. */
  readonly #header = new Uint32Array(6);
  readonly #episode: Uint32Array;
  readonly #elapsed: Uint32Array;
  readonly #stateArrays: readonly StateArray[];

  constructor(dynamics: RowDynamics, rowCount: number) {
    const { stateSize, objectiveNames = [], costNames = [], stepDraws = 0 } = dynamics;
    this.#dynamics = dynamics;
    this.id = dynamics.id;
    this.observationSpace = dynamics.observationSpace;
    this.actionSpace = dynamics.actionSpace;
    this.rowCount = rowCount;
    this.objectiveNames = objectiveNames;
    this.costNames = costNames;
    this.observation = allocateObservation(this.observationSpace, rowCount);
    this.finalObservation = allocateObservation(this.observationSpace, rowCount);
    this.active = new Uint8Array(rowCount).fill(1);
    this.action = allocateAction(this.actionSpace, rowCount);
    this.reward = new Float64Array(rowCount);
    this.objectives = new Float64Array(rowCount * objectiveNames.length);
    this.costs = new Float64Array(rowCount * costNames.length);
    this.terminated = new Uint8Array(rowCount);
    this.truncated = new Uint8Array(rowCount);
    this.#startDraws = dynamics.startDraws + (dynamics.startDraws & 1);
    this.#stepDraws = stepDraws;
    this.#limit = dynamics.maximumEpisodeSteps ?? Infinity;
    this.#startUniforms = new Float64Array(this.#startDraws);
    this.#episode = new Uint32Array(rowCount);
    this.#elapsed = new Uint32Array(rowCount);
    const state = new Float64Array(rowCount * stateSize);
    const uniforms = new Float64Array(rowCount * stepDraws);
    const { action, reward, objectives, costs, terminated, truncated } = this;
    this.#buffers = { state, action, uniforms, reward, objectives, costs, terminated };
    this.#stateArrays = [
      this.#header,
      this.#episode,
      this.#elapsed,
      state,
      action,
      reward,
      objectives,
      costs,
      terminated,
      truncated,
      ...Object.values(this.observation),
      ...Object.values(this.finalObservation),
    ];
  }

  #setKey(key: RandomKey): void {
    const start = deriveKey(key, "start");
    const transition = deriveKey(key, "transition");
    this.#header.set([1, start.first, start.second, transition.first, transition.second, 0]);
  }

  reset(options: ResetOptions = {}): void {
    const extra = Object.keys(options.options ?? {});
    if (extra.length > 0) throw new RangeError(`${this.id}: reset takes no options, got ${extra.join(", ")}`);
    const header = this.#header;
    if (options.key !== undefined || options.seed !== undefined || header[0] === 0) {
      this.#setKey(options.key ?? rootKey(options.seed ?? 0));
      this.#episode.fill(0);
    } else for (let row = 0; row < this.rowCount; row++) this.#episode[row] = this.#episode[row]! + 1;
    for (let row = 0; row < this.rowCount; row++) this.#start(row);
    this.#dynamics.observe(this.#buffers.state, this.observation, 0, this.rowCount);
    this.reward.fill(0);
    this.objectives.fill(0);
    this.costs.fill(0);
    this.terminated.fill(0);
    this.truncated.fill(0);
  }

  #start(row: number): void {
    const header = this.#header;
    const draws = this.#startDraws;
    if (draws > 0)
      uniformsInto(
        this.#startUniforms,
        0,
        draws,
        header[1]! | 0,
        header[2]! | 0,
        row,
        this.#episode[row]! * draws,
      );
    this.#elapsed[row] = 0;
    this.#dynamics.start(this.#buffers.state, row, this.#startUniforms);
  }

  resetRow(row: number): void {
    this.#episode[row] = this.#episode[row]! + 1;
    this.#start(row);
    this.#dynamics.observe(this.#buffers.state, this.observation, row, row + 1);
  }

  step(): void {
    const header = this.#header;
    if (header[0] === 0) throw new Error(`${this.id}: call reset() before the first step`);
    const { rowCount, terminated, truncated } = this;
    const buffers = this.#buffers;
    const draws = this.#stepDraws;
    if (draws > 0) {
      const key = this.#stepKey;
      threefry2x32Into(key, header[3]! | 0, header[4]! | 0, header[5]! | 0, 0x9e3779b9 | 0);
      // As int32: a uint32 beyond 2³¹ would be boxed at each call.
      const key0 = key[0]! | 0;
      const key1 = key[1]! | 0;
      for (let row = 0; row < rowCount; row++)
        uniformsInto(buffers.uniforms, row * draws, draws, key0, key1, row, 0);
    }
    header[5] = header[5]! + 1;
    this.#dynamics.advance(buffers, rowCount);
    this.#dynamics.observe(buffers.state, this.observation, 0, rowCount);
    const elapsed = this.#elapsed;
    const limit = this.#limit;
    for (let row = 0; row < rowCount; row++) {
      const steps = elapsed[row]! + 1;
      elapsed[row] = steps;
      const ended = terminated[row]!;
      const cut = ended === 0 && steps >= limit ? 1 : 0;
      truncated[row] = cut;
      if ((ended | cut) !== 0) {
        copyObservationRow(this.finalObservation, this.observation, row, rowCount);
        this.resetRow(row);
      }
    }
  }

  snapshot(): Uint8Array {
    return packState(this.id, this.#stateArrays);
  }

  restore(snapshot: Uint8Array): void {
    unpackState(this.id, snapshot, this.#stateArrays);
  }
}
