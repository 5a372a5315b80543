import { foldIn, rootKey } from "@longview/statistics";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CONTROL, createDesign, OUTSIDE, TREATMENT, type DesignSpecInput } from "../src/index.ts";

const key = rootKey("designs");
const COUNT = 20_000;
const ids = Int32Array.from({ length: COUNT }, (_, i) => i * 7 + 3);

function count(arms: Uint8Array, arm: number): number {
  return arms.reduce((sum, value) => sum + Number(value === arm), 0);
}

const every: readonly DesignSpecInput[] = [
  { kind: "user" },
  { kind: "creator" },
  { kind: "two-sided" },
  { kind: "cluster", clusters: 50 },
  { kind: "switchback", length: 3 },
  { kind: "budget-split" },
  { kind: "co-diverted" },
];

describe.each(every)("$kind", (spec) => {
  test("a row's arm depends on the row alone: not on its place, nor on what else is asked", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            user: fc.nat(1e9),
            creator: fc.nat(1e9),
            cluster: fc.nat(49),
            time: fc.double({ min: -100, max: 1000, noNaN: true }),
          }),
          { minLength: 1, maxLength: 30 },
        ),
        fc.nat(),
        (rows, seed) => {
          const design = createDesign(spec, rootKey(seed));
          const ask = (asked: typeof rows): Uint8Array => {
            const arms = new Uint8Array(asked.length);
            design.armsInto(arms, {
              count: asked.length,
              user: Int32Array.from(asked, ({ user }) => user),
              creator: Int32Array.from(asked, ({ creator }) => creator),
              cluster: Int32Array.from(asked, ({ cluster }) => cluster),
              time: Float64Array.from(asked, ({ time }) => time),
            });
            return arms;
          };
          const together = ask(rows);
          expect(ask(rows.toReversed())).toEqual(together.toReversed());
          expect(ask(rows.slice(0, 1))).toEqual(together.slice(0, 1));
        },
      ),
      { numRuns: 30 },
    );
  });

  test("says which column it needs", () => {
    expect(() => createDesign(spec, key).armsInto(new Uint8Array(1), { count: 1 })).toThrow(
      `${spec.kind} design: needs the column`,
    );
  });
});

test.each(["user", "budget-split", "co-diverted"] as const)(
  "%s: shares are met within chance (z below 4), and the rest is outside",
  (kind) => {
    const design = createDesign({ kind, treatmentShare: 0.1, controlShare: 0.3 }, key);
    const arms = new Uint8Array(COUNT);
    design.armsInto(arms, { count: COUNT, user: ids });
    for (const [arm, share] of [
      [TREATMENT, 0.1],
      [CONTROL, 0.3],
      [OUTSIDE, 0.6],
    ] as const)
      expect(Math.abs(count(arms, arm) - share * COUNT)).toBeLessThan(
        4 * Math.sqrt(COUNT * share * (1 - share)),
      );
  },
);

test("two experiments with keys of their own draw independently", () => {
  const arms = [0, 1].map((experiment) => {
    const out = new Uint8Array(COUNT);
    createDesign({ kind: "user" }, foldIn(key, experiment)).armsInto(out, { count: COUNT, user: ids });
    return out;
  });
  let same = 0;
  for (let i = 0; i < COUNT; i++) same += Number(arms[0]![i] === arms[1]![i]);
  expect(Math.abs(same - COUNT / 2)).toBeLessThan(4 * Math.sqrt(COUNT / 4));
});

test("two-sided: a pair is treated where both sides are, and the sides are independent", () => {
  const design = createDesign({ kind: "two-sided", userShare: 0.4, creatorShare: 0.25 }, key);
  const rows = { count: COUNT, user: ids, creator: ids };
  const [arms, userArm, creatorArm] = [new Uint8Array(COUNT), new Uint8Array(COUNT), new Uint8Array(COUNT)];
  design.armsInto(arms, rows);
  design.sidesInto(userArm, creatorArm, rows);
  for (let i = 0; i < COUNT; i++) expect(arms[i]).toBe(userArm[i]! & creatorArm[i]!);
  expect(Math.abs(count(arms, TREATMENT) - 0.1 * COUNT)).toBeLessThan(4 * Math.sqrt(0.09 * COUNT));
  expect(Math.abs(count(userArm, TREATMENT) - 0.4 * COUNT)).toBeLessThan(4 * Math.sqrt(0.24 * COUNT));
});

test("cluster: exactly the share of clusters is treated, never none and never all", () => {
  for (const [clusters, treatmentShare, treated] of [
    [10, 0.5, 5],
    [11, 0.3, 3],
    [4, 0.01, 1],
    [4, 0.99, 3],
  ] as const) {
    const arms = new Uint8Array(clusters);
    createDesign({ kind: "cluster", clusters, treatmentShare }, key).armsInto(arms, {
      count: clusters,
      cluster: Int32Array.from(arms, (_, i) => i),
    });
    expect(count(arms, TREATMENT)).toBe(treated);
  }
  const design = createDesign({ kind: "cluster", clusters: 4 }, key);
  expect(() => design.armsInto(new Uint8Array(1), { count: 1, cluster: Int32Array.of(4) })).toThrow(
    "cluster of row 0 must be from 0 to 3, got 4",
  );
});

