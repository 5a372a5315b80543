import { greedyChoice } from "@longview/policies/serving";
import type { BlockedItems } from "./blocklist.ts";
import { decisionTable, scored, type MadeDecision } from "./decide.ts";
import type { LivePolicy } from "./live-policy.ts";
import type { RankQuery } from "./rank-query.ts";

/** Decisions that wait for the shadows; more are left out, so that shadows never cost the served requests more than that. */
const MOST_WAITING = 64;

/** Lets shadow policies rank what was served, after it was answered: nobody sees what they choose. */
export class Shadows {
  readonly #blocked: BlockedItems;
  readonly #now: () => number;
  #waiting = 0;
  #last: Promise<void> = Promise.resolve();

  constructor(blocked: BlockedItems, now: () => number) {
    this.#blocked = blocked;
    this.#now = now;
  }

  /** Compares each shadow's best slate with the served policy's. */
  follow(shadows: readonly LivePolicy[], query: RankQuery, made: MadeDecision): void {
    if (this.#waiting >= MOST_WAITING) return;
    this.#waiting++;
    this.#last = this.#last.then(async () => {
      const served = greedyChoice(made.scores, made.groups);
      for (const shadow of shadows) await this.#rank(shadow, query, served);
      this.#waiting--;
    });
  }

  /** Resolves when those that wait are done. */
  async idle(): Promise<void> {
    await this.#last;
  }

  async #rank(shadow: LivePolicy, query: RankQuery, served: Int32Array): Promise<void> {
    const began = performance.now();
    try {
      const places = this.#blocked.eligiblePlaces(query.candidates);
      const table = decisionTable(shadow, query, places);
      const slate = await shadow.loaded.use(async () => {
        const { scores, groups } = await scored(shadow, table, served.length);
        return greedyChoice(scores, groups);
      });
      shadow.compared++;
      if (slate.length === served.length && slate.every((place, slot) => place === served[slot]))
        shadow.agreed++;
      shadow.drift?.observe(table.context, table.features, table.itemIds.length);
      shadow.count(
        {
          itemIds: Array.from(slate, (place) => table.itemIds[place]!),
          candidates: table.itemIds.length,
          positionPropensities: new Float64Array(slate.length).fill(1),
        },
        { milliseconds: performance.now() - began, now: this.#now() },
      );
    } catch {
      // A request that suits the served policy may lack what a shadow reads.
      shadow.failed++;
    }
  }
}
