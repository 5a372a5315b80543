import type { AuctionCatalogue } from "./catalogue.ts";

/**
 * The ad that an advertiser enters: the one of the largest expected value `value · CTR`, `CTR = σ(context · embedding +
 * intercept)`. Writes that value and the CTR to `out[at]` and `out[at + 1]`.
 *
 * @returns the ad's position in the advertiser's catalogue
 * @see AuctionGym `Agent.py`, `select_item`, with `OracleAllocator`
 */
export function bestAdInto(
  out: Float64Array,
  at: number,
  catalogue: AuctionCatalogue,
  advertiser: number,
  ads: number,
  context: Float64Array,
  contextStart: number,
  dimensions: number,
): number {
  const { embeddings, intercepts, values } = catalogue;
  const first = advertiser * ads;
  let best = 0;
  out[at] = -1;
  for (let ad = 0; ad < ads; ad++) {
    let logit = intercepts[first + ad]!;
    for (let d = 0; d < dimensions; d++)
      logit += embeddings[(first + ad) * dimensions + d]! * context[contextStart + d]!;
    const rate = 1 / (1 + Math.exp(-logit));
    const worth = rate * values[first + ad]!;
    if (worth <= out[at]!) continue;
    best = ad;
    out[at] = worth;
    out[at + 1] = rate;
  }
  return best;
}

/**
 * Second-price auction of one slot with a reserve: the highest bid wins if it reaches the reserve, and pays the larger of
 * the second bid and the reserve; ties go to the earlier bidder.
 *
 * @param price - one cell: the reserve before, the price after, 0 when unsold. A cell, since a bare number would be boxed.
 * @returns the winner's position, or −1 when the slot stays unsold
 * @see AuctionGym `AuctionAllocation.py`, `SecondPrice`, which has no reserve
 */
export function secondPrice(bids: Float64Array, price: Float64Array): number {
  let winner = 0;
  for (let i = 1; i < bids.length; i++) if (bids[i]! > bids[winner]!) winner = i;
  if (bids[winner]! < price[0]!) {
    price[0] = 0;
    return -1;
  }
  for (let i = 0; i < bids.length; i++) if (i !== winner && bids[i]! > price[0]!) price[0] = bids[i]!;
  return winner;
}
