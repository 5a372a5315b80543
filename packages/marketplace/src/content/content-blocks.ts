import type { ResetOptions } from "@longview/environment";
import { candidateFeatureNames, contextFeatureNames } from "./features.ts";
import { objectiveNamesOf, costNamesOf, type EngineOptions } from "./options.ts";
import type { PageObservation, PageRows } from "./page-rows.ts";
import type { ContentState } from "./state.ts";
import { ContentWorld } from "./world.ts";

/** What {@link ContentBlocks} is made of. */
export interface ContentBlocksOptions {
  readonly options: EngineOptions;
  /** User slots. */
  readonly users: number;
  /** Pages that are held at once; the outcome does not depend on it. @defaultValue 4096 */
  readonly blockRows?: number;
}

/**
 * A content marketplace whose pages are gone through in blocks of users, so that its memory does not hold a page for every
 * user: a million users need a few hundred bytes each.
 *
 * Between {@link startTick} and {@link endTick}, {@link observeBlock} fills the rows with the next users in session; the
 * caller writes `action`; {@link answerBlock} writes the outcomes. Every block size and any order of deciding within a
 * tick gives the same world.
 *
 * @example
 * const world = new ContentBlocks({ options: wholeMarketplaceOptions.parse({}), users: 100_000 });
 * world.reset({ seed: 1 });
 * const actor = heuristicActor();
 * do {
 *   world.startTick();
 *   while (world.observeBlock() > 0) {
 *     await actor.act(world);
 *     world.answerBlock();
 *   }
 * } while (!world.endTick());
 */
export class ContentBlocks implements PageRows {
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

  readonly #world: ContentWorld;
  readonly #userOf: Int32Array;
  #next = 0;
  #count = 0;

  constructor({ options, users, blockRows = 4096 }: ContentBlocksOptions) {
    const rows = Math.min(blockRows, users);
    const world = new ContentWorld({ id: "marketplace/content-v1", options, users, rows });
    const { state } = world;
    this.#world = world;
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

  /** Starts a world. */
  reset(options: ResetOptions = {}): void {
    this.#world.start(options);
  }

  userOf(row: number): number {
    return this.#userOf[row]!;
  }

  /** Before the first block of a tick. */
  startTick(): void {
    this.#world.startPages();
    this.#world.startAnswers();
    this.#next = 0;
  }

  /** Fills the rows with the next users in session; returns how many, 0 when all had their page. */
  observeBlock(): number {
    const inSession = this.privileged.active;
    let count = 0;
    while (count < this.rowCount && this.#next < inSession.length) {
      const user = this.#next++;
      if (inSession[user] !== 1) continue;
      this.#userOf[count] = user;
      this.#world.observe(user, count);
      count++;
    }
    this.active.fill(1, 0, count);
    this.active.fill(0, count);
    this.#count = count;
    return count;
  }

  /** The answers to the block's slates. */
  answerBlock(): void {
    this.terminated.fill(0);
    for (let row = 0; row < this.#count; row++) this.#world.answer(this.#userOf[row]!, row);
  }

  /** After the last block of a tick; true when the world is over. */
  endTick(): boolean {
    return this.#world.endTick();
  }
}
