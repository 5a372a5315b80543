import { rankBidders, type PageAuction } from "./page-auction.ts";

/**
 * Positions that are sold of a page, best first: the k-th of n is `first + ⌊k·(positions − first)/n⌋`, so they are spread
 * evenly from the first that may be sponsored on.
 *
 * @param places - result; as long as a page
 * @param count - how many are sold, n; at most `positions − first`
 */
export function spreadPlaces(places: Int32Array, count: number, first: number, positions: number): void {
  for (let k = 0; k < count; k++) places[k] = first + Math.floor((k * (positions - first)) / count);
}

/**
 * Generalised second price with a reserve r: bidders are ranked by `bid · click`; the k-th gets the k-th place that is
 * sold, and pays for a click the least bid that would have kept it, `max(r, bidₖ₊₁·clickₖ₊₁/clickₖ)`.
 *
 * With one place this is the second-price auction, in which bidding one's value is best whatever the others do. With more it
 * is not: a bidder may gain by bidding below value. What is displaced is not paid for.
 *
 * Places without a bidder stay organic. Fills `winner` and `price` of the page.
 *
 * @param bidders - the first so many bids take part
 * @param places - positions that are sold, best first
 * @param count - how many of `places` are sold
 * @see Edelman, Ostrovsky & Schwarz (2007), "Internet Advertising and the Generalized Second-Price Auction"
 */
export function sellBySecondPrice(
  page: PageAuction,
  bidders: number,
  places: Int32Array,
  count: number,
): void {
  const { bid, click, worth, ranked, winner, price } = page;
  const reserve = page.reserve[0]!;
  for (let i = 0; i < bidders; i++) worth[i] = bid[i]! * click[i]!;
  const there = rankBidders(page, bidders, count + 1);
  winner.fill(-1);
  price.fill(0);
  for (let k = 0; k < count && k < there; k++) {
    const i = ranked[k]!;
    winner[places[k]!] = i;
    const threatened = k + 1 < there ? worth[ranked[k + 1]!]! / click[i]! : 0;
    // rounding must not take the price above the bid
    price[places[k]!] = Math.min(bid[i]!, threatened > reserve ? threatened : reserve);
  }
}
