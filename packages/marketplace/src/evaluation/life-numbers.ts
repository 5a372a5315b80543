import type { LifeEvents, LifeKind, LifeSubject, RequiredLives } from "@longview/scorecard";
import { ITEM_STATUS } from "../content/integrity-columns.ts";
import type { EngineOptions } from "../content/options.ts";
import { CLOCK, type ContentState } from "../content/state.ts";

const NOBODY = -1;

/** Events of lives that a world of these options records. */
export function recordedLives({ integrity }: EngineOptions): RequiredLives[] {
  const kinds: [LifeSubject, LifeKind][] = [
    ["user", "joined"],
    ["user", "left"],
    ["creator", "joined"],
    ["creator", "left"],
    ["item", "joined"],
    ["item", "left"],
  ];
  if (integrity.enabled)
    kinds.push(["creator", "enforced"], ["creator", "appealed"], ["creator", "reinstated"]);
  return kinds.map(([subject, kind]) => ({ subject, kind }));
}

/**
 * Dense numbers of a world's users, creators and items, whose slots are used again, and the events of their lives. Creators and items
 * come and go at a day's end, users after every step; who is there when it is made has joined by then.
 *
 * A removal is a penalty of the item's creator. That of an item whose place is taken on the same day is not seen.
 */
export class LifeNumbers {
  /** Number of who is in each slot, −1: nobody. */
  readonly user: Int32Array;
  readonly creator: Int32Array;
  /** Of each item slot, as of the day's beginning: number, number of its creator, when that creator joined [steps]. */
  readonly item: Int32Array;
  readonly itemCreator: Int32Array;
  readonly itemCreatorJoinedAt: Int32Array;
  /** When it was made [steps], its topics, latent quality, and 1 where it is harmful. */
  readonly itemBornAt: Int32Array;
  readonly itemTopic: Int32Array;
  readonly itemSecondTopic: Int32Array;
  readonly itemQuality: Float64Array;
  readonly itemHarmful: Uint8Array;

  readonly #state: ContentState;
  readonly #stepsPerDay: number;
  readonly #tell: (lives: LifeEvents) => void;
  readonly #next = { user: 0, creator: 0, item: 0 };
  readonly #userOrdinal: Int32Array;
  readonly #creatorOrdinal: Int32Array;
  readonly #status: Uint8Array;
  readonly #appealDay: Int32Array;
  readonly #pending = new Map<
    string,
    { readonly lives: LifeEvents; readonly id: number[]; readonly day: number[] }
  >();

  /** @param tell - takes the events of lives; its arrays are used again */
  constructor(state: ContentState, options: EngineOptions, tell: (lives: LifeEvents) => void) {
    const { users, creators, items, integrity } = state;
    this.#state = state;
    this.#stepsPerDay = options.stepsPerDay;
    this.#tell = tell;
    this.user = new Int32Array(users.alive.length).fill(NOBODY);
    this.#userOrdinal = new Int32Array(users.alive.length);
    this.creator = new Int32Array(creators.alive.length).fill(NOBODY);
    this.#creatorOrdinal = new Int32Array(creators.alive.length);
    const slots = items.alive.length;
    this.item = new Int32Array(slots).fill(NOBODY);
    this.itemCreator = new Int32Array(slots);
    this.itemCreatorJoinedAt = new Int32Array(slots);
    this.itemBornAt = new Int32Array(slots);
    this.itemTopic = new Int32Array(slots);
    this.itemSecondTopic = new Int32Array(slots);
    this.itemQuality = new Float64Array(slots);
    this.itemHarmful = new Uint8Array(slots);
    this.#status = new Uint8Array(integrity.status.length);
    this.#appealDay = new Int32Array(integrity.appealDay.length);
    for (const { subject, kind } of recordedLives(options)) {
      const id: number[] = [];
      const day: number[] = [];
      this.#pending.set(`${subject} ${kind}`, { lives: { subject, kind, id, day }, id, day });
    }
    this.#meetUsers();
    this.#meetCreators();
    this.#meetItems();
    this.#send();
  }

  /** Creators, items and users there have ever been. */
  get counts(): Readonly<Record<"user" | "creator" | "item", number>> {
    return this.#next;
  }

  /** After a step has ended. */
  endTick(): void {
    this.#meetUsers();
    if (this.#state.clock[CLOCK.tick]! % this.#stepsPerDay === 0) {
      this.#noteEnforcement();
      this.#meetCreators();
      this.#meetItems();
    }
    this.#send();
  }