describe("switchback", () => {
  const time = Float64Array.from({ length: 4000 }, (_, i) => i / 4 - 200);
  const rows = { count: time.length, time };

  test("one arm an interval, and the washout is the interval's beginning", () => {
    const design = createDesign({ kind: "switchback", length: 6, washout: 2, start: 1 }, key);
    const [arms, kept, interval] = [
      new Uint8Array(time.length),
      new Uint8Array(time.length),
      new Int32Array(time.length),
    ];
    design.armsInto(arms, rows);
    design.keptInto(kept, rows);
    design.intervalsInto(interval, rows);
    for (let i = 0; i < time.length; i++) {
      const since = time[i]! - (1 + 6 * interval[i]!);
      expect(since >= 0 && since < 6).toBe(true);
      expect(kept[i]).toBe(Number(since >= 2));
      expect(arms[i]).toBe(design.armOfInterval(interval[i]!));
    }
  });

  test("pairs hold one interval of each arm, in either order", () => {
    const design = createDesign({ kind: "switchback", length: 1, order: "paired" }, key);
    let first = 0;
    for (let pair = -500; pair < 500; pair++) {
      expect(design.armOfInterval(2 * pair) + design.armOfInterval(2 * pair + 1)).toBe(1);
      first += design.armOfInterval(2 * pair);
    }
    expect(Math.abs(first - 500)).toBeLessThan(4 * Math.sqrt(250));
  });

  test("refuses a washout that leaves nothing, and uneven pairs", () => {
    expect(() => createDesign({ kind: "switchback", length: 2, washout: 2 }, key)).toThrow(
      "washout must be below length 2, got 2",
    );
    expect(() =>
      createDesign({ kind: "switchback", length: 2, order: "paired", treatmentShare: 0.3 }, key),
    ).toThrow("treatmentShare must be 0.5 with pairs, got 0.3");
  });
});

test("budget split loses no unit of money and keeps the shares to one", () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(1e9), { maxLength: 20 }),
      fc.double({ min: 0.01, max: 0.99, noNaN: true }),
      fc.double({ min: 0.01, max: 0.99, noNaN: true }),
      (budgets, treatmentShare, part) => {
        const controlShare = (1 - treatmentShare) * part;
        const design = createDesign({ kind: "budget-split", treatmentShare, controlShare }, key);
        const { control, treatment, outside } = design.split(budgets);
        budgets.forEach((budget, i) => {
          expect(control[i]! + treatment[i]! + outside[i]!).toBe(budget);
          expect(Math.abs(treatment[i]! - treatmentShare * budget)).toBeLessThanOrEqual(1);
          expect(Math.abs(control[i]! - controlShare * budget)).toBeLessThanOrEqual(1);
        });
      },
    ),
  );
  const halves = createDesign({ kind: "budget-split" }, key).split([7]);
  expect([halves.control[0], halves.treatment[0], halves.outside[0]]).toEqual([4, 3, 0]);
  expect(() => createDesign({ kind: "budget-split" }, key).split([1.5])).toThrow(
    "budget 0 must be a whole number >= 0, got 1.5",
  );
});

test("co-diverted: a user sees the corpus of the own part, all of it and nothing else", () => {
  const design = createDesign({ kind: "co-diverted", treatmentShare: 0.2, controlShare: 0.2 }, key);
  const rows = { count: COUNT, user: ids, creator: ids.toReversed() };
  const [arms, corpus, visible] = [new Uint8Array(COUNT), new Uint8Array(COUNT), new Uint8Array(COUNT)];
  design.armsInto(arms, rows);
  design.corpusArmsInto(corpus, rows);
  design.visibleInto(visible, rows);
  for (let i = 0; i < COUNT; i++) expect(visible[i]).toBe(Number(arms[i] === corpus[i]));
  // 0.2² + 0.2² + 0.6² of the pairs.
  expect(Math.abs(count(visible, 1) - 0.44 * COUNT)).toBeLessThan(4 * Math.sqrt(COUNT * 0.44 * 0.56));
});

test("a configuration that is not allowed is refused with its field", () => {
  expect(() => createDesign({ kind: "user", treatmentShare: 1 }, key)).toThrow(/^design: treatmentShare: /);
  expect(() => createDesign({ kind: "user", treatmentShare: 0.7, controlShare: 0.5 }, key)).toThrow(
    "user design: treatmentShare + controlShare must be at most 1, got 0.7 + 0.5",
  );
  expect(() => createDesign({ kind: "cluster", clusters: 1 }, key)).toThrow(/^design: clusters: /);
});
