import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  BanditLog,
  defaultInterval,
  estimateValue,
  evidencePlan,
  gatherEvidence,
  inversePropensity,
  liftEnvelope,
  metricEstimates,
  pairedLift,
  perDecisionImportanceSampling,
  selfNormalizedInversePropensity,
  standardErrorOf,
  TrajectoryLog,
  UnitSums,
  valueEnvelope,
  type LaunchBlock,
} from "../../src/index.ts";
import {
  liftTerms,
  liftUnitEnvelope,
  selfNormalizedTerms,
  weightedTerms,
} from "../../src/launch/unit-estimates.ts";
import { expectClose } from "../bandit/golden.ts";
import { drawsOf, logOf, specOf } from "./made-up-launch.ts";

function randomBlock(seed: string, rows: number, unitCount: number): LaunchBlock {
  const draw = drawsOf(seed);
  const numbers = (k: number, scale: number, least = 0): Float64Array =>
    Float64Array.from({ length: rows }, (_, i) => least + scale * draw(i, k));
  return {
    rowCount: rows,
    rewards: [numbers(0, 1)],
    propensity: numbers(1, 0.9, 0.1),
    candidate: numbers(2, 1),
    incumbent: numbers(3, 1),
    unit: Float64Array.from({ length: rows }, (_, i) => Math.floor(unitCount * draw(i, 4) ** 2)),
  };
}

const input = ({ rewards, propensity, candidate, incumbent }: LaunchBlock) => ({
  reward: rewards[0]!,
  propensity,
  candidateProbability: candidate,
  incumbentProbability: incumbent ?? propensity,
});

describe("sums by unit", () => {
  test("give the clustered estimate, standard error and default interval that the rows themselves give", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 1e6 }),
        fc.integer({ min: 5, max: 60 }),
        async (seed, units) => {
          const block = randomBlock(`rows ${seed}`, 200, units);
          const { means, metrics, ...evidence } = await gatherEvidence(logOf(block), evidencePlan(specOf()));
          const rows = pairedLift(input(block));
          const clusters = block.unit!;
          const ours = liftTerms(means, 0);
          expectClose(estimateValue(ours), estimateValue(rows), 1e-12);
          expectClose(standardErrorOf(ours), standardErrorOf(rows, clusters), 1e-10);
          const weights = (of: Float64Array): Float64Array => of.map((p, i) => p / block.propensity[i]!);
          const expected = defaultInterval(rows, {
            clusters,
            envelope: liftEnvelope(
              weights(block.candidate),
              weights(block.incumbent!),
              block.rewards[0]!,
              [0, 1],
            ),
          });
          const found = defaultInterval(ours, { envelope: liftUnitEnvelope(means, 0, [0, 1]) });
          expectClose(found.lower, expected.lower, 1e-9);
          expectClose(found.upper, expected.upper, 1e-9);
          const { lift } = metricEstimates({ means, metrics, ...evidence }, 0, 0.95);
          expect(lift.lower!).toBeLessThanOrEqual(found.lower);
          expect(lift.upper!).toBeGreaterThanOrEqual(found.upper);
        },
      ),
      { numRuns: 40 },
    );
  });

  test("hold IPS and SNIPS of both policies", async () => {
    const block = randomBlock("both", 500, 500);
    const { means } = await gatherEvidence(logOf(block), evidencePlan(specOf()));
    const logs = [block.candidate, block.incumbent!].map(
      (actionProbability) =>
        new BanditLog({ reward: block.rewards[0]!, propensity: block.propensity, actionProbability }),
    );
    for (const policy of [0, 1] as const) {
      expectClose(
        estimateValue(weightedTerms(means, 0, policy)),
        estimateValue(inversePropensity(logs[policy]!)),
        1e-12,
      );
      expectClose(
        estimateValue(selfNormalizedTerms(means, 0, policy)),
        estimateValue(selfNormalizedInversePropensity(logs[policy]!)),
        1e-12,
      );
    }
  });

  test("value and lift agree to the last digit: the candidate is the incumbent plus the lift", async () => {
    const evidence = await gatherEvidence(logOf(randomBlock("sum", 300, 40)), evidencePlan(specOf()));
    const { candidate, incumbent, lift } = metricEstimates(evidence, 0, 0.95);
    expectClose(candidate.value, incumbent.value + lift.value, 1e-14);
  });

  test("a lift's gradient is its central difference", () => {
    const draw = drawsOf("gradient");
    const columns = Array.from({ length: 9 + 3 }, (_, k) =>
      Float64Array.from({ length: 50 }, (_, u) => draw(u, k) + (k === 0 ? 0.5 : 0)),
    );
    const terms = liftTerms({ columns, length: 1, alike: false }, 0);
    const means = Float64Array.of(1.1, 0.7, 0.4, 0.2, 0.3, 0.9);
    const gradient = new Float64Array(6);
    terms.gradientInto(gradient, means);
    for (let k = 0; k < 6; k++) {
      const at = (step: number): number => terms.value(means.map((m, j) => (j === k ? m + step : m)));
      expectClose(gradient[k]!, (at(1e-6) - at(-1e-6)) / 2e-6, 1e-8);
    }
  });

  test("any cut into pieces gives the same bits", async () => {
    const block = randomBlock("pieces", 301, 30);
    const plan = evidencePlan(specOf());
    const whole = await gatherEvidence({ ...logOf(block), blocks: () => logOf(block).blocks(1000) }, plan);
    const cut = await gatherEvidence({ ...logOf(block), blocks: () => logOf(block).blocks(7) }, plan);
    expect(cut.means.columns).toEqual(whole.means.columns);
  });
});

