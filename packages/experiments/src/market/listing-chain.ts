import { checkedCount } from "../checks.ts";
import type { ListingMarket } from "./mean-field-market.ts";

/** A {@link ListingMarket} of a finite number of listings, all alike. */
export interface ListingChainInput extends ListingMarket {
  /** Listings `N`, >= 1. */
  readonly listings: number;
}

/** Exact answers about one experiment in a listing chain, all in bookings a customer. */
export interface ChainEffects {
  readonly control: number;
  readonly treatment: number;
  /** The effect of treating every customer. */
  readonly effect: number;
  /** What a difference in means over customers estimates. */
  readonly naive: number;
  /** What Differences-in-Qs estimates. */
  readonly differencesInQ: number;
}

/**
 * The market of N listings as a birth–death chain on n, the number available: customers arrive at rate `λ N` and book with
 * probability `p(n) = n v / (N + n v)`, and each of the N − n booked listings comes back at rate `τ`. Time is counted in bookings'
 * mean lengths (τ = 1). Everything is solved exactly.
 *
 * @see Johari, Li, Liskovich & Weintraub (2022); Farias, Li, Peng & Zheng (2022), "Markovian interference in experiments"
 */
export class ListingChain {
  readonly listings: number;
  readonly demand: number;
  readonly #utility: readonly [number, number];

  /** @throws RangeError for a number of listings, demand or utility that is not allowed */
  constructor({ listings, demand, controlUtility, treatmentUtility }: ListingChainInput) {
    this.listings = checkedCount("ListingChain: listings", listings);
    for (const value of [demand, controlUtility, treatmentUtility])
      if (!(value > 0 && value < Infinity))
        throw new RangeError(`ListingChain: demand and utilities must be finite and > 0, got ${value}`);
    this.demand = demand;
    this.#utility = [controlUtility, treatmentUtility];
  }

  /** Probability that a customer who finds n listings books one. */
  bookingProbability(available: number, arm: number): number {
    const weight = (available / this.listings) * this.#utility[arm]!;
    return weight / (1 + weight);
  }

  /** The same of a customer whose arm is drawn with `share` in treatment. */
  #mixed(available: number, share: number): number {
    return (
      (1 - share) * this.bookingProbability(available, 0) + share * this.bookingProbability(available, 1)
    );
  }

  /**
   * Stationary probability of each n = 0 … N, by detailed balance `π(n) λN p(n) = π(n − 1)(N − n + 1)`. Customers find the
   * market in it (Poisson arrivals see time averages).
   *
   * @param share - share of treated customers
   */
  stationaryLaw(share: number): Float64Array {
    const { listings, demand } = this;
    const law = new Float64Array(listings + 1);
    let largest = 0;
    for (let n = listings; n > 0; n--) {
      law[n - 1] = law[n]! + Math.log(demand * listings * this.#mixed(n, share)) - Math.log(listings - n + 1);
      largest = Math.max(largest, law[n - 1]!);
    }
    let total = 0;
    for (let n = 0; n <= listings; n++) total += law[n] = Math.exp(law[n]! - largest);
    for (let n = 0; n <= listings; n++) law[n]! /= total;
    return law;
  }

  /** Bookings a customer in the long run, with `share` of customers treated. */
  meanBookings(share: number): number {
    return this.stationaryLaw(share).reduce((sum, mass, n) => sum + mass * this.#mixed(n, share), 0);
  }

  /**
   * Value of one more available listing in state n = 0 … N − 1, `V(n + 1) − V(n)`, in bookings over all time to come: the solution
   * of Poisson's equation `λN p(n) (1 − d(n − 1)) + (N − n) d(n) = λN η`.
   *
   * Up to the likeliest state upwards and from there on downwards: each recursion damps its errors on its side alone.
   */
  listingValues(share: number): Float64Array {
    const { listings, demand } = this;
    const law = this.stationaryLaw(share);
    const flow = demand * listings * this.meanBookings(share);
    const rate = (n: number): number => demand * listings * this.#mixed(n, share);
    let likeliest = 0;
    for (let n = 1; n <= listings; n++) if (law[n]! > law[likeliest]!) likeliest = n;
    const value = new Float64Array(listings);
    for (let n = 0; n < likeliest; n++)
      value[n] = (flow - rate(n) * (1 - (n === 0 ? 0 : value[n - 1]!))) / (listings - n);
    for (let n = listings; n > likeliest; n--)
      value[n - 1] = 1 - (flow - (n === listings ? 0 : (listings - n) * value[n]!)) / rate(n);
    return value;
  }

  /**
   * The true effect and what two estimators of a test with `share` of customers treated converge to.
   *
   * Differences-in-Qs counts a booking less the value of the listing it takes: `E_π[(p₁(n) − p₀(n)) (1 − d(n − 1))]`.
   */
  effects(share = 0.5): ChainEffects {
    const law = this.stationaryLaw(share);
    const value = this.listingValues(share);
    let naive = 0;
    let differencesInQ = 0;
    for (let n = 1; n <= this.listings; n++) {
      const lift = law[n]! * (this.bookingProbability(n, 1) - this.bookingProbability(n, 0));
      naive += lift;
      differencesInQ += lift * (1 - value[n - 1]!);
    }
    const control = this.meanBookings(0);
    const treatment = this.meanBookings(1);
    return { control, treatment, effect: treatment - control, naive, differencesInQ };
  }
}
