import { CONTROL, TREATMENT } from "../designs/design.ts";

/** A market of many listings that customers book and that come back after a while. */
export interface ListingMarket {
  /** Customers who arrive per listing while one booking lasts, `λ/τ`, > 0: small when supply abounds, large when it is scarce. */
  readonly demand: number;
  /** Utility `v` of an available listing against that of not booking, which is 1; > 0. */
  readonly controlUtility: number;
  /** The same under treatment. */
  readonly treatmentUtility: number;
}

/** Shares treated on each side; a customer sees a listing's treated utility where both are treated. */
export interface TreatedShares {
  readonly customerShare: number;
  readonly listingShare: number;
}

/** A steady state of the mean-field market. */
export interface MeanFieldState {
  /** Available listings of each arm, as shares of all listings. */
  readonly available: Float64Array;
  /** Bookings a customer (of any kind) by pair of arms, `2 · customer's arm + listing's arm`. */
  readonly bookings: Float64Array;
  /** Bookings a customer. */
  readonly bookingProbability: number;
}

/** @throws RangeError for a demand or utility that is not finite and > 0, or a share outside [0, 1] */
function check(where: string, market: ListingMarket, shares: TreatedShares): void {
  for (const [name, value] of Object.entries({
    demand: market.demand,
    controlUtility: market.controlUtility,
    treatmentUtility: market.treatmentUtility,
  }))
    if (!(value > 0 && value < Infinity))
      throw new RangeError(`${where}: ${name} must be finite and > 0, got ${value}`);
  for (const [name, value] of Object.entries({
    customerShare: shares.customerShare,
    listingShare: shares.listingShare,
  }))
    if (!(value >= 0 && value <= 1))
      throw new RangeError(`${where}: ${name} must be from 0 to 1, got ${value}`);
}

/**
 * Steady state of infinitely many listings: a customer of arm c books a listing of arm l with probability
 * `s_l v_cl / (1 + Σ s_k v_ck)`, and with listings' shares `ρ_l` those booked are those that come back:
 * `ρ_l − s_l = (λ/τ) Σ_c a_c s_l v_cl / (1 + Σ s_k v_ck)`.
 *
 * The fixed point is unique, and the iteration contracts (in logarithms) by at least `d / (1 + d)`, `d = Σ s_k v_ck`.
 *
 * @throws RangeError for a demand or utility that is not > 0, or a share outside [0, 1]
 * @see Johari, Li, Liskovich & Weintraub (2022), "Experimental design in two-sided platforms: an analysis of bias"
 */
export function meanFieldState(market: ListingMarket, shares: TreatedShares): MeanFieldState {
  check("meanFieldState", market, shares);
  const { demand, controlUtility, treatmentUtility } = market;
  const customers = [1 - shares.customerShare, shares.customerShare];
  const listings = [1 - shares.listingShare, shares.listingShare];
  const utility = [controlUtility, controlUtility, controlUtility, treatmentUtility];
  const available = Float64Array.from(listings);
  const weight = (customer: number): number =>
    1 + available[CONTROL]! * utility[2 * customer]! + available[TREATMENT]! * utility[2 * customer + 1]!;
  for (let round = 0, moved = 1; moved > 1e-15; round++) {
    if (round === 100_000)
      throw new RangeError(`meanFieldState: no steady state found at demand ${demand}; utilities too large`);
    const forControl = customers[CONTROL]! / weight(CONTROL);
    const forTreatment = customers[TREATMENT]! / weight(TREATMENT);
    moved = 0;
    for (const listing of [CONTROL, TREATMENT]) {
      const taken = demand * (forControl * utility[listing]! + forTreatment * utility[2 + listing]!);
      const next = listings[listing]! / (1 + taken);
      moved = Math.max(moved, Math.abs(next - available[listing]!));
      available[listing] = next;
    }
  }
  const bookings = new Float64Array(4);
  let bookingProbability = 0;
  for (let pair = 0; pair < 4; pair++) {
    const customer = pair >> 1;
    bookings[pair] = (customers[customer]! * available[pair & 1]! * utility[pair]!) / weight(customer);
    bookingProbability += bookings[pair]!;
  }
  return { available, bookings, bookingProbability };
}

/** The true effect in the mean-field market and how far from it each design's plain estimate is. */
export interface MeanFieldEffects {
  /** Bookings a customer with nobody treated. */
  readonly control: number;
  /** Bookings a customer with all treated. */
  readonly treatment: number;
  /** Their difference: the effect of launching. */
  readonly effect: number;
  /** Estimate over effect − 1, customers randomised. */
  readonly customerBias: number;
  /** The same, listings randomised. */
  readonly listingBias: number;
  /** The same, both randomised, treated pairs against all others (each kind by its share of pairs). */
  readonly twoSidedBias: number;
}

/**
 * Effect of treating the whole market and the relative bias of plain experiments with the given shares.
 *
 * @param share - share treated on each side that is randomised, in (0, 1). @defaultValue 0.5
 * @throws RangeError as {@link meanFieldState}, for equal utilities, or for a share of 0 or 1
 */
export function meanFieldEffects(market: ListingMarket, share = 0.5): MeanFieldEffects {
  if (market.controlUtility === market.treatmentUtility)
    throw new RangeError(`meanFieldEffects: utilities must differ, got ${market.controlUtility} twice`);
  if (!(share > 0 && share < 1))
    throw new RangeError(`meanFieldEffects: share must be between 0 and 1, got ${share}`);
  const state = (customerShare: number, listingShare: number): MeanFieldState =>
    meanFieldState(market, { customerShare, listingShare });
  const control = state(0, 0).bookingProbability;
  const treatment = state(1, 1).bookingProbability;
  const effect = treatment - control;
  const customer = state(share, 1).bookings;
  const listing = state(1, share).bookings;
  const both = state(share, share).bookings;
  const bias = (estimate: number): number => estimate / effect - 1;
  return {
    control,
    treatment,
    effect,
    customerBias: bias(customer[3]! / share - customer[1]! / (1 - share)),
    listingBias: bias(listing[3]! / share - listing[2]! / (1 - share)),
    twoSidedBias: bias(both[3]! / share ** 2 - (both[0]! + both[1]! + both[2]!) / (1 - share ** 2)),
  };
}
