import { describe, expect, test } from "vitest";
import {
  estimateLaunch,
  evidencePlan,
  gatherEvidence,
  judgeLaunch,
  metricEffects,
  metricEstimates,
} from "../../src/index.ts";
import { expectClose } from "../bandit/golden.ts";
import { contextOf, drawsOf, logOf, specOf } from "./made-up-launch.ts";

const SESSIONS = 300;
const STEPS = 10;

/** Sessions of ten decisions between two items; the candidate prefers the first, a little at each decision. */
function sessionBlock(outcome: (session: number, step: number) => number): Parameters<typeof logOf>[0] {
  const rows = SESSIONS * STEPS;
  const draw = drawsOf("sessions");
  const action = Int32Array.from({ length: rows }, (_, i) => (draw(i, 0) < 0.5 ? 0 : 1));
  return {
    rowCount: rows,
    rewards: [Float64Array.from(action, (_, i) => outcome(Math.floor(i / STEPS), i % STEPS))],
    propensity: new Float64Array(rows).fill(0.5),
    candidate: Float64Array.from(action, (item) => (item === 0 ? 0.8 : 0.2)),
    incumbent: undefined,
    session: Float64Array.from(action, (_, i) => Math.floor(i / STEPS)),
    step: Int32Array.from(action, (_, i) => i % STEPS),
    action,
  };
}

const sessionSpec = (
  horizon: number,
  changes: Parameters<typeof specOf>[0] = {},
): ReturnType<typeof specOf> =>
  specOf({
    estimand: { states: "all", attributionWindow: "at once", interference: "none", horizon },
    ...changes,
  });

/** Each session's product of ratios over its first `horizon` decisions. */
function products(block: ReturnType<typeof sessionBlock>, horizon: number): number[] {
  return Array.from({ length: SESSIONS }, (_, s) => {
    let product = 1;
    for (let i = s * STEPS; i < s * STEPS + horizon; i++) product *= block.candidate[i]! / 0.5;
    return product;
  });
}

describe("evidence of whole sessions", () => {
  test.each([2, STEPS])(
    "is as large as its sessions' weights say, not its decisions': horizon %i",
    async (horizon) => {
      const block = sessionBlock(() => 0);
      const spec = sessionSpec(horizon, { evidence: { effectiveSampleSize: 200, units: 10 } });
      const evidence = await gatherEvidence(logOf(block), evidencePlan(spec));
      const weights = products(block, horizon);
      const sum = weights.reduce((total, w) => total + w, 0);
      const squares = weights.reduce((total, w) => total + w * w, 0);
      const found = evidence.weights.diagnostics();
      expect(found.count).toBe(SESSIONS);
      expectClose(found.effectiveSampleSize, sum ** 2 / squares, 1e-9);
      expectClose(found.largestShare, Math.max(...weights) / sum, 1e-9);
      const verdict = await judgeLaunch(logOf(block), contextOf(spec));
      expect(verdict.weights.count).toBe(SESSIONS);
      expectClose(verdict.weights.effectiveSampleSize, sum ** 2 / squares, 1e-9);
      const size = verdict.validity.find(({ id }) => id === "effective-sample-size")!;
      expect(size.found).toContain("of 300 sessions");
      // The ten-step sessions weigh as much as some twenty.
      expect(size.state).toBe(sum ** 2 / squares >= 200 ? "green" : "red");
    },
  );

  test("leaves out what happened beyond the horizon", async () => {
    const block = sessionBlock((session, step) => (step === 5 && session < 40 ? 1 : 0));
    const wall = [{ metric: "click", range: [0, 1] as [number, number], limit: 0 }];
    const before = sessionSpec(5, { walls: wall });
    const after = sessionSpec(6, { walls: wall });
    const of = async (spec: typeof before): Promise<string> =>
      metricEffects(await gatherEvidence(logOf(block), evidencePlan(spec)), spec).at(-1)!.decision;
    expect(await of(before)).toBe("within-limit");
    expect(await of(after)).toBe("limit-broken");
    const { profile } = await gatherEvidence(logOf(block), evidencePlan(before));
    expect(profile.rows).toBe(5 * SESSIONS);
  });
});

