import { normalCumulative, normalQuantile, rootKey, uniform } from "@longview/statistics";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { appealDelay, appealRestores, appealsOptions } from "../src/laws/appeals.ts";
import { classifierOptions, classifierScore } from "../src/laws/classifier.ts";
import { arrivalHazard, arrivedCount, geometricDelay } from "../src/laws/delays.ts";
import {
  enforcementOptions,
  FOR_GOOD,
  isHeldBack,
  reachOf,
  suspensionLength,
} from "../src/laws/enforcement.ts";
import { evadedAppeal, evasionOf, evasionOptions, nextProbe, PROBE } from "../src/laws/evasion.ts";
import { reportingFactor, reportsOptions } from "../src/laws/reports.ts";
import { reviewOptions, reviewPriority, reviewRemoves } from "../src/laws/review.ts";

const arrivedOf = (draw: number, waiting: number, hazard: number): number =>
  arrivedCount(Float64Array.of(draw), waiting, Float64Array.of(hazard));

const near = (actual: number, expected: number) => expect(actual).toBeCloseTo(expected, 12);

/** Binomial probabilities of 0 … n by Pascal's triangle of chances. */
function binomial(n: number, chance: number): number[] {
  let row = [1];
  for (let i = 0; i < n; i++)
    row = Array.from(
      { length: i + 2 },
      (_, k) => (row[k] ?? 0) * (1 - chance) + (k > 0 ? row[k - 1]! * chance : 0),
    );
  return row;
}

describe("delays", () => {
  test("are geometric with the stated mean: shares of 40,000 draws are within 4 standard errors of h (1 − h)^k", () => {
    const mean = 1.5;
    const hazard = arrivalHazard(mean);
    near(hazard, 0.4);
    const counts = new Array<number>(200).fill(0);
    let sum = 0;
    for (let i = 0; i < 40_000; i++) {
      const days = geometricDelay(uniform(rootKey("delay"), i, 0), mean);
      counts[days]!++;
      sum += days;
    }
    for (let k = 0; k < 6; k++) {
      const share = hazard * (1 - hazard) ** k;
      expect(Math.abs(counts[k]! / 40_000 - share)).toBeLessThan(
        4 * Math.sqrt((share * (1 - share)) / 40_000),
      );
    }
    // variance of the geometric law: (1 − h) / h²
    expect(Math.abs(sum / 40_000 - mean)).toBeLessThan(4 * Math.sqrt(0.6 / 0.16 / 40_000));
    expect(geometricDelay(0.3, 0)).toBe(0);
  });

  test("let as many arrive as the binomial distribution function says, at every step of it", () => {
    for (const [waiting, hazard] of [
      [1, 0.4],
      [7, 0.25],
      [30, 0.9],
      [200, 0.4],
      [300, 0.95],
    ] as const) {
      let below = 0;
      binomial(waiting, hazard).forEach((chance, k) => {
        const middle = below + chance / 2;
        if (chance > 1e-9) expect(arrivedOf(middle, waiting, hazard)).toBe(k);
        below += chance;
      });
    }
    expect(arrivedOf(0.5, 9, 1)).toBe(9);
    expect(arrivedOf(0.5, 9, 0)).toBe(0);
    expect(arrivedOf(0.5, 0, 0.4)).toBe(0);
  });

  test("are within one of the exact quantile where thousands wait", () => {
    const chances = binomial(2_000, 0.4);
    let below = 0;
    let steps = 0;
    chances.forEach((chance, k) => {
      const middle = below + chance / 2;
      if (below > 1e-6 && below < 1 - 1e-6) {
        steps++;
        expect(Math.abs(arrivedOf(middle, 2_000, 0.4) - k)).toBeLessThanOrEqual(1);
      }
      below += chance;
    });
    expect(steps).toBeGreaterThan(150);
  });

  test("let more arrive on the same draw when more wait or the delay is shorter", () => {
    const draw = fc.double({ min: 1e-6, max: 1 - 1e-6, noNaN: true });
    fc.assert(
      fc.property(draw, fc.integer({ min: 0, max: 60 }), fc.double({ min: 0.02, max: 0.48 }), (u, n, h) => {
        const count = arrivedOf(u, n, h);
        expect(arrivedOf(u, n + 1, h)).toBeGreaterThanOrEqual(count);
        expect(arrivedOf(u, n, h + 0.02)).toBeGreaterThanOrEqual(count);
        expect(count).toBeLessThanOrEqual(n);
      }),
    );
  });
});

describe("the threshold", () => {
  test("holds back the share of items that the normal distribution says", () => {
    const law = classifierOptions.parse({});
    const draws = 10_000;
    for (const harmful of [0, 1])
      for (const threshold of [0.3, 0.6, 0.8]) {
        let held = 0;
        for (let i = 0; i < draws; i++) {
          const normal = normalQuantile(uniform(rootKey("score"), i, 0));
          if (isHeldBack(classifierScore(harmful, normal, law), threshold)) held++;
        }
        const mean = law.offset + law.separation * (harmful - 0.5);
        const share = normalCumulative(mean - Math.log(threshold / (1 - threshold)));
        expect(Math.abs(held / draws - share)).toBeLessThan(
          4 * Math.sqrt((share * (1 - share)) / draws) + 4 / draws,
        );
      }
  });

  test("of 1 holds nothing back, of 0 everything", () => {
    expect(isHeldBack(1, 1)).toBe(false);
    expect(isHeldBack(1e-9, 0)).toBe(true);
    expect(isHeldBack(0.7, 0.7)).toBe(true);
  });
});

