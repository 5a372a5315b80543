import * as fc from "fast-check";
import { deriveKey, rootKey, uniform } from "@longview/statistics";
import { describe, expect, test } from "vitest";
import {
  advertisingOptions,
  campaignDays,
  campaignQuality,
  campaignsOptions,
  clickValue,
  conversionLogit,
  conversionValue,
  dailyBudgetOf,
  matchFactor,
  smoothedRate,
} from "../src/laws/campaigns.ts";
import { expectedEngagementInto, OBSERVED } from "../src/laws/organic-value.ts";
import {
  adaptiveShare,
  affordableShare,
  controlledShare,
  pacingOptions,
  throttledShare,
} from "../src/laws/pacing.ts";
import {
  conversionProbability,
  sponsoredEnjoyment,
  sponsoredOpenProbability,
  sponsoredResponseOptions,
  wearied,
} from "../src/laws/sponsored-response.ts";

// every expected number is worked out by hand from the formula in the law's comment; tolerance 1e-12 unless said
const near = (actual: number, expected: number) => expect(actual).toBeCloseTo(expected, 12);
const unit = fc.double({ min: 0, max: 1, noNaN: true });

describe("campaigns", () => {
  const law = campaignsOptions.parse({ valueMedian: 2, valueSpread: 0.5, meanDays: 4, dailyBudget: 0.01 });
  test("worth, budget and qualities are their formulas", () => {
    near(clickValue(1, law), 2 * Math.exp(0.5));
    near(conversionValue(2, law), 20);
    near(conversionLogit(0, law), Math.log(1 / 9));
    near(campaignQuality(0, law), 0.5);
    near(dailyBudgetOf(0, 300, law), 3);
    near(matchFactor(2, advertisingOptions.parse({ matchLift: 0.5 })), 1.5);
    near(matchFactor(9, advertisingOptions.parse({ matchLift: 0.5 })), 2);
    near(smoothedRate(3, 20, 0.1, 10), 4 / 30);
  });
  test("lengths are geometric from one day on, with the mean that is asked for", () => {
    const key = deriveKey(rootKey(1), "days");
    let sum = 0;
    let once = 0;
    for (let n = 0; n < 20_000; n++) {
      const days = campaignDays(uniform(key, n, 0), law);
      sum += days;
      once += days === 1 ? 1 : 0;
    }
    // standard errors: √12/√20000 = 0.0245 and √(0.1875/20000) = 0.0031; four of them
    expect(Math.abs(sum / 20_000 - 4)).toBeLessThan(0.098);
    expect(Math.abs(once / 20_000 - 0.25)).toBeLessThan(0.0123);
    expect(campaignDays(1e-9, campaignsOptions.parse({ meanDays: 1 }))).toBe(1);
  });
});

describe("pacing: one campaign of value 1 in second-price auctions against prices uniform in [0, 1]", () => {
  const steps = 4000;
  const auctions = 25;
  const due = 0.08 * auctions;
  const key = deriveKey(rootKey(2), "prices");
  type Next = (share: number, relativeSpend: number) => number;

  /** Mean share and spending over what was due, over the second half. `throttled`: the share is of auctions. */
  function settle(next: Next, throttled: boolean): { share: number; relativeSpend: number } {
    let share = 1;
    let shares = 0;
    let spending = 0;
    for (let t = 0; t < steps; t++) {
      let spend = 0;
      for (let n = 0; n < auctions; n++) {
        const price = uniform(key, t * auctions + n, 0);
        const takesPart = !throttled || uniform(key, t * auctions + n, 1) < share;
        if (takesPart && price < (throttled ? 1 : share)) spend += price;
      }
      if (t >= steps / 2) {
        shares += share / (steps / 2);
        spending += spend / due / (steps / 2);
      }
      share = next(share, spend / due);
    }
    return { share: shares, relativeSpend: spending };
  }

  // spending an auction is b²/2 at the bid b, so what is due, 0.08, is spent at √0.16 = 0.4
  test("adaptive pacing spends what is due, at the bid that does", () => {
    const law = pacingOptions.parse({ rate: 0.02 });
    const { share, relativeSpend } = settle((s, x) => adaptiveShare(s, x, law), false);
    expect(Math.abs(relativeSpend - 1)).toBeLessThan(0.02);
    expect(Math.abs(share - 0.4)).toBeLessThan(0.02);
  });
  test("the controller does", () => {
    const law = pacingOptions.parse({ method: "controller", proportional: 0.02, integral: 0.01 });
    let before = 0;
    let twoBefore = 0;
    const next: Next = (share, relativeSpend) => {
      const error = Math.max(-1, 1 - relativeSpend);
      const result = controlledShare(share, error, before, twoBefore, law);
      twoBefore = before;
      before = error;
      return result;
    };
    const { share, relativeSpend } = settle(next, false);
    // the error is kept above −1, so the noise of spending pulls the mean a little; twice the tolerance
    expect(Math.abs(relativeSpend - 1)).toBeLessThan(0.04);
    expect(Math.abs(share - 0.4)).toBeLessThan(0.02);
  });
  test("throttling does, by taking part in 0.08/½ of the auctions", () => {
    const law = pacingOptions.parse({ method: "throttling", rate: 0.005 });
    const { share, relativeSpend } = settle((s, x) => throttledShare(s, x, law), true);
    expect(Math.abs(relativeSpend - 1)).toBeLessThan(0.02);
    expect(Math.abs(share - 0.16)).toBeLessThan(0.02);
  });
  test("one step is the formula, and every share stays in [least, 1]", () => {
    const law = pacingOptions.parse({
      rate: 0.1,
      least: 0.05,
      proportional: 0.2,
      integral: 0.1,
      derivative: 0.3,
    });
    near(adaptiveShare(0.5, 3, law), 1 / 2.2);
    near(throttledShare(0.5, 3, law), 0.3);
    near(affordableShare(3, 4), 0.75);
    near(affordableShare(3, 0), 1);
    near(controlledShare(0.5, -1, 0.5, 0.2, law), 0.5 * Math.exp(0.2 * -1.5 - 0.1 + 0.3 * (-1 - 1 + 0.2)));
    fc.assert(
      fc.property(
        fc.double({ min: 0.05, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 100, noNaN: true }),
        (share, relativeSpend) => {
          const error = Math.max(-1, 1 - relativeSpend);
          for (const next of [
            adaptiveShare(share, relativeSpend, law),
            throttledShare(share, relativeSpend, law),
            controlledShare(share, error, 0, 0, law),
          ]) {
            expect(next).toBeGreaterThanOrEqual(0.05 - 1e-12);
            expect(next).toBeLessThanOrEqual(1);
          }
          // spending what is due changes nothing
          near(adaptiveShare(share, 1, law), share);
          near(throttledShare(share, 1, law), share);
          near(controlledShare(share, 0, 0, 0, law), share);
        },
      ),
    );
  });
});

