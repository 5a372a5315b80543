import type { EngineOptions } from "./options.ts";
import type { ContentState } from "./state.ts";

/** Creators as agents. */
export class CreatorAgency {
  readonly #state: ContentState;
  constructor(state: ContentState, _options: EngineOptions, _users: number) {
    this.#state = state;
  }
  start(): void {}
  enter(creator: number): void {
    this.#state.agency.volume[creator] = 1;
    this.#state.agency.effort[creator] = 0.5;
  }
  respond(_tick: number, _day: number): void {}
}
