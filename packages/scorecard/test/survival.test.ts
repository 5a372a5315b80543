import { deriveKey, foldIn, rootKey, uniform } from "@longview/statistics";
import { describe, expect, test } from "vitest";
import { hazardRatio } from "../src/measures/hazard-ratio.ts";
import { kaplanMeier, survivalAt, survivalQuantile, type Lives } from "../src/measures/kaplan-meier.ts";

/** Weeks of remission of 42 children with leukaemia (Freireich et al. 1963): "+" is censored. */
const TREATED = "6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+";
const PLACEBO = "1 1 2 2 3 4 4 5 5 8 8 8 8 11 11 12 12 15 17 22 23";
const livesOf = (text: string): Lives => {
  const words = text.split(" ");
  return {
    exit: words.map((word) => parseInt(word, 10)),
    event: words.map((word) => (word.endsWith("+") ? 0 : 1)),
  };
};
const both = livesOf(`${PLACEBO} ${TREATED}`);
const group = both.exit.length === 42 ? Array.from({ length: 42 }, (_, i) => (i < 21 ? 1 : 0)) : [];

describe("Freireich's trial", () => {
  test("Kaplan–Meier and Greenwood as published (Kalbfleisch & Prentice)", () => {
    const curve = kaplanMeier(livesOf(TREATED));
    const published = [
      [6, 0.8571, 0.0764],
      [7, 0.8067, 0.0869],
      [10, 0.7529, 0.0963],
      [13, 0.6902, 0.1068],
      [16, 0.6275, 0.1141],
      [22, 0.5378, 0.1282],
      [23, 0.4482, 0.1346],
    ] as const;
    expect(Array.from(curve.age)).toEqual(published.map(([age]) => age));
    for (const [age, survival, standardError] of published) {
      const found = survivalAt(curve, age + 0.5);
      expect(found.survival).toBeCloseTo(survival, 4);
      expect(found.standardError).toBeCloseTo(standardError, 4);
    }
    expect(survivalQuantile(curve).age).toBe(23);
    expect(survivalQuantile(kaplanMeier(livesOf(PLACEBO))).age).toBe(8);
  });

  test("the hazard ratio is R's coxph's with Efron's ties: 1.5721 (0.4124)", () => {
    const found = hazardRatio(both, group)!;
    expect(found.coefficient).toBeCloseTo(1.5721, 4);
    expect(found.standardError).toBeCloseTo(0.4124, 4);
    expect(found.ratio).toBeCloseTo(4.817, 3);
    expect(found.interval[0]).toBeCloseTo(2.147, 3);
    expect(found.interval[1]).toBeCloseTo(10.81, 2);
  });

  test("exchanging the groups inverts the ratio", () => {
    const there = hazardRatio(both, group)!;
    const back = hazardRatio(
      both,
      group.map((side) => 1 - side),
    )!;
    expect(back.ratio * there.ratio).toBeCloseTo(1, 9);
  });
});

test("without censoring the curve is the share that lives longer", () => {
  const exit = [3, 1, 4, 1, 5, 9, 2, 6];
  const curve = kaplanMeier({ exit, event: exit.map(() => 1) });
  for (const age of exit)
    expect(survivalAt(curve, age).survival).toBeCloseTo(exit.filter((each) => each > age).length / 8, 12);
  expect(survivalAt(curve, 0.5)).toEqual({ survival: 1, standardError: 0, interval: null });
});

test("the log-log interval by hand, inside [0, 1]", () => {
  const curve = kaplanMeier({ exit: [1, 2, 3, 4], event: [1, 0, 0, 0] });
  const { survival, interval } = survivalAt(curve, 1);
  expect(survival).toBe(0.75);
  const half = (1.959963984540054 * Math.sqrt(1 / 12)) / -Math.log(0.75);
  expect(interval![0]).toBeCloseTo(0.75 ** Math.exp(half), 12);
  expect(interval![1]).toBeCloseTo(0.75 ** Math.exp(-half), 12);
});

test("delayed entry: who is watched from a later age is not at risk before", () => {
  const curve = kaplanMeier({ exit: [2, 5, 6], event: [1, 1, 0], entry: [0, 2, 3] });
  expect(Array.from(curve.atRisk)).toEqual([1, 2]);
});

const LIVES = 240;

/** Exponential lives with a planted ratio, entry spread over 20 days, watched to day 30. */
function plantedWorld(world: number, ratio: number): { lives: Lives; group: Int32Array } {
  const key = foldIn(rootKey("planted hazards"), world);
  const life = deriveKey(key, "life");
  const joined = deriveKey(key, "joined");
  const group = new Int32Array(LIVES).map((_, i) => i % 2);
  const died = Array.from(
    group,
    (side, i) => -Math.log(uniform(life, i, 0)) / (0.05 * (side === 1 ? ratio : 1)),
  );
  const watched = Array.from(group, (_, i) => 30 - 20 * uniform(joined, i, 0));
  return {
    group,
    lives: {
      exit: died.map((at, i) => Math.min(at, watched[i]!)),
      event: died.map((at, i) => (at <= watched[i]! ? 1 : 0)),
    },
  };
}

test("planted hazard ratios lie in the 95 % interval: at least 179 of 200 worlds for each (a binomial of .95 is below that in 1 of 2,000)", () => {
  for (const ratio of [0.5, 1, 2]) {
    let inside = 0;
    for (let world = 0; world < 200; world++) {
      const { lives, group: sides } = plantedWorld(world, ratio);
      const { interval } = hazardRatio(lives, sides)!;
      if (interval[0] <= ratio && ratio <= interval[1]) inside++;
    }
    expect(inside).toBeGreaterThanOrEqual(179);
  }
});

test("censoring is corrected: over 200 worlds the curve is unbiased and its interval covers, while leaving the censored out is far off", () => {
  const truth = Math.exp(-0.05 * 15);
  let sum = 0;
  let naive = 0;
  let inside = 0;
  for (let world = 0; world < 200; world++) {
    const { lives } = plantedWorld(world, 1);
    const { survival, interval } = survivalAt(kaplanMeier(lives), 15);
    sum += survival / 200;
    if (interval![0] <= truth && truth <= interval![1]) inside++;
    const died = Array.from({ length: LIVES }, (_, i) => i).filter((i) => lives.event[i] === 1);
    naive += died.filter((i) => lives.exit[i]! > 15).length / died.length / 200;
  }
  // The standard error of one world is about 0.033, of their mean 0.0024.
  expect(Math.abs(sum - truth)).toBeLessThan(4 * 0.0024);
  expect(inside).toBeGreaterThanOrEqual(179);
  expect(truth - naive).toBeGreaterThan(0.1);
});

test("no finite ratio is said where the events tell none; bad lives are refused", () => {
  expect(hazardRatio({ exit: [1, 2, 3, 4], event: [0, 0, 0, 0] }, [0, 1, 0, 1])).toBeUndefined();
  expect(hazardRatio({ exit: [1, 2, 5, 5], event: [1, 1, 0, 0] }, [1, 1, 0, 0])).toBeUndefined();
  expect(() => kaplanMeier({ exit: [1, 0], event: [1, 1] })).toThrow(
    "kaplanMeier: life 1 is watched from 0 to 0, allowed: finite, not negative, to after from",
  );
  expect(() => hazardRatio({ exit: [1], event: [1] }, [])).toThrow("group must have 1 entries, has 0");
});