describe("sessions that the candidate cannot go through", () => {
  test("say nothing, in words, rather than break off", async () => {
    const block = { ...sessionBlock(() => 1) };
    // At the last step the candidate never does what was logged.
    const candidate = block.candidate.map((p, i) => (i % STEPS === STEPS - 1 ? 0 : p));
    const log = logOf({ ...block, candidate });
    const verdict = await judgeLaunch(log, contextOf(sessionSpec(STEPS)));
    expect(verdict.verdict).toBe("NO-DECISION");
    expect(verdict.headline).toContain(`over ${STEPS} decisions this log says nothing of it`);
    const plan = evidencePlan(sessionSpec(STEPS));
    await expect(
      estimateLaunch(log, {
        ...plan,
        estimators: ["ips"],
        rewardModel: "auto",
        confidence: 0.95,
        looks: "once",
        everyMetric: true,
      }),
    ).rejects.toThrow(
      `every logged session of ${STEPS} decisions: this log says nothing of it; choose a shorter horizon`,
    );
    // Before that step it may be valued.
    expect((await judgeLaunch(log, contextOf(sessionSpec(2)))).metrics).toHaveLength(1);
  });

  test("do not break a wall by what they hold", async () => {
    // Harm comes only after a first step that the candidate never takes.
    const block = sessionBlock((_, step) => (step === 1 ? 1 : 0));
    const first = (i: number): boolean => block.action![i - (i % STEPS)] === 0;
    const harm = block.rewards[0]!.map((value, i) => (first(i) ? 0 : value));
    const candidate = block.candidate.map((p, i) => (i % STEPS === 0 ? (first(i) ? 1 : 0) : p));
    const spec = sessionSpec(2, { walls: [{ metric: "harm", range: [0, 1], limit: 0 }] });
    const log = logOf(
      { ...block, candidate, rewards: [block.rewards[0]!, harm] },
      { metrics: ["click", "harm"] },
    );
    expect(metricEffects(await gatherEvidence(log, evidencePlan(spec)), spec).at(-1)!.decision).toBe(
      "within-limit",
    );
  });

  test("a lift of common outcomes is not widened by the horizon", async () => {
    const draw = drawsOf("common");
    const block = sessionBlock((session, step) => (draw(session * STEPS + step, 7) < 0.5 ? 1 : 0));
    const candidate = Float64Array.from(block.action!, (item) => (item === 0 ? 0.52 : 0.48));
    const evidence = await gatherEvidence(logOf({ ...block, candidate }), evidencePlan(sessionSpec(STEPS)));
    const { lift, standardError } = metricEstimates(evidence, 0, 0.95);
    expect(lift.upper! - lift.lower!).toBeLessThan(2 * 3 * standardError);
  });
});

describe("an outcome at the edge of its range", () => {
  const with3 = (value: number): Parameters<typeof logOf>[0] => {
    const block = sessionBlock(() => 0);
    return { ...block, rewards: [block.rewards[0]!.map((_, i) => (i === 7 ? value : 0))] };
  };
  const spec = specOf({ primary: { metric: "click", range: [0, 0.3] } });

  test("may miss it by rounding, and counts as the edge", async () => {
    const { onlyExtremes } = await gatherEvidence(logOf(with3(0.1 + 0.2)), evidencePlan(spec));
    expect(onlyExtremes).toEqual([true]);
    const inside = await gatherEvidence(logOf(with3(0.1)), evidencePlan(spec));
    expect(inside.onlyExtremes).toEqual([false]);
  });

  test("is refused beyond rounding, by its row", async () => {
    await expect(gatherEvidence(logOf(with3(0.300001)), evidencePlan(spec))).rejects.toThrow(
      "log: kept row 8: click is 0.300001; its range is given as [0, 0.3]",
    );
  });
});
