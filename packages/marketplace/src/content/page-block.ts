import { candidateFeatureNames, contextFeatureNames } from "./features.ts";
import { costNamesOf, objectiveNamesOf, type EngineOptions } from "./options.ts";
import type { PageObservation, PageRows } from "./page-rows.ts";
import type { ContentState } from "./state.ts";
import type { ContentWorld } from "./world.ts";

/** Pages of the users `from … to − 1` of a world, gone through in blocks of as many rows as the world holds pages. */
export class PageBlock implements PageRows {
  readonly options: EngineOptions;
  readonly contextFeatureNames: readonly string[];
  readonly candidateFeatureNames: readonly string[];
  readonly objectiveNames: readonly string[];
  readonly costNames: readonly string[];
  readonly rowCount: number;
  /** 1: the row holds a page of the current block. */
  readonly active: Uint8Array;
  readonly observation: PageObservation;
  readonly action: Int32Array;
  readonly reward: Float64Array;
  readonly objectives: Float64Array;
  readonly costs: Float64Array;
  /** 1: the user of the row left for good after this page. */
  readonly terminated: Uint8Array;
  /** @internal */
  readonly privileged: ContentState;

  protected readonly world: ContentWorld;
  readonly #from: number;
  readonly #to: number;
  readonly #userOf: Int32Array;
  #next = 0;
  #count = 0;

  constructor(world: ContentWorld, from = 0, to = world.users) {
    const { options, state, rows } = world;
    this.world = world;
    this.#from = from;
    this.#to = to;
    this.#userOf = new Int32Array(rows);
    this.options = options;
    this.contextFeatureNames = contextFeatureNames(options.topics);
    this.candidateFeatureNames = candidateFeatureNames(options.topics, options.following.enabled);
    this.objectiveNames = objectiveNamesOf(options);
    this.costNames = costNamesOf(options);
    this.rowCount = rows;
    this.active = new Uint8Array(rows);
    this.observation = state.observation;
    this.action = state.action;
    this.reward = state.reward;
    this.objectives = state.objectives;
    this.costs = state.costs;
    this.terminated = state.terminated;
    this.privileged = state;
  }

  userOf(row: number): number {
    return this.#userOf[row]!;
  }

  /** Before the first block of a tick. */
  startTick(): void {
    this.world.startCandidates();
    this.world.startAnswers();
    this.#next = this.#from;
  }

  /** Fills the rows with the next users in session; returns how many, 0 when all had their page. */
  observeBlock(): number {
    const inSession = this.privileged.active;
    let count = 0;
    for (; count < this.rowCount && this.#next < this.#to; this.#next++) {
      if (inSession[this.#next] !== 1) continue;
      this.#userOf[count] = this.#next;
      if (this.world.observe(this.#next, count)) count++;
    }
    this.active.fill(1, 0, count);
    this.active.fill(0, count);
    this.#count = count;
    return count;
  }

  /** The answers to the block's slates. */
  answerBlock(): void {
    this.terminated.fill(0);
    for (let row = 0; row < this.#count; row++) this.world.answer(this.#userOf[row]!, row);
  }
}
