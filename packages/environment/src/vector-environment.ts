import type { Space } from "@longview/formats";
import type { RandomKey } from "@longview/statistics";

/**
 * Buffers of an observation, row-major with `rowCount` rows each. A Box (or MultiBinary …) observation has one buffer
 * named `observation`; a Dict has one buffer an entry.
 */
export type ObservationBuffers = Readonly<Record<string, Float32Array | Uint8Array>>;

/** How an environment starts. `key` wins over `seed`; with neither, every row goes on to its next episode. */
export interface ResetOptions {
  /** Whatever a user typed; the first reset without seed or key uses seed 0. */
  readonly seed?: string | number;
  /** The root key of everything random in the environment. */
  readonly key?: RandomKey;
  /** Options of this reset that the environment documents. */
  readonly options?: Readonly<Record<string, unknown>>;
}

/**
 * The native form of an environment: `rowCount` trajectories side by side, in typed arrays written in place.
 *
 * Every buffer is allocated once: read it after `reset`, `step` or `restore`, copy what must outlive the next call.
 * A row that ends is reset in the same step: `observation` is then its next episode's first, `finalObservation` its last.
 */
export interface VectorEnvironment {
  /** Versioned id, `name-vN`; a change of behaviour is a new version. */
  readonly id: string;
  /** Space of the observation of ONE row. */
  readonly observationSpace: Space;
  /** Space of the action of ONE row: Discrete, Box, MultiDiscrete or Slate. */
  readonly actionSpace: Space;
  /** Trajectories that run side by side. */
  readonly rowCount: number;
  /** Names of the columns of `objectives`. */
  readonly objectiveNames: readonly string[];
  /** Names of the columns of `costs`. */
  readonly costNames: readonly string[];
  /** Current observation of each row; valid where `active`. */
  readonly observation: ObservationBuffers;
  /** 1: this row awaits an action now. Ordinary environments: always 1. */
  readonly active: Uint8Array;
  /**
   * The caller writes the actions here, row-major `[rowCount, actionWidth]`. Discrete: width 1. Box: float, outside the
   * bounds is clipped or scaled as the environment says. Slate: width `slots`, distinct unmasked positions.
   */
  readonly action: Int32Array | Float32Array;
  /** Reward of the last step, per row. A row that was not active may receive one too (delayed outcomes). */
  readonly reward: Float64Array;
  /** Named objectives of the last step, `[rowCount, objectiveNames.length]`. */
  readonly objectives: Float64Array;
  /** Named costs of the last step, `[rowCount, costNames.length]`. */
  readonly costs: Float64Array;
  /** 1: the episode of the row ended in the last step, by the rules of the world; its future is worth 0. */
  readonly terminated: Uint8Array;
  /** 1: it was cut off in the last step (time limit); bootstrap from `finalObservation`. 0 where `terminated` is 1. */
  readonly truncated: Uint8Array;
  /** Last observation of the rows that ended in the last step; elsewhere unspecified. */
  readonly finalObservation: ObservationBuffers;
  /** Starts an episode in every row. */
  reset(options?: ResetOptions): void;
  /** One tick for all rows. Allocates nothing. */
  step(): void;
  /** Starts the next episode of one row now; what {@link timeLimit} needs. Does not touch any other row. */
  resetRow?(row: number): void;
  /** The complete state, buffers and random counters included. */
  snapshot(): Uint8Array;
  /**
   * Puts the environment in the state of a snapshot of the same id, options and row count.
   *
   * @throws RangeError when the snapshot is of another environment or size
   */
  restore(snapshot: Uint8Array): void;
}