describe("users' response to what is sponsored", () => {
  const law = sponsoredResponseOptions.parse({});
  test("opening, enjoying, tiring and converting are their formulas", () => {
    near(sponsoredOpenProbability(0.4, 0.5, 0, 0.5, law), 1 / (1 + Math.exp(2.4)));
    near(sponsoredOpenProbability(0.9, 0.7, 0.5, 0.7, law), 1 / (1 + Math.exp(2.4 - 1 - 0.3 + 0.5 - 0.1)));
    near(sponsoredEnjoyment(0, 0.5, 0, 0, 0.5, law), Math.tanh(-0.15));
    near(sponsoredEnjoyment(1, 0.5, 0.5, 1, 1, law), Math.tanh(0.175 - 0.15 - 0.15 + 0.2));
    near(wearied(0.5, law), 0.54);
    near(conversionProbability(Math.log(1 / 9), 0.4, law), 0.1);
  });
  test("weariness makes a look worse and a click rarer, and stays in [0, 1]", () => {
    fc.assert(
      fc.property(unit, unit, unit, unit, unit, (interest, appeal, weariness, trust, landing) => {
        const more = wearied(weariness, law);
        expect(more).toBeGreaterThanOrEqual(weariness);
        expect(more).toBeLessThanOrEqual(1);
        expect(sponsoredEnjoyment(interest, appeal, more, 0, landing, law)).toBeLessThanOrEqual(
          sponsoredEnjoyment(interest, appeal, weariness, 0, landing, law),
        );
        expect(sponsoredOpenProbability(interest, appeal, more, trust, law)).toBeLessThanOrEqual(
          sponsoredOpenProbability(interest, appeal, weariness, trust, law),
        );
      }),
    );
  });
  test("at the defaults a look is no pleasure unless it is relevant", () => {
    expect(sponsoredEnjoyment(0.3, 0.5, 0, 0, 0.5, law)).toBeLessThan(0);
    expect(sponsoredEnjoyment(0.9, 0.8, 0, 0, 0.5, law)).toBeGreaterThan(0);
  });
});

test("the organic value in auctions blends an item's rates with its creator's by evidence", () => {
  const places = Int32Array.from(Object.values(OBSERVED));
  const out = new Float64Array(1);
  const predict = (features: number[]) => {
    expectedEngagementInto(out, new Float32Array([9, ...features]), 1, places, new Float64Array([1.5]), 0.5);
    return out[0]!;
  };
  // clickRate, evidence, completion, length (log2 minutes / 2), creatorClickRate, creatorCompletion; exact in float32
  near(predict([0.5, 0, 0.25, 0.5, 0.25, 0.5]), 0.25 * 1.5 * (0.5 + 0.5 * 2));
  near(predict([0.5, 0.5, 0.25, 0.5, 0.25, 0.5]), 0.375 * 1.5 * (0.5 + 0.375 * 2));
  near(predict([0.5, 2, 0.25, 0.5, 0.25, 0.5]), 0.5 * 1.5 * (0.5 + 0.25 * 2));
});
