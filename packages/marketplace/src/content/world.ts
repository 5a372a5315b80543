import { deriveKey, foldIn, rootKey } from "@longview/statistics";
import type { ResetOptions } from "@longview/environment";
import type { Catalogue } from "./catalogue.ts";
import { startLevers } from "./levers.ts";
import { createMechanisms, type Mechanisms } from "./mechanisms.ts";
import { Observer } from "./observe.ts";
import type { EngineOptions } from "./options.ts";
import { Population } from "./population.ts";
import { Response } from "./response.ts";
import { Retriever } from "./retrieve.ts";
import { allocateState, CLOCK, type ContentState } from "./state.ts";
import { Supply } from "./supply.ts";
import { talliesOf, type Tallies } from "./tallies.ts";

/** What a {@link ContentWorld} is made of. */
export interface ContentWorldOptions {
  /** Name of the world, for errors. */
  readonly id: string;
  readonly options: EngineOptions;
  /** User slots. */
  readonly users: number;
  /** Pages that are held at once. @defaultValue `users` */
  readonly rows?: number;
  readonly catalogue?: Catalogue | undefined;
  /** State in shared memory, and where this thread adds up. @defaultValue memory of its own */
  readonly shard?: { readonly state: ContentState; readonly tallies: Tallies };
}

/**
 * The engine of a content marketplace. One tick is: {@link startPages} and {@link startAnswers}; then, for every user in
 * session, in any order, {@link observe} into a row, the policy's action for that row, {@link answer}; then {@link endTick}.
 * Users never affect each other before `endTick`, so they may be gone through in blocks that share a few rows.
 */
export class ContentWorld {
  readonly id: string;
  readonly options: EngineOptions;
  readonly users: number;
  /** Pages that are held at once. */
  readonly rows: number;
  readonly state: ContentState;

  readonly #mechanisms: Mechanisms;
  readonly #supply: Supply;
  readonly #observer: Observer;
  readonly #retriever: Retriever;
  readonly #response: Response;
  readonly #population: Population;
  readonly #horizon: number;

  constructor({ id, options, users, rows = users, catalogue, shard }: ContentWorldOptions) {
    this.id = id;
    this.options = options;
    this.users = users;
    this.rows = rows;
    const state = shard?.state ?? allocateState(options, users, rows);
    this.state = state;
    this.#horizon = options.days * options.stepsPerDay;
    const mechanisms = createMechanisms(state, options, users);
    this.#mechanisms = mechanisms;
    this.#supply = new Supply(state, options, users, mechanisms, catalogue);
    this.#observer = new Observer(state, options, users);
    this.#retriever = new Retriever(state, options, this.#observer);
    this.#response = new Response(id, state, options, users, mechanisms, shard?.tallies ?? talliesOf(state));
    this.#population = new Population(state, options, users, mechanisms.demand);
  }

  /** Whether a world has been started. */
  get started(): boolean {
    return this.state.clock[CLOCK.started] === 1;
  }

  /** Starts a world: with `key` or `seed` that key's first, else the next. */
  start(options: ResetOptions = {}): void {
    const { keys, clock } = this.state;
    const key = options.key ?? (options.seed !== undefined ? rootKey(options.seed) : undefined);
    if (key !== undefined || clock[CLOCK.started] === 0) {
      const root = key ?? rootKey(0);
      keys[0] = root.first;
      keys[1] = root.second;
      clock[CLOCK.episode] = 0;
      clock[CLOCK.started] = 1;
    } else clock[CLOCK.episode] = clock[CLOCK.episode]! + 1;
    this.#startEpisode();
  }

  /** Draws all that is to come from another key; what was retrieved for the current tick stays. */
  takeFuture(future: number): void {
    const { keys } = this.state;
    const key = foldIn(deriveKey({ first: keys[2]!, second: keys[3]! }, "future"), future);
    keys[2] = key.first;
    keys[3] = key.second;
  }

  #startEpisode(): void {
    const { keys, clock } = this.state;
    const world = foldIn({ first: keys[0]!, second: keys[1]! }, clock[CLOCK.episode]!);
    keys[2] = world.first;
    keys[3] = world.second;
    clock[CLOCK.tick] = 0;
    startLevers(this.state, this.options);
    this.#supply.start();
    this.#population.start();
    this.#mechanisms.demand.startTick(0);
  }

  /** Before the first page of a tick is observed: features of the items, keys of the tick's candidates. */
  startPages(): void {
    this.writeItems();
    this.startCandidates();
  }

  /** The part of {@link startPages} that is done once for all threads. */
  writeItems(): void {
    this.#observer.writeItems();
  }

  /** The part of {@link startPages} that every thread does. */
  startCandidates(): void {
    this.#retriever.startTick();
  }

  /**
   * Writes what the platform sees of a user, and the candidates, into a row.
   *
   * @returns false where there are fewer candidates than positions: then there is no page, and the user tries again in the
   *   next step
   */
  observe(user: number, row: number): boolean {
    if (this.#see(user, row)) return true;
    const { active, users, clock } = this.state;
    active[user] = 0;
    users.visitAt[user] = clock[CLOCK.tick]! + 1;
    return false;
  }

  /** Writes a user's context alone, as it is after their last page. */
  observeContext(user: number, row: number): void {
    this.#observer.writeContext(user, row);
  }

  /** Writes what would be seen of a user who visited now. */
  observeAsIfVisiting(user: number, row: number): void {
    this.#population.seeNow(user);
    this.#see(user, row);
  }

  /** Writes context and candidates; whether there are as many of these as a page has positions. */
  #see(user: number, row: number): boolean {
    this.#observer.writeContext(user, row);
    return this.#retriever.retrieve(user, row);
  }

  /** Before the first page of a tick is answered. */
  startAnswers(): void {
    this.#response.startTick();
  }

  /** The user's answer to the page in a row; outcomes are written there. */
  answer(user: number, row: number): void {
    this.#response.answer(user, row);
  }

  /**
   * The barrier after the last page of a tick, and the day's end when it is one. After the last tick of the horizon it
   * returns true, and users neither come nor go: the world is over.
   */
  endTick(): boolean {
    const { clock } = this.state;
    const { advertising, demand } = this.#mechanisms;
    const tick = clock[CLOCK.tick]! + 1;
    clock[CLOCK.tick] = tick;
    advertising?.endTick();
    if (tick % this.options.stepsPerDay === 0) this.#supply.endDay(tick);
    if (tick >= this.#horizon) return true;
    demand.startTick(tick);
    this.#population.comeAndGo();
    return false;
  }
}
