import { rankBidders, type PageAuction } from "./page-auction.ts";

/**
 * Vickrey–Clarke–Groves over the whole page: sponsored and organic entries are laid out so that
 *
 * `W = Σ_sponsored examinationⱼ·clickᵢ·(bidᵢ − reserve) + Σ_organic examinationⱼ·organicValue`
 *
 * is largest, with at most `most` sponsored entries, none before position `first`, and the organic ones in their order.
 * A winner pays for what its presence takes from everyone else, other bidders and organic items alike:
 *
 * `pᵢ = W₋ᵢ(without i) − W₋ᵢ(with i)`, expected; so `reserve + pᵢ/(examinationⱼ·clickᵢ)` a click.
 *
 * The reserve enters as the platform's own worth of a click that it does not sell. That keeps bidding one's value best
 * whatever the others do (an affine maximiser), which a price of `max(reserve, VCG)` would not with several positions.
 * No bidder pays more than its bid, none is paid. Where entries tie, the organic one is shown.
 *
 * Sponsored entries are in falling order of worth (an exchange raises W otherwise), so the best page is found over (a, k),
 * the numbers of sponsored and organic entries so far: `positions · most` steps, once and once more for each winner.
 *
 * Fills `winner` and `price` of the page.
 *
 * @param bidders - the first so many bids take part
 * @param first - first position that may be sponsored
 * @param most - sponsored positions at most
 * @see Vickrey (1961), Clarke (1971), Groves (1973); Roberts (1979) for affine maximisers
 */
export function sellByExternality(page: PageAuction, bidders: number, first: number, most: number): void {
  const { positions, bid, click, worth, winner, price, ranked, examination, welfare } = page;
  const reserve = page.reserve[0]!;
  for (let i = 0; i < bidders; i++) worth[i] = (bid[i]! - reserve) * click[i]!;
  const limit = Math.min(most, positions - first);
  // one more than can win: whoever moves up when a winner is absent
  const there = rankBidders(page, bidders, limit + 1);
  winner.fill(-1);
  price.fill(0);
  const entries = layOut(page, first, Math.min(limit, there), -1);
  readBack(page, first, entries);
  const whole = welfare[0]!;
  for (let k = 0; k < entries; k++) {
    const i = ranked[k]!;
    layOut(page, first, Math.min(limit, there - 1), k);
    const place = winner.indexOf(i);
    const weight = examination[place]!;
    const externality = welfare[0]! - (whole - weight * worth[i]!);
    const charged = externality > 0 ? externality / (weight * click[i]!) : 0;
    // rounding must not take the price above the bid
    price[place] = Math.min(bid[i]!, reserve + charged);
  }
}

/**
 * Fills `total` for up to `most` of the ranked bidders, leaving out the one of rank `absent` (−1: nobody), and `welfare`.
 *
 * @returns number of sponsored entries of the best page
 */
function layOut(page: PageAuction, first: number, most: number, absent: number): number {
  const { positions, examination, organicValue, worth, ranked, total, welfare } = page;
  const width = positions + 1;
  total[0] = 0;
  for (let k = 1; k <= positions; k++) total[k] = total[k - 1]! + examination[k - 1]! * organicValue[k - 1]!;
  let best = 0;
  welfare[0] = total[positions]!;
  for (let a = 1; a <= most; a++) {
    const rank = absent >= 0 && a - 1 >= absent ? a : a - 1;
    const own = worth[ranked[rank]!]!;
    const row = a * width;
    for (let k = 0; a + k <= positions; k++) {
      const weight = examination[a + k - 1]!;
      const organic = k > 0 ? total[row + k - 1]! + weight * organicValue[k - 1]! : -Infinity;
      const sponsored = a + k - 1 >= first ? total[row - width + k]! + weight * own : -Infinity;
      total[row + k] = sponsored > organic ? sponsored : organic;
    }
    if (total[row + positions - a]! > welfare[0]!) {
      welfare[0] = total[row + positions - a]!;
      best = a;
    }
  }
  return best;
}

/** Writes the winners of the best page that {@link layOut} found with nobody absent, from its end backwards. */
function readBack(page: PageAuction, first: number, entries: number): void {
  const { positions, examination, organicValue, worth, ranked, total, winner } = page;
  const width = positions + 1;
  let a = entries;
  let k = positions - entries;
  while (a > 0) {
    const weight = examination[a + k - 1]!;
    const organic = k > 0 ? total[a * width + k - 1]! + weight * organicValue[k - 1]! : -Infinity;
    const own = worth[ranked[a - 1]!]!;
    const sponsored = a + k - 1 >= first ? total[(a - 1) * width + k]! + weight * own : -Infinity;
    if (sponsored > organic) {
      winner[a + k - 1] = ranked[a - 1]!;
      a--;
    } else k--;
  }
}
