/**
 * How far plain experiments are from the effect of a launch where customers compete for listings, and what corrects them.
 *
 * Market: Johari, Li, Liskovich and Weintraub's, utility .315 → .3937, half treated, at demand λ/τ of .1, 1 and 10. First its mean
 * field and the chain of 500 listings, both solved exactly; then experiments simulated in that chain, each of `--customers` customers,
 * whose estimates are held against the chain's exact effect.
 */
import {
  createDesign,
  differenceInMeans,
  differencesInQ,
  EffectMonitor,
  ListingChain,
  meanFieldEffects,
  meanFieldState,
  simulateListings,
  switchbackEffect,
  type EffectEstimate,
} from "@longview/experiments";
import { deriveKey, foldIn, normalQuantile, rootKey, uniform, type RandomKey } from "@longview/statistics";
import { binomialBounds } from "./gate-launches/binomial-bounds.ts";
import { numberOption } from "./measure.ts";
import { Report } from "./row.ts";

const UTILITIES = { controlUtility: 0.315, treatmentUtility: 0.3937 };
const LISTINGS = 500;
/** Demand, the biases in percent that are asked for, and a switchback's interval and washout in bookings' mean lengths. */
const CASES = [
  { demand: 0.1, customer: 2.0, listing: 33.5, length: 8, washout: 4 },
  { demand: 1, customer: 21.6, listing: 21.6, length: 6, washout: 3 },
  { demand: 10, customer: 299.6, listing: 1.9, length: 2, washout: 1 },
] as const;

function percent(share: number): string {
  return `${share < 0 ? "" : "+"}${(100 * share).toFixed(2)} %`;
}

function exactRows(report: Report): void {
  for (const { demand, customer, listing } of CASES) {
    const field = meanFieldEffects({ demand, ...UTILITIES });
    const compared = `bookings a customer ${field.control.toFixed(4)} -> ${field.treatment.toFixed(4)}`;
    // Both sides randomised, treated pairs against pairs of which neither side is.
    const { bookings } = meanFieldState({ demand, ...UTILITIES }, { customerShare: 0.5, listingShare: 0.5 });
    const cells = (4 * (bookings[3]! - bookings[0]!)) / field.effect - 1;
    for (const [side, bias, asked] of [
      ["customers randomised", field.customerBias, customer],
      ["listings randomised", field.listingBias, listing],
      ["both randomised, treated pairs against all others", field.twoSidedBias, null],
      ["both randomised, treated pairs against those of control on both sides", cells, null],
    ] as const)
      report.add({
        name: `interference: mean field, demand ${demand}, ${side}`,
        measured: 100 * bias,
        unit: "bias, % of the effect",
        comparedWith: compared,
        ratio: null,
        bar: asked === null ? null : `${asked.toFixed(1)} to a decimal`,
        met: asked === null ? null : Number((100 * bias).toFixed(1)) === asked,
      });
    const {
      effect,
      naive,
      differencesInQ: corrected,
    } = new ListingChain({
      listings: LISTINGS,
      demand,
      ...UTILITIES,
    }).effects();
    report.add({
      name: `interference: chain of ${LISTINGS} listings, demand ${demand}, Differences-in-Qs, exact`,
      measured: 100 * (corrected / effect - 1),
      unit: "bias, % of the effect",
      comparedWith: `plain difference over customers ${percent(naive / effect - 1)}`,
      ratio: null,
      bar: "within 1",
      met: Math.abs(corrected / effect - 1) <= 0.01,
    });
  }
}

type Estimates = Readonly<Record<string, EffectEstimate | { readonly effect: number }>>;

/** One experiment of each design, of equally many customers. */
function experiments(
  { demand, length, washout }: (typeof CASES)[number],
  customers: number,
  key: RandomKey,
): Estimates {
  const market = { listings: LISTINGS, demand, ...UTILITIES };
  const burnIn = Math.ceil(10 * demand * LISTINGS);
  const coin = deriveKey(key, "arms");
  const byCustomer = simulateListings(market, deriveKey(key, "customers"), {
    customers,
    burnIn,
    customerArm: (customer) => (uniform(coin, customer + burnIn, 0) < 0.5 ? 1 : 0),
  });
  const features = new Float64Array(2 * customers);
  byCustomer.available.forEach((available, i) => {
    features[2 * i] = available / LISTINGS;
    features[2 * i + 1] = (available / LISTINGS) ** 2;
  });
  const { booked: outcome, arm } = byCustomer;

  const byListing = simulateListings(market, deriveKey(key, "listings"), {
    customers,
    burnIn,
    listingShare: 0.5,
    customerArm: () => 1,
  });
  let difference = 0;
  for (let i = 0; i < customers; i++)
    if (byListing.booked[i] === 1) difference += byListing.listingArm[i] === 1 ? 2 : -2;

  const design = createDesign({ kind: "switchback", length, washout, order: "paired" }, key);
  const inTime = simulateListings(market, deriveKey(key, "switchback"), {
    customers,
    burnIn,
    customerArm: (_, time) => design.armOfInterval(Math.floor(time / length)),
  });
  const rows = { count: customers, time: inTime.time };
  const interval = new Int32Array(customers);
  const kept = new Uint8Array(customers);
  design.intervalsInto(interval, rows);
  design.keptInto(kept, rows);
  return {
    "customers randomised, difference in means": differenceInMeans({ outcome, arm }),
    "the same test, Differences-in-Qs": differencesInQ({ outcome, arm, features }),
    "listings randomised, difference in bookings": { effect: difference / customers },
    [`switchback of ${length} with washout ${washout}`]: switchbackEffect(
      { outcome: inTime.booked, arm: inTime.arm, interval, kept },
      { order: "paired" },
    ),
  };
}

