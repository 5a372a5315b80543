import {
  box,
  dict,
  multiBinary,
  slate,
  type ResetOptions,
  type Space,
  type VectorEnvironment,
} from "@longview/environment";
import type { Catalogue } from "./catalogue.ts";
import {
  candidateFeatureCount,
  candidateFeatureNames,
  contextFeatureCount,
  contextFeatureNames,
  FEATURE_BOUND,
} from "./features.ts";
import { costNamesOf, objectiveNamesOf, type EngineOptions } from "./options.ts";
import type { PageObservation, PageRows } from "./page-rows.ts";
import { copyState } from "./state-bytes.ts";
import type { ContentState } from "./state.ts";
import { ContentWorld } from "./world.ts";

/**
 * A live content marketplace: one world whose rows are user slots. A row is active while its user is in session;
 * a row without a user is empty until a newcomer takes it.
 *
 * One `step` is one page for every active row. See docs/marketplace.md for every law.
 */
export class ContentMarketplace implements VectorEnvironment, PageRows {
  readonly id: string;
  readonly observationSpace: Space;
  readonly actionSpace: Space;
  readonly rowCount: number;
  readonly objectiveNames: readonly string[];
  readonly costNames: readonly string[];
  readonly contextFeatureNames: readonly string[];
  readonly candidateFeatureNames: readonly string[];
  readonly options: EngineOptions;
  readonly observation: PageObservation;
  readonly finalObservation: PageObservation;
  readonly active: Uint8Array;
  readonly action: Int32Array;
  readonly reward: Float64Array;
  readonly objectives: Float64Array;
  readonly costs: Float64Array;
  readonly terminated: Uint8Array;
  readonly truncated: Uint8Array;
  /**
   * Latent state of the world: for oracles, reports and tests only. A policy that reads it cannot be launched.
   * @internal
   */
  readonly privileged: ContentState;

  readonly #world: ContentWorld;
  readonly #catalogue: Catalogue | undefined;

  constructor(id: string, options: EngineOptions, rowCount: number, catalogue?: Catalogue) {
    const world = new ContentWorld({ id, options, users: rowCount, catalogue });
    const { state } = world;
    this.id = id;
    this.#world = world;
    this.#catalogue = catalogue;
    this.privileged = state;
    this.options = options;
    this.rowCount = rowCount;
    this.objectiveNames = objectiveNamesOf(options);
    this.costNames = costNamesOf(options);
    this.contextFeatureNames = contextFeatureNames(options.topics);
    this.candidateFeatureNames = candidateFeatureNames(options.topics, options.following.enabled);
    const bounds = { low: -FEATURE_BOUND, high: FEATURE_BOUND };
    this.observationSpace = dict({
      context: box({ ...bounds, shape: [this.contextFeatureNames.length] }),
      candidates: box({ ...bounds, shape: [options.candidates, this.candidateFeatureNames.length] }),
      mask: multiBinary(options.candidates),
    });
    this.actionSpace = slate({ slots: options.slots, candidates: options.candidates });
    this.observation = state.observation;
    this.finalObservation = state.finalObservation;
    this.active = state.active;
    this.action = state.action;
    this.reward = state.reward;
    this.objectives = state.objectives;
    this.costs = state.costs;
    this.terminated = state.terminated;
    this.truncated = state.truncated;
  }

  /** Starts a world: with `key` or `seed` that key's first, else the next. */
  reset(options: ResetOptions = {}): void {
    this.#world.start(options);
    this.#clearOutcomes();
    this.#observe();
  }

  step(): void {
    const world = this.#world;
    if (!world.started) throw new RangeError(`${this.id}: call reset before step`);
    this.#clearOutcomes();
    world.startAnswers();
    for (let row = 0; row < this.rowCount; row++) if (this.active[row] === 1) world.answer(row, row);
    // rows that ended keep their last candidates; their context is brought up to date
    for (let row = 0; row < this.rowCount; row++)
      if (this.terminated[row] === 1) {
        world.observeContext(row, row);
        this.#copyFinal(row);
      }
    if (world.endTick()) {
      this.#truncate();
      world.start();
    }
    this.#observe();
  }

  /**
   * Another world in the same state: from here on the two live by their own actions, on the same luck.
   *
   * @param future - with a number the fork has another luck from here on, the same for all forks of that number
   */
  fork(future?: number): ContentMarketplace {
    const twin = new ContentMarketplace(this.id, this.options, this.rowCount, this.#catalogue);
    copyState(twin.privileged, this.privileged);
    if (future !== undefined) twin.#world.takeFuture(future);
    return twin;
  }

  /** A row is a user slot. */
  userOf(row: number): number {
    return row;
  }

  /** @throws RangeError for a state above 4 GiB, which no array holds: go on from a {@link fork} */
  snapshot(): Uint8Array {
    const { byteLength } = this.privileged.buffer;
    if (byteLength >= 2 ** 32)
      throw new RangeError(
        `${this.id}: a snapshot holds less than 4 GiB, and the state has ${byteLength} bytes; use fork(), or fewer users`,
      );
    return new Uint8Array(this.privileged.buffer).slice();
  }

  restore(snapshot: Uint8Array): void {
    const bytes = new Uint8Array(this.privileged.buffer);
    if (snapshot.byteLength !== bytes.byteLength)
      throw new RangeError(
        `${this.id}: restore needs ${bytes.byteLength} bytes (same options and row count), got ${snapshot.byteLength}`,
      );
    bytes.set(snapshot);
  }

  #clearOutcomes(): void {
    this.reward.fill(0);
    this.objectives.fill(0);
    this.costs.fill(0);
    this.terminated.fill(0);
    this.truncated.fill(0);
  }

  /** Writes the observations of all rows in session. */
  #observe(): void {
    const world = this.#world;
    world.startPages();
    for (let row = 0; row < this.rowCount; row++) if (this.active[row] === 1) world.observe(row, row);
  }

  /** The end of the world: every user's trajectory is cut off, seen as if they visited now. */
  #truncate(): void {
    const world = this.#world;
    const { users } = this.privileged;
    world.startPages();
    for (let row = 0; row < this.rowCount; row++)
      if (users.alive[row] === 1) {
        world.observeAsIfVisiting(row, row);
        this.#copyFinal(row);
        this.truncated[row] = 1;
      }
  }

  #copyFinal(row: number): void {
    const { observation, finalObservation } = this;
    const contextWidth = contextFeatureCount(this.options.topics);
    for (let i = row * contextWidth; i < (row + 1) * contextWidth; i++)
      finalObservation.context[i] = observation.context[i]!;
    const width = this.options.candidates;
    for (let i = row * width; i < (row + 1) * width; i++) finalObservation.mask[i] = observation.mask[i]!;
    const all = width * candidateFeatureCount(this.options.topics, this.options.following.enabled);
    for (let i = row * all; i < (row + 1) * all; i++)
      finalObservation.candidates[i] = observation.candidates[i]!;
  }
}