describe("reports and review", () => {
  test("users differ in how readily they report, with mean 1: 20,000 users, within 4 standard errors", () => {
    const law = reportsOptions.parse({ eagerness: 0.8 });
    let sum = 0;
    for (let i = 0; i < 20_000; i++)
      sum += reportingFactor(normalQuantile(uniform(rootKey("eager"), i, 0)), law);
    // variance of the log-normal law with mean 1: exp(σ²) − 1
    expect(Math.abs(sum / 20_000 - 1)).toBeLessThan(4 * Math.sqrt((Math.exp(0.64) - 1) / 20_000));
    near(reportingFactor(1, law), Math.exp(0.8 - 0.32));
  });

  test("a report is worth its weight in logits of score", () => {
    const law = reviewOptions.parse({ reportWeight: Math.log(3) });
    near(reviewPriority(0.25, 0, law), 0.25);
    near(reviewPriority(0.25, 1, law), 0.5);
    near(reviewPriority(0.25, 2, law), 0.75);
  });

  test("a review errs both ways", () => {
    const law = reviewOptions.parse({ recall: 0.9, falseAlarm: 0.1 });
    expect([0.05, 0.5, 0.95].map((u) => reviewRemoves(u, 1, law))).toEqual([true, true, false]);
    expect([0.05, 0.5, 0.95].map((u) => reviewRemoves(u, 0, law))).toEqual([true, false, false]);
  });
});

describe("strikes, suspension, appeals", () => {
  test("reach falls by its factor with each strike", () => {
    const law = enforcementOptions.parse({ reachPerStrike: 0.25 });
    near(reachOf(0, law), 1);
    near(reachOf(1, law), 0.25);
    near(reachOf(2, law), 0.0625);
  });

  test("suspensions grow by their factor and end in one for good", () => {
    const law = enforcementOptions.parse({ suspensionDays: 7, repeatFactor: 3, suspensionsToBan: 4 });
    expect([0, 1, 2, 3, 9].map((before) => suspensionLength(before, law))).toEqual([
      7,
      21,
      63,
      FOR_GOOD,
      FOR_GOOD,
    ]);
  });

  test("an appeal takes a day at least, and its mean as stated: 20,000 appeals, within 4 standard errors", () => {
    const law = appealsOptions.parse({ meanDays: 3 });
    const days = Array.from({ length: 20_000 }, (_, i) => appealDelay(uniform(rootKey("appeal"), i, 0), law));
    expect(Math.min(...days)).toBe(1);
    const mean = days.reduce((a, b) => a + b, 0) / days.length;
    // a geometric delay of mean 2: h = 1/3, variance (1 − h) / h² = 6
    expect(Math.abs(mean - 3)).toBeLessThan(4 * Math.sqrt(6 / 20_000));
  });

  test("is right with its accuracy, for harmless and harmful items", () => {
    const law = appealsOptions.parse({ accuracy: 0.9 });
    expect([0.05, 0.5, 0.95].map((u) => appealRestores(u, 0, law))).toEqual([true, true, false]);
    expect([0.05, 0.5, 0.95].map((u) => appealRestores(u, 1, law))).toEqual([true, false, false]);
  });
});

const options = evasionOptions.parse({ noise: 0 });

/** Days until the aim stays within `width` of a threshold, for the rest of 60 days. */
function daysToFind(probe: Float64Array, threshold: number, width: number): number {
  let away = 0;
  for (let day = 1; day <= 60; day++) {
    nextProbe(probe, 0, probe[PROBE.aim]! >= threshold, options);
    if (Math.abs(probe[PROBE.aim]! - threshold) > width) away = day;
  }
  return away + 1;
}

describe("an adversary", () => {
  const start = () => Float64Array.of(options.startAim, options.firstStep, 0);

  test("finds any threshold within 4 logits to two of its finest steps in 12 probes, and one that moves again in 20", () => {
    const width = 2 * options.finestStep;
    for (let threshold = -4; threshold <= 4; threshold += 1 / 8)
      for (let moved = -4; moved <= 4; moved += 1 / 8) {
        const probe = start();
        expect(daysToFind(probe, threshold + 0.01, width)).toBeLessThanOrEqual(12);
        expect(daysToFind(probe, moved - 0.01, width)).toBeLessThanOrEqual(20);
      }
  });

  test("follows the rule of steps, written out", () => {
    const probe = start();
    const path = [false, false, false, true, true, false].map((held) => {
      nextProbe(probe, 0, held, options);
      return [...probe];
    });
    expect(path).toEqual([
      [1, 1, 1],
      [2, 1, 2],
      [4, 2, 3],
      [3, 1, -1],
      [2, 1, -2],
      [2.5, 0.5, 1],
    ]);
  });

  test("takes off just what is above its aim, and pays for it in appeal", () => {
    near(evasionOf(0.5, 1, options), 2);
    near(evasionOf(-3, 1, options), 0);
    near(evadedAppeal(0.6, 1, options), 0.6 + 0.1 * 1.5);
    near(evadedAppeal(0.1, 8, options), 0);
    near(evadedAppeal(1.5, 0, options), 1.5);
  });
});
