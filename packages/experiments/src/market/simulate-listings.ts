import { uniformsInto, type RandomKey } from "@longview/statistics";
import { checkedCount } from "../checks.ts";
import { CONTROL, TREATMENT } from "../designs/design.ts";
import type { ListingChainInput } from "./listing-chain.ts";

/** Options of {@link simulateListings}. */
export interface SimulateListingsOptions {
  /** Customers to record. */
  readonly customers: number;
  /** Customers before the first that is recorded; the market starts with all listings available. @defaultValue 0 */
  readonly burnIn?: number;
  /** Share of listings that are treated, rounded to whole listings. @defaultValue 1: treatment is the customers' alone */
  readonly listingShare?: number;
  /** Arm of a customer by number (recorded ones from 0) and time of arrival; time is in bookings' mean lengths. */
  readonly customerArm: (customer: number, time: number) => number;
}

/** One entry a recorded customer. */
export interface SimulatedListings {
  /** Time of arrival, in bookings' mean lengths, from the start of the market. */
  readonly time: Float64Array;
  /** Listings that the customer found available. */
  readonly available: Int32Array;
  readonly arm: Uint8Array;
  /** 1 when the customer booked. */
  readonly booked: Uint8Array;
  /** Arm of the listing booked; control where none was. */
  readonly listingArm: Uint8Array;
}

/**
 * Simulates the listing market customer by customer, as a continuous-time chain: each event's kind, time and booking come from the
 * draws of its own number, so equal keys give equal markets and different arms share their luck until they differ.
 *
 * @throws RangeError for counts or shares that are not allowed
 */
export function simulateListings(
  market: ListingChainInput,
  key: RandomKey,
  options: SimulateListingsOptions,
): SimulatedListings {
  const { burnIn = 0, listingShare = 1, customerArm } = options;
  const listings = checkedCount("simulateListings: listings", market.listings);
  const customers = checkedCount("simulateListings: customers", options.customers);
  checkedCount("simulateListings: burnIn", burnIn, 0);
  if (!(listingShare >= 0 && listingShare <= 1))
    throw new RangeError(`simulateListings: listingShare must be from 0 to 1, got ${listingShare}`);
  const { demand, controlUtility, treatmentUtility } = market;
  const arrivalRate = demand * listings;
  const treatedListings = Math.round(listingShare * listings);
  const controlListings = listings - treatedListings;
  let control = controlListings;
  let treated = treatedListings;
  const out: SimulatedListings = {
    time: new Float64Array(customers),
    available: new Int32Array(customers),
    arm: new Uint8Array(customers),
    booked: new Uint8Array(customers),
    listingArm: new Uint8Array(customers),
  };
  const draws = new Float64Array(4);
  let time = 0;
  for (let event = 0, customer = -burnIn; customer < customers; event++) {
    uniformsInto(draws, 0, 4, key.first, key.second, event, 0);
    const rate = arrivalRate + (listings - control - treated);
    time -= Math.log(draws[1]!) / rate;
    const at = draws[0]! * rate - arrivalRate;
    if (at >= 0) {
      if (at < controlListings - control) control++;
      else treated++;
      continue;
    }
    const arm = customerArm(customer, time);
    const controlWeight = (control / listings) * controlUtility;
    const weight =
      controlWeight + (treated / listings) * (arm === TREATMENT ? treatmentUtility : controlUtility);
    const pick = draws[2]! * (1 + weight);
    const listingArm = pick < controlWeight ? CONTROL : TREATMENT;
    if (customer >= 0) {
      out.time[customer] = time;
      out.available[customer] = control + treated;
      out.arm[customer] = arm;
      out.booked[customer] = pick < weight ? 1 : 0;
      out.listingArm[customer] = pick < weight ? listingArm : CONTROL;
    }
    if (pick < weight) {
      if (listingArm === CONTROL) control--;
      else treated--;
    }
    customer++;
  }
  return out;
}