describe("groups of units", () => {
  test("keep the mean and every interval's meaning when units are too many to be told apart", () => {
    const rows = 2 ** 20 + 5000;
    const sums = new UnitSums({ columns: 2, rowCount: rows });
    const draw = drawsOf("groups");
    let total = 0;
    for (let i = 0; i < rows; i++) {
      const value = draw(i, 0);
      total += value;
      sums.add(sums.slotOf(undefined), [1, value]);
    }
    expect(sums.exact).toBe(false);
    expect(sums.unitCount).toBe(2 ** 20);
    const [count, values] = sums.means();
    const mean = (of: Float64Array): number => of.reduce((sum, value) => sum + value, 0) / of.length;
    // A million additions, in two orders.
    expectClose(mean(count!), 1, 1e-9);
    expectClose(mean(values!), total / rows, 1e-9);
  });

  test("rows of one unit always share a group", () => {
    const sums = new UnitSums({ columns: 1, rowCount: 2 ** 21 });
    expect(sums.slotOf(123_456_789_012)).toBe(sums.slotOf(123_456_789_012));
  });

  test("more units than announced rows are refused", () => {
    const sums = new UnitSums({ columns: 1, rowCount: 1 });
    sums.add(sums.slotOf(7), [1]);
    expect(() => sums.slotOf(8)).toThrow(/more units than the 1 rows/);
  });
});

describe("sessions", () => {
  const draw = drawsOf("sessions");
  const lengths = Array.from({ length: 80 }, (_, s) => 1 + Math.floor(4 * draw(s, 9)));
  const rows = lengths.reduce((sum, length) => sum + length, 0);
  const sessionOf = Float64Array.from(lengths.flatMap((length, s) => Array.from({ length }, () => s)));
  const stepOf = Int32Array.from(lengths.flatMap((length) => Array.from({ length }, (_, t) => t)));
  const block: LaunchBlock = {
    ...randomBlock("steps", rows, 1),
    unit: sessionOf,
    session: sessionOf,
    step: stepOf,
  };
  const spec = specOf({
    estimand: {
      states: "all",
      attributionWindow: "at once",
      interference: "none",
      horizon: 4,
      discountFactor: 0.9,
    },
  });
  const offset = Int32Array.from([
    0,
    ...lengths.map((_, s) => lengths.slice(0, s + 1).reduce((a, b) => a + b, 0)),
  ]);
  const trajectories = (actionProbability: Float64Array): TrajectoryLog =>
    new TrajectoryLog({
      offset,
      reward: block.rewards[0]!,
      propensity: block.propensity,
      actionProbability,
      discountFactor: 0.9,
    });

  test("are valued as per-decision importance sampling of whole trajectories values them", async () => {
    const { means, episodes } = await gatherEvidence(logOf(block), evidencePlan(spec));
    expect(episodes).toBe(80);
    for (const [policy, probability] of [
      [0, block.candidate],
      [1, block.incumbent!],
    ] as const)
      expectClose(
        estimateValue(weightedTerms(means, 0, policy)),
        estimateValue(perDecisionImportanceSampling(trajectories(probability))),
        1e-12,
      );
  });

  test("interleaved sessions give the same as sessions end to end", async () => {
    const order = Array.from({ length: rows }, (_, i) => i).sort((a, b) => stepOf[a]! - stepOf[b]! || a - b);
    const pick = (from: Float64Array): Float64Array => Float64Array.from(order, (i) => from[i]!);
    const mixed: LaunchBlock = {
      rowCount: rows,
      rewards: [pick(block.rewards[0]!)],
      propensity: pick(block.propensity),
      candidate: pick(block.candidate),
      incumbent: pick(block.incumbent!),
      unit: pick(sessionOf),
      session: pick(sessionOf),
      step: Int32Array.from(order, (i) => stepOf[i]!),
    };
    const a = await gatherEvidence(logOf(block), evidencePlan(spec));
    const b = await gatherEvidence(logOf(mixed), evidencePlan(spec));
    expectClose(estimateValue(liftTerms(b.means, 0)), estimateValue(liftTerms(a.means, 0)), 1e-12);
  });

  test("weighted lengths have one mean for every policy, however sessions end", async () => {
    // Rewards of 1 for as long as a session could last: the length itself, which weights leave unbiased.
    const { means } = await gatherEvidence(logOf(block), evidencePlan(spec));
    expectClose(means.length, 1 + 0.9 + 0.81 + 0.729, 1e-12);
    const logged = await gatherEvidence(logOf({ ...block, incumbent: undefined }), evidencePlan(spec));
    for (const length of logged.means.columns[2]!) expectClose(length, means.length, 1e-9);
  });

  test("a gap in a session is named", async () => {
    const gap = { ...block, step: stepOf.map((step) => (step === 1 ? 2 : step)) };
    await expect(gatherEvidence(logOf(gap), evidencePlan(spec))).rejects.toThrow(
      /kept row \d+ is step 2 of its session where step 1 is due/,
    );
  });
});

test("a value's envelope by unit is that of the rows", async () => {
  const block = randomBlock("envelope", 150, 150);
  const evidence = await gatherEvidence(logOf(block), evidencePlan(specOf()));
  const weights = block.incumbent!.map((p, i) => p / block.propensity[i]!);
  const log = new BanditLog({
    reward: block.rewards[0]!,
    propensity: block.propensity,
    actionProbability: block.incumbent!,
  });
  const expected = defaultInterval(inversePropensity(log), {
    clusters: block.unit!,
    envelope: valueEnvelope(weights, block.rewards[0]!, [0, 1]),
  });
  const { incumbent } = metricEstimates(evidence, 0, 0.95);
  expectClose(incumbent.lower!, expected.lower, 1e-9);
  expectClose(incumbent.upper!, expected.upper, 1e-9);
});
