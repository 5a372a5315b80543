import { Draws, PURPOSE } from "./draws.ts";
import type { Observer } from "./observe.ts";
import { FOLLOW_PLACES } from "./demand-columns.ts";
import type { EngineOptions } from "./options.ts";
import { POOL } from "./pools.ts";
import { CLOCK, type ContentState } from "./state.ts";
import { cumulativeTopicsInto, drawnTopic } from "../laws/retrieval.ts";
import { VIRAL_SHARE } from "../laws/shocks.ts";

/** Source of candidates from creators whom the user follows; after those of RETRIEVAL_SOURCES. */
const FOLLOWED = 5;
const RANDOM = 4;

/**
 * Draws a user's candidates: fixed quotas by source, two draws a candidate (list, place); a place that is taken
 * already moves on to the next one of the list, a list that is used up gives way to all items.
 */
export class Retriever {
  readonly #state: ContentState;
  readonly #options: EngineOptions;
  readonly #observer: Observer;
  readonly #draws: Draws;
  /** Source of each candidate position: index into RETRIEVAL_SOURCES. */
  readonly #sources: Int32Array;
  readonly #taken: Int32Array;
  readonly #cumulative: Float64Array;
  #mark = 0;

  constructor(state: ContentState, options: EngineOptions, observer: Observer) {
    this.#state = state;
    this.#options = options;
    this.#observer = observer;
    this.#draws = new Draws(2 * options.candidates);
    this.#sources = new Int32Array(options.candidates).fill(RANDOM);
    this.#taken = new Int32Array(options.items.capacity);
    this.#cumulative = new Float64Array(options.topics);
    const { topic, fresh, popular, newCreator, followed } = options.retrieval;
    let at = 0;
    [topic, fresh, popular, newCreator].forEach((quota, source) => {
      this.#sources.fill(source, at, at + quota);
      at += quota;
    });
    if (options.following.enabled) this.#sources.fill(FOLLOWED, at, at + followed);
  }

  /** Chooses the key of this tick's draws; before the first {@link retrieve} of a tick. */
  startTick(): void {
    const { keys, clock } = this.#state;
    this.#draws.choose(keys, 2, PURPOSE.retrieval, clock[CLOCK.tick]!);
  }

  /**
   * Writes candidates, mask and their features of one user into a row.
   *
   * @returns whether there are as many candidates as a page has positions
   */
  retrieve(user: number, row: number): boolean {
    const { pools, candidateItem, observation } = this.#state;
    const { candidates, retrieval } = this.#options;
    const draws = this.#draws;
    draws.fill(0, 2 * candidates, user);
    cumulativeTopicsInto(
      this.#cumulative,
      this.#state.users.topicLong,
      user * this.#cumulative.length,
      retrieval,
    );
    if (this.#mark >= 0x7ffffff0) {
      this.#taken.fill(0);
      this.#mark = 0;
    }
    this.#mark++;
    let found = 0;
    for (let position = 0; position < candidates; position++) {
      const source = this.#sources[position]!;
      let item = this.#fromSource(user, position, source);
      // a followed creator's place that stays free is a random one, and says so
      const known = item >= 0 || source !== FOLLOWED;
      if (item < 0) item = this.#pick(pools.all, 0, pools.sizes[POOL.all]!, 2 * position + 1);
      const at = row * candidates + position;
      candidateItem[at] = item;
      if (item < 0) {
        observation.mask[at] = 0;
        this.#observer.clearCandidate(row, position);
      } else {
        observation.mask[at] = 1;
        found++;
        this.#observer.writeCandidate(user, row, position, item, known ? source : RANDOM);
      }
    }
    return found >= this.#options.slots;
  }

  #fromSource(user: number, position: number, source: number): number {
    const { pools } = this.#state;
    const draw = 2 * position + 1;
    if (source === 0) {
      const topic = drawnTopic(this.#cumulative, this.#draws.values, 2 * position);
      const start = pools.topicStart[topic]!;
      return this.#pick(pools.byTopic, start, pools.topicStart[topic + 1]! - start, draw);
    }
    if (source === 1) return this.#pick(pools.fresh, 0, pools.sizes[POOL.fresh]!, draw);
    if (source === 2) {
      const viral = this.#viral(position);
      return viral >= 0 ? viral : this.#pick(pools.popular, 0, pools.sizes[POOL.popular]!, draw);
    }
    if (source === 3) return this.#pick(pools.newCreator, 0, pools.sizes[POOL.newCreator]!, draw);
    if (source === FOLLOWED) return this.#fromFollowed(user, position);
    return -1;
  }

  /** A viral item, by the chance of VIRAL_SHARE; −1: none, or it is on the page already. */
  #viral(position: number): number {
    const { demand, items, integrity } = this.#state;
    const { shocks } = this.#options;
    if (shocks.length === 0 || this.#draws.values[2 * position]! >= VIRAL_SHARE) return -1;
    for (let n = 0; n < shocks.length; n++) {
      const item = demand.target[n]!;
      if (shocks[n]!.kind !== "viral-item" || item < 0 || items.alive[item] === 0) continue;
      if (items.bornAt[item] !== demand.targetMark[n]) continue; // another item has taken the place
      if (integrity.blocked.length > 0 && integrity.blocked[item] === 1) continue;
      if (this.#taken[item] === this.#mark) continue;
      this.#taken[item] = this.#mark;
      return item;
    }
    return -1;
  }

  /** An item of a creator whom the user follows: a drawn place of the list, or the next one that has any. */
  #fromFollowed(user: number, position: number): number {
    const { pools, demand, creators } = this.#state;
    let place = Math.floor(this.#draws.values[2 * position]! * FOLLOW_PLACES);
    for (let tries = 0; tries < FOLLOW_PLACES; tries++) {
      const at = user * FOLLOW_PLACES + place;
      const creator = demand.followed[at]!;
      if (creator >= 0 && demand.followedOrdinal[at] === creators.ordinal[creator]) {
        const start = pools.creatorStart[creator]!;
        const item = this.#pick(
          pools.byCreator,
          start,
          pools.creatorStart[creator + 1]! - start,
          2 * position + 1,
        );
        if (item >= 0) return item;
      }
      place = place + 1 === FOLLOW_PLACES ? 0 : place + 1;
    }
    return -1;
  }

  #pick(list: Int32Array, start: number, size: number, draw: number): number {
    if (size === 0) return -1;
    const taken = this.#taken;
    let place = Math.floor(this.#draws.values[draw]! * size);
    for (let tries = 0; tries < size; tries++) {
      const item = list[start + place]!;
      if (taken[item] !== this.#mark) {
        taken[item] = this.#mark;
        return item;
      }
      place = place + 1 === size ? 0 : place + 1;
    }
    return -1;
  }
}