  #note(subject: LifeSubject, kind: LifeKind, id: number, tick: number): void {
    const pending = this.#pending.get(`${subject} ${kind}`)!;
    pending.id.push(id);
    pending.day.push(tick / this.#stepsPerDay);
  }

  #send(): void {
    for (const { lives, id, day } of this.#pending.values()) {
      if (id.length === 0) continue;
      this.#tell(lives);
      id.length = 0;
      day.length = 0;
    }
  }

  #meetUsers(): void {
    const { users, clock } = this.#state;
    const tick = clock[CLOCK.tick]!;
    for (let slot = 0; slot < this.user.length; slot++) {
      const present = users.alive[slot] === 1;
      if (this.user[slot]! >= 0 && !(present && this.#userOrdinal[slot] === users.ordinal[slot])) {
        this.#note("user", "left", this.user[slot]!, tick);
        this.user[slot] = NOBODY;
      }
      if (!present || this.user[slot]! >= 0) continue;
      this.user[slot] = this.#next.user++;
      this.#userOrdinal[slot] = users.ordinal[slot]!;
      this.#note("user", "joined", this.user[slot]!, users.joinedAt[slot]!);
    }
  }

  #meetCreators(): void {
    const { creators, clock } = this.#state;
    const tick = clock[CLOCK.tick]!;
    for (let slot = 0; slot < this.creator.length; slot++) {
      const present = creators.alive[slot] === 1;
      if (this.creator[slot]! >= 0 && !(present && this.#creatorOrdinal[slot] === creators.ordinal[slot])) {
        this.#note("creator", "left", this.creator[slot]!, tick);
        this.creator[slot] = NOBODY;
      }
      if (!present || this.creator[slot]! >= 0) continue;
      this.creator[slot] = this.#next.creator++;
      this.#creatorOrdinal[slot] = creators.ordinal[slot]!;
      this.#note("creator", "joined", this.creator[slot]!, creators.joinedAt[slot]!);
    }
  }

  #meetItems(): void {
    const { items, clock, integrity } = this.#state;
    const tick = clock[CLOCK.tick]!;
    for (let slot = 0; slot < this.item.length; slot++) {
      const present = items.alive[slot] === 1;
      if (this.item[slot]! >= 0 && !(present && this.#isSame(slot))) {
        this.#note("item", "left", this.item[slot]!, tick);
        this.item[slot] = NOBODY;
      }
      if (!present || this.item[slot]! >= 0) continue;
      this.item[slot] = this.#next.item++;
      this.#describe(slot);
      this.#note("item", "joined", this.item[slot]!, items.bornAt[slot]!);
    }
    this.#status.set(integrity.status);
    this.#appealDay.set(integrity.appealDay);
  }

  #isSame(slot: number): boolean {
    const { items } = this.#state;
    return (
      items.bornAt[slot] === this.itemBornAt[slot] &&
      this.creator[items.creator[slot]!] === this.itemCreator[slot]
    );
  }

  #describe(slot: number): void {
    const { items, creators } = this.#state;
    const creator = items.creator[slot]!;
    this.itemCreator[slot] = this.creator[creator]!;
    this.itemCreatorJoinedAt[slot] = creators.joinedAt[creator]!;
    this.itemBornAt[slot] = items.bornAt[slot]!;
    this.itemTopic[slot] = items.topic[slot]!;
    this.itemSecondTopic[slot] = items.secondTopic[slot]!;
    this.itemQuality[slot] = items.quality[slot]!;
    this.itemHarmful[slot] = items.harmful[slot]!;
  }

  /** Before creators and items are met again: their numbers are still those of the day that has ended. */
  #noteEnforcement(): void {
    const { items, clock, integrity } = this.#state;
    const tick = clock[CLOCK.tick]!;
    for (let slot = 0; slot < this.#status.length; slot++) {
      if (this.item[slot]! < 0 || items.bornAt[slot] !== this.itemBornAt[slot]) continue;
      const creator = this.itemCreator[slot]!;
      const removed = integrity.status[slot] === ITEM_STATUS.removed;
      const wasRemoved = this.#status[slot] === ITEM_STATUS.removed;
      if (removed && !wasRemoved) this.#note("creator", "enforced", creator, tick);
      if (integrity.appealDay[slot]! > 0 && this.#appealDay[slot] === 0)
        this.#note("creator", "appealed", creator, tick);
      if (wasRemoved && integrity.status[slot] === ITEM_STATUS.cleared)
        this.#note("creator", "reinstated", creator, tick);
    }
  }
}
