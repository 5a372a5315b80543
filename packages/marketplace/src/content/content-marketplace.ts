import {
  box,
  dict,
  multiBinary,
  slate,
  type ResetOptions,
  type Space,
  type VectorEnvironment,
} from "@longview/environment";
import { foldIn, rootKey, type RandomKey } from "@longview/statistics";
import type { Catalogue } from "./catalogue.ts";
import {
  candidateFeatureCount,
  candidateFeatureNames,
  contextFeatureCount,
  contextFeatureNames,
  FEATURE_BOUND,
} from "./features.ts";
import { Observer } from "./observe.ts";
import type { ContentMarketplaceOptions } from "./options.ts";
import { Population } from "./population.ts";
import { Response } from "./response.ts";
import { Retriever } from "./retrieve.ts";
import { allocateState, CLOCK, type ContentState } from "./state.ts";
import { Supply } from "./supply.ts";
import { COST_NAMES } from "../laws/costs.ts";
import { OBJECTIVE_NAMES } from "../laws/objectives.ts";

export const CONTENT_MARKETPLACE_ID = "marketplace/content-v0";

/**
 * A live content marketplace: one world whose rows are user slots. A row is active while its user is in session;
 * a row without a user is empty until a newcomer takes it.
 *
 * One `step` is one page for every active row. See docs/marketplace.md for every law.
 */
export class ContentMarketplace implements VectorEnvironment {
  readonly id: string = CONTENT_MARKETPLACE_ID;
  readonly observationSpace: Space;
  readonly actionSpace: Space;
  readonly rowCount: number;
  readonly objectiveNames: readonly string[] = OBJECTIVE_NAMES;
  readonly costNames: readonly string[] = COST_NAMES;
  readonly contextFeatureNames: readonly string[];
  readonly candidateFeatureNames: readonly string[];
  readonly options: ContentMarketplaceOptions;
  readonly observation: {
    readonly context: Float32Array;
    readonly candidates: Float32Array;
    readonly mask: Uint8Array;
  };
  readonly finalObservation: {
    readonly context: Float32Array;
    readonly candidates: Float32Array;
    readonly mask: Uint8Array;
  };
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

  readonly #state: ContentState;
  readonly #supply: Supply;
  readonly #observer: Observer;
  readonly #retriever: Retriever;
  readonly #response: Response;
  readonly #population: Population;
  readonly #horizon: number;

  constructor(options: ContentMarketplaceOptions, rowCount: number, catalogue?: Catalogue) {
    const state = allocateState(options, rowCount);
    this.#state = state;
    this.privileged = state;
    this.options = options;
    this.rowCount = rowCount;
    this.contextFeatureNames = contextFeatureNames(options.topics);
    this.candidateFeatureNames = candidateFeatureNames(options.topics);
    const bounds = { low: -FEATURE_BOUND, high: FEATURE_BOUND };
    this.observationSpace = dict({
      context: box({ ...bounds, shape: [contextFeatureCount(options.topics)] }),
      candidates: box({ ...bounds, shape: [options.candidates, candidateFeatureCount(options.topics)] }),
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
    this.#horizon = options.days * options.stepsPerDay;
    this.#supply = new Supply(state, options, rowCount, catalogue);
    this.#observer = new Observer(state, options, rowCount);
    this.#retriever = new Retriever(state, options, this.#observer);
    this.#response = new Response(state, options, rowCount);
    this.#population = new Population(state, options, rowCount);
  }

  /** Starts a world: with `key` or `seed` that key's first, else the next. */
  reset(options: ResetOptions = {}): void {
    const { keys, clock } = this.#state;
    const key = options.key ?? (options.seed !== undefined ? rootKey(options.seed) : undefined);
    if (key !== undefined || clock[CLOCK.started] === 0) {
      const root = key ?? rootKey(0);
      keys[0] = root.first;
      keys[1] = root.second;
      clock[CLOCK.episode] = 0;
      clock[CLOCK.started] = 1;
    } else clock[CLOCK.episode] = clock[CLOCK.episode]! + 1;
    this.#clearOutcomes();
    this.#startWorld();
  }

  step(): void {
    const { clock, active } = this.#state;
    if (clock[CLOCK.started] === 0) throw new RangeError(`${this.id}: call reset before step`);
    this.#clearOutcomes();
    this.#response.startTick();
    for (let row = 0; row < this.rowCount; row++) if (active[row] === 1) this.#response.answer(row);
    // rows that ended keep their last candidates; their context is brought up to date
    for (let row = 0; row < this.rowCount; row++)
      if (this.terminated[row] === 1) {
        this.#observer.writeContext(row);
        this.#copyFinal(row);
      }
    const tick = clock[CLOCK.tick]! + 1;
    clock[CLOCK.tick] = tick;
    if (tick % this.options.stepsPerDay === 0) this.#supply.endDay(tick);
    if (tick >= this.#horizon) {
      this.#truncate();
      clock[CLOCK.episode] = clock[CLOCK.episode]! + 1;
      this.#startWorld();
      return;
    }
    this.#population.comeAndGo();
    this.#observe();
  }

  snapshot(): Uint8Array {
    return new Uint8Array(this.#state.buffer).slice();
  }

  restore(snapshot: Uint8Array): void {
    const bytes = new Uint8Array(this.#state.buffer);
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

  #startWorld(): void {
    const { keys, clock } = this.#state;
    const root: RandomKey = { first: keys[0]!, second: keys[1]! };
    const world = foldIn(root, clock[CLOCK.episode]!);
    keys[2] = world.first;
    keys[3] = world.second;
    clock[CLOCK.tick] = 0;
    this.#supply.start();
    this.#population.start();
    this.#observe();
  }

  /** Writes the observations of all rows in session. */
  #observe(): void {
    const { active } = this.#state;
    this.#observer.writeItems();
    this.#retriever.startTick();
    for (let row = 0; row < this.rowCount; row++)
      if (active[row] === 1) {
        this.#observer.writeContext(row);
        this.#retriever.retrieve(row);
      }
  }

  /** The end of the world: every user's trajectory is cut off, seen as if they visited now. */
  #truncate(): void {
    const { users } = this.#state;
    this.#observer.writeItems();
    this.#retriever.startTick();
    for (let row = 0; row < this.rowCount; row++)
      if (users.alive[row] === 1) {
        this.#population.seeNow(row);
        this.#observer.writeContext(row);
        this.#retriever.retrieve(row);
        this.#copyFinal(row);
        this.truncated[row] = 1;
      }
  }

  #copyFinal(row: number): void {
    const { observation, finalObservation } = this.#state;
    const contextWidth = contextFeatureCount(this.options.topics);
    for (let i = row * contextWidth; i < (row + 1) * contextWidth; i++)
      finalObservation.context[i] = observation.context[i]!;
    const width = this.options.candidates;
    for (let i = row * width; i < (row + 1) * width; i++) finalObservation.mask[i] = observation.mask[i]!;
    const all = width * candidateFeatureCount(this.options.topics);
    for (let i = row * all; i < (row + 1) * all; i++)
      finalObservation.candidates[i] = observation.candidates[i]!;
  }
}
