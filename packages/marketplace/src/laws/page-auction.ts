/**
 * What one page's auction is about and what comes of it. Struct of arrays, used again for every page.
 *
 * Clicks are separable: bidder i in position j is clicked with `examination[j] · click[i]`. A page holds `positions`
 * entries; what is not sponsored goes to the organic items, in the order in which they are ranked, and as many of the last
 * ones are left out as there are sponsored positions.
 */
export class PageAuction {
  readonly positions: number;
  /** Chance that each position is looked at, or clicks that it has to give; >= 0, never rising. */
  readonly examination: Float64Array;
  /** Worth to the platform of a look at each organic item, in their order [money/look]; >= 0. */
  readonly organicValue: Float64Array;
  /** What each bidder bids [money/click]. */
  readonly bid: Float64Array;
  /** Chance that each bidder is clicked, once looked at. */
  readonly click: Float64Array;
  /** The least price of a click [money/click]; one number. */
  readonly reserve = new Float64Array(1);
  /** Result: bidder in each position, −1 where it is organic. */
  readonly winner: Int32Array;
  /** Result: price of a click in each sponsored position [money/click]. */
  readonly price: Float64Array;

  /** Worth of a look at each bidder, by which they are ranked [money/look]. */
  readonly worth: Float64Array;
  /** The best bidders, best first; see {@link rankBidders}. */
  readonly ranked: Int32Array;
  /** Best total of a page of `a` sponsored and `k` organic entries, at `a · (positions + 1) + k`. */
  readonly total: Float64Array;
  /** The best total of a whole page; one number. */
  readonly welfare = new Float64Array(1);

  /**
   * @param positions - entries of a page
   * @param bidders - bidders of a page at most
   */
  constructor(positions: number, bidders: number) {
    this.positions = positions;
    this.examination = new Float64Array(positions);
    this.organicValue = new Float64Array(positions);
    this.bid = new Float64Array(bidders);
    this.click = new Float64Array(bidders);
    this.winner = new Int32Array(positions).fill(-1);
    this.price = new Float64Array(positions);
    this.worth = new Float64Array(bidders);
    this.ranked = new Int32Array(bidders);
    this.total = new Float64Array((positions + 1) * (positions + 1));
  }
}

/**
 * Ranks those of the first `bidders` who bid at least the reserve and may be clicked: writes the best `most` of them to
 * `ranked`, by falling `worth`, the earlier one first where they are equal.
 *
 * @returns how many were written
 */
export function rankBidders(page: PageAuction, bidders: number, most: number): number {
  const { bid, click, worth, ranked } = page;
  const reserve = page.reserve[0]!;
  let count = 0;
  for (let i = 0; i < bidders; i++) {
    if (!(bid[i]! >= reserve && click[i]! > 0)) continue;
    let place = count < most ? count++ : most;
    while (place > 0 && worth[i]! > worth[ranked[place - 1]!]!) {
      if (place < most) ranked[place] = ranked[place - 1]!;
      place--;
    }
    if (place < most) ranked[place] = i;
  }
  return count;
}
