import type { EngineOptions } from "./options.ts";
import type { ContentState } from "./state.ts";

/** Places in what {@link Advertising.answer} writes. */
export const SPONSORED = { opened: 0, enjoyment: 1, minutes: 2, price: 3, length: 4 } as const;

/** Advertisers: campaigns, auctions, sponsored positions. */
export class Advertising {
  constructor(_state: ContentState, _options: EngineOptions, _users: number) {}
  start(): void {}
  startTick(): void {}
  /** Chooses what is sponsored: `shownItem[j]` >= 0 that item, −1 sponsored; `shownCampaign[j]` >= 0 sponsored, −1 organic. */
  place(
    _user: number,
    _row: number,
    organic: Int32Array,
    shownItem: Int32Array,
    shownCampaign: Int32Array,
  ): void {
    shownItem.set(organic);
    shownCampaign.fill(-1);
  }
  /** What a sponsored position that was looked at gives; see SPONSORED. */
  answer(_user: number, _row: number, _position: number, out: Float64Array): void {
    out.fill(0);
  }
  endTick(_tick: number): void {}
  endDay(_tick: number, _day: number): void {}
}
