import { classifierScore } from "../laws/classifier.ts";
import type { EngineOptions } from "./options.ts";
import type { ContentState } from "./state.ts";

/** Reports, review, enforcement, appeals, adversaries. */
export class Integrity {
  readonly #state: ContentState;
  readonly #options: EngineOptions;
  constructor(state: ContentState, options: EngineOptions, _users: number) {
    this.#state = state;
    this.#options = options;
  }
  start(): void {}
  /** A new item: its score. `normal` is the item's own standard normal draw. */
  itemMade(item: number, _creator: number, normal: number): void {
    const { items } = this.#state;
    items.classifier[item] = classifierScore(items.harmful[item]!, normal, this.#options.classifier);
    this.#state.integrity.blocked[item] = 0;
  }
  /** A user reports an item; it arrives after a delay. */
  report(_item: number, _user: number, _row: number): void {}
  endDay(_tick: number, _day: number): void {}
}