function simulatedRows(report: Report, runs: number, customers: number): void {
  for (const one of CASES) {
    const { effect, differencesInQ: target } = new ListingChain({
      listings: LISTINGS,
      demand: one.demand,
      ...UTILITIES,
    }).effects();
    const key = foldIn(rootKey("interference"), Math.round(10 * one.demand));
    const all = Array.from({ length: runs }, (_, run) => experiments(one, customers, foldIn(key, run)));
    for (const name of Object.keys(all[0]!)) {
      const estimates = all.map((estimate) => estimate[name]!);
      const mean = estimates.reduce((sum, estimate) => sum + estimate.effect, 0) / runs;
      const square = estimates.reduce((sum, estimate) => sum + (estimate.effect - effect) ** 2, 0) / runs;
      const spread = estimates.reduce((sum, estimate) => sum + (estimate.effect - mean) ** 2, 0) / (runs - 1);
      const error = Math.sqrt(spread / runs);
      const intervals = estimates.flatMap((estimate) => ("interval" in estimate ? [estimate.interval] : []));
      const covered = intervals.filter(([lower, upper]) => lower <= effect && effect <= upper).length;
      const [low, high] = binomialBounds(covered, Math.max(1, intervals.length), 0.999);
      const corrected = name.includes("Differences-in-Qs");
      report.add({
        name: `interference: simulated, demand ${one.demand}, ${name}`,
        measured: 100 * (mean / effect - 1),
        unit: "bias, % of the effect",
        comparedWith: `own standard error ${((100 * error) / effect).toFixed(2)} %; root mean square error of one experiment ${((100 * Math.sqrt(square)) / effect).toFixed(1)} %`,
        ratio: null,
        bar: corrected
          ? "its exact value within 4 standard errors, and 95 % inside exact 99.9 % bounds of coverage"
          : null,
        met: corrected ? Math.abs(mean - target) <= 4 * error && low <= 0.95 && 0.95 <= high : null,
        note:
          `${runs} experiments of ${customers} customers` +
          (intervals.length === 0
            ? ""
            : `; nominal 95 % intervals cover the effect in ${covered} (exact 99.9 % bounds ${low.toFixed(3)} to ${high.toFixed(3)})`),
      });
    }
  }
}

/** Experiments without effect that ever say otherwise, looked at after each of 100 periods of 100 new users. */
function peekingRow(report: Report, runs: number): void {
  let wrong = 0;
  const outcome = new Float64Array(100);
  const arm = new Uint8Array(100);
  for (let run = 0; run < runs; run++) {
    const key = foldIn(rootKey("monitor"), run);
    const monitor = new EffectMonitor({ expectedUnits: 5000 });
    for (let period = 0; period < 100; period++) {
      const today = foldIn(key, period);
      for (let i = 0; i < 100; i++) {
        outcome[i] = normalQuantile(uniform(today, i, 0));
        arm[i] = uniform(today, i, 1) < 0.5 ? 1 : 0;
      }
      monitor.add(outcome, arm);
      if (monitor.look().verdict !== "continue") {
        wrong++;
        break;
      }
    }
  }
  const [low, high] = binomialBounds(wrong, runs);
  report.add({
    name: "interference: monitor without effect, 100 looks",
    measured: wrong / runs,
    unit: "share that stops",
    comparedWith: `${wrong} of ${runs}; exact 95 % bounds ${low.toFixed(4)} to ${high.toFixed(4)}`,
    ratio: null,
    bar: "<= 0.05",
    met: wrong <= 0.05 * runs,
  });
}

/** `--runs N` experiments of each kind (200) of `--customers N` customers (200,000); `--monitored N` monitored ones (2,000). */
export function run(args: readonly string[]): number {
  const report = new Report("interference", args);
  exactRows(report);
  simulatedRows(report, numberOption(args, "runs", 200), numberOption(args, "customers", 200_000));
  peekingRow(report, numberOption(args, "monitored", 2000));
  return report.exitCode;
}
