import type { EngineOptions } from "./options.ts";
import type { ContentState } from "./state.ts";
import { MOST_STRIKES, suspensionLength, type EnforcementOptions } from "../laws/enforcement.ts";

/** Strikes of creators, and the suspensions that they end in. Days are those that begin at the barrier. */
export class Strikes {
  readonly #state: ContentState;
  readonly #options: EnforcementOptions;

  constructor(state: ContentState, options: EngineOptions) {
    this.#state = state;
    this.#options = options.integrity.enforcement;
  }

  /** A creator without a past. */
  clear(creator: number): void {
    const { strikes, suspended, suspendedUntil, suspensions } = this.#state.integrity;
    strikes.fill(0, creator * MOST_STRIKES, (creator + 1) * MOST_STRIKES);
    suspended[creator] = 0;
    suspendedUntil[creator] = 0;
    suspensions[creator] = 0;
  }

  /** Strikes in force on `day`. */
  inForce(creator: number, day: number): number {
    const { strikes } = this.#state.integrity;
    let count = 0;
    for (let i = creator * MOST_STRIKES; i < (creator + 1) * MOST_STRIKES; i++)
      if (strikes[i]! > day) count++;
    return count;
  }

  /** A strike on `day`; the one that lapses first makes room. Returns the day on which it lapses. */
  add(creator: number, day: number): number {
    const { strikes } = this.#state.integrity;
    let place = creator * MOST_STRIKES;
    for (let i = place + 1; i < (creator + 1) * MOST_STRIKES; i++)
      if (strikes[i]! < strikes[place]!) place = i;
    const lapses = day + this.#options.strikeDays;
    strikes[place] = lapses;
    return lapses;
  }

  /** Takes back one strike that lapses on `lapses`, if there is one; a suspension that it was needed for ends. */
  takeBack(creator: number, lapses: number, day: number): void {
    const { strikes, suspended, suspensions } = this.#state.integrity;
    for (let i = creator * MOST_STRIKES; i < (creator + 1) * MOST_STRIKES; i++)
      if (strikes[i] === lapses) {
        strikes[i] = 0;
        if (suspended[creator] === 1 && this.inForce(creator, day) < this.#options.strikesToSuspend) {
          suspended[creator] = 0;
          suspensions[creator] = suspensions[creator]! - 1;
        }
        return;
      }
  }

  /**
   * Ends a suspension that is over, with a clean slate, and begins one when enough strikes are in force. Returns whether
   * one has begun.
   */
  settle(creator: number, day: number): boolean {
    const { strikes, suspended, suspendedUntil, suspensions } = this.#state.integrity;
    if (suspended[creator] === 1) {
      if (suspendedUntil[creator]! > day) return false;
      suspended[creator] = 0;
      strikes.fill(0, creator * MOST_STRIKES, (creator + 1) * MOST_STRIKES);
      return false;
    }
    if (this.inForce(creator, day) < this.#options.strikesToSuspend) return false;
    suspended[creator] = 1;
    suspendedUntil[creator] = day + suspensionLength(suspensions[creator]!, this.#options);
    suspensions[creator] = suspensions[creator]! + 1;
    return true;
  }
}
