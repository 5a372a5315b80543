import { rootKey } from "@longview/statistics";
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  banditLogFromTables,
  BanditStream,
  type BanditPiece,
  bootstrapInterval,
  doublyRobust,
  estimateValue,
  inversePropensity,
  selfNormalizedInversePropensity,
  weightDiagnostics,
} from "../../src/index.ts";

const ACTIONS = 4;
const key = rootKey("stream");

/** A log of whole tables by a fixed recipe. */
function logOf(rows: number): Required<BanditPiece> {
  const draw = (i: number): number => (Math.sin(12.9898 * i + 4.1) * 43758.5453) % 1;
  const positive = (i: number): number => 0.05 + Math.abs(draw(i));
  const raw = Float64Array.from({ length: rows * ACTIONS }, (_, i) => positive(i));
  const targetProbabilities = raw.map((value, i) => {
    const start = i - (i % ACTIONS);
    return value / raw.subarray(start, start + ACTIONS).reduce((a, b) => a + b, 0);
  });
  return {
    reward: Float64Array.from({ length: rows }, (_, i) => draw(7 * i + 1)),
    propensity: Float64Array.from({ length: rows }, (_, i) => Math.min(1, positive(3 * i + 2))),
    action: Int32Array.from({ length: rows }, (_, i) => i % ACTIONS),
    actionCount: ACTIONS,
    targetProbabilities,
    predictedRewards: raw.map((_, i) => draw(11 * i)),
    units: Float64Array.from({ length: rows }, (_, i) => Math.floor(i / 3)),
  };
}

function part(log: Required<BanditPiece>, from: number, to: number, grouped: boolean): BanditPiece {
  const { units, ...rest } = {
    reward: log.reward.subarray(from, to),
    propensity: log.propensity.subarray(from, to),
    action: log.action.subarray(from, to),
    actionCount: log.actionCount,
    targetProbabilities: log.targetProbabilities.subarray(from * ACTIONS, to * ACTIONS),
    predictedRewards: log.predictedRewards.subarray(from * ACTIONS, to * ACTIONS),
    units: Array.from(log.units).slice(from, to),
  };
  return grouped ? { ...rest, units } : rest;
}

test("a stream says what the estimators and the bootstrap say of the whole log", () => {
  const log = logOf(500);
  const whole = banditLogFromTables(log);
  for (const grouped of [false, true]) {
    const { ips, snips, dr, weights, rowCount } = new BanditStream({ key, replicates: 100 })
      .add(part(log, 0, 500, grouped))
      .results();
    expect(rowCount).toBe(500);
    const terms = {
      ips: inversePropensity(whole),
      snips: selfNormalizedInversePropensity(whole),
      dr: doublyRobust(whole),
    };
    for (const [found, name] of [
      [ips, "ips"],
      [snips, "snips"],
      [dr, "dr"],
    ] as const) {
      const expected = bootstrapInterval(terms[name], {
        key,
        replicates: 100,
        kind: "percentile",
        ...(grouped ? { clusters: log.units } : {}),
      });
      expect(found.value).toBeCloseTo(estimateValue(terms[name]), 12);
      expect(found.lower).toBeCloseTo(expected.lower, 12);
      expect(found.upper).toBeCloseTo(expected.upper, 12);
    }
    expect(weights.effectiveSampleSize).toBeCloseTo(weightDiagnostics(whole.weight).effectiveSampleSize, 8);
  }
});

test("pieces of any size give the same bytes, and shards merge to the whole", () => {
  const log = logOf(300);
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 299 }), { maxLength: 6 }),
      fc.boolean(),
      (cuts, grouped) => {
        const edges = [0, ...new Set(cuts.toSorted((a, b) => a - b)), 300];
        const whole = new BanditStream({ key, replicates: 51 }).add(part(log, 0, 300, grouped));
        const pieces = new BanditStream({ key, replicates: 51 });
        const merged = new BanditStream({ key, replicates: 51 });
        edges.slice(1).forEach((to, k) => {
          const from = edges[k]!;
          pieces.add(part(log, from, to, grouped));
          merged.merge(
            new BanditStream({ key, replicates: 51, firstRow: from }).add(part(log, from, to, grouped)),
          );
        });
        expect(pieces.results()).toEqual(whole.results());
        const shards = merged.results();
        for (const name of ["ips", "snips", "dr"] as const) {
          expect(shards[name].value).toBeCloseTo(whole.results()[name].value, 13);
          expect(shards[name].lower).toBeCloseTo(whole.results()[name].lower, 12);
          expect(shards[name].upper).toBeCloseTo(whole.results()[name].upper, 12);
        }
      },
    ),
    { numRuns: 30 },
  );
});

test("tables of float32 are taken, and give nearly the same", () => {
  const log = logOf(200);
  const narrow = {
    ...part(log, 0, 200, false),
    targetProbabilities: Float32Array.from(log.targetProbabilities),
    predictedRewards: Float32Array.from(log.predictedRewards),
  };
  const found = new BanditStream({ key, replicates: 50 }).add(narrow).results();
  const expected = new BanditStream({ key, replicates: 50 }).add(part(log, 0, 200, false)).results();
  expect(found.dr.value).toBeCloseTo(expected.dr.value, 6);
});

test("what cannot be streamed is refused, and leaves the stream as it was", () => {
  const log = logOf(20);
  const stream = new BanditStream({ key, replicates: 50 }).add(part(log, 0, 10, false));
  const before = stream.results();
  expect(() => stream.add(part(log, 10, 20, true))).toThrow("units must be given always or never");
  expect(() => stream.add({ ...part(log, 10, 20, false), propensity: new Float64Array(10) })).toThrow(
    "propensity[0] is 0",
  );
  expect(() =>
    stream.add({ ...part(log, 10, 20, false), propensity: new Float64Array(10).fill(1e-320) }),
  ).toThrow("actionProbability / propensity[0] is Infinity");
  expect(() => stream.add({ ...part(log, 10, 20, false), action: new Int32Array(9) })).toThrow(
    "action has 9",
  );
  expect(stream.results()).toEqual(before);
  expect(() => stream.merge(new BanditStream({ key: rootKey("other") }).add(part(log, 0, 9, false)))).toThrow(
    "key must be equal",
  );
  expect(() => new BanditStream({ key, replicates: 39 }).add(part(log, 0, 9, false)).results()).toThrow(
    "replicates must be",
  );
  expect(() => new BanditStream({ key }).results()).toThrow("needs at least 2 rows");
});
