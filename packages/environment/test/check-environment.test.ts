import { describe, expect, test } from "vitest";
import {
  checkEnvironment,
  listEnvironments,
  makeVectorEnvironment,
  normalizeObservation,
  normalizeReward,
  timeLimit,
  type Finding,
  type VectorEnvironment,
} from "../src/index.ts";

describe("every registered environment conforms", () => {
  for (const { id } of listEnvironments())
    test(`${id}, with 1 row and with 4`, () => {
      const make = (rowCount: number): VectorEnvironment => makeVectorEnvironment(id, { rowCount });
      expect(checkEnvironment(make, { throwing: true })).toEqual([]);
      expect(checkEnvironment(make, { rowCount: 1, seed: "x", throwing: true })).toEqual([]);
      const limited = (rowCount: number): VectorEnvironment => timeLimit(make(rowCount), 7);
      expect(checkEnvironment(limited, { throwing: true })).toEqual([]);
      const frozen = (rowCount: number): VectorEnvironment => {
        const inner = normalizeObservation(make(rowCount), { clip: 10 });
        const outer = normalizeReward(inner);
        inner.updating = outer.updating = false;
        return outer;
      };
      expect(checkEnvironment(frozen, { throwing: true })).toEqual([]);
    });
});

/** A conforming environment with one thing broken. */
function broken(
  change: (environment: VectorEnvironment) => Partial<VectorEnvironment>,
  made: { count: number } = { count: 0 },
) {
  return (rowCount: number): VectorEnvironment => {
    made.count++;
    const inner = makeVectorEnvironment("CartPole-v1", { rowCount });
    const outer = timeLimit(inner, 400);
    return { ...outer, ...change(outer) };
  };
}

function rules(findings: readonly Finding[]): string[] {
  return [...new Set(findings.map(({ rule }) => rule))];
}

test("each broken rule is found by its name", () => {
  const cases: [string, (environment: VectorEnvironment) => Partial<VectorEnvironment>][] = [
    ["buffers", () => ({ reward: new Float64Array(1) })],
    ["buffers", (e) => ({ objectiveNames: ["clicks"], objectives: e.objectives })],
    ["buffers", (e) => ({ action: new Float32Array(e.rowCount) })],
    ["buffers", () => ({ observation: {} })],
    ["spaces", () => ({ id: "nameless" })],
    ["numbers", (e) => ({ step: () => (e.step(), void (e.reward[0] = Number.NaN)) })],
    ["observation", (e) => ({ step: () => (e.step(), void (e.observation["observation"]![0] = 99)) })],
    ["ends", (e) => ({ step: () => (e.step(), e.terminated.fill(1), void e.truncated.fill(1)) })],
    ["snapshot", (e) => ({ restore: (bytes) => (e.restore(bytes), e.step()) })],
    ["rows", (e) => ({ resetRow: (row) => (e.resetRow?.(row), e.resetRow?.(1)) })],
    [
      "actions",
      () => ({
        step: () => {
          throw new Error("boom");
        },
      }),
    ],
  ];
  for (const [rule, change] of cases)
    expect([rule, rules(checkEnvironment(broken(change)))]).toEqual([rule, expect.arrayContaining([rule])]);
});

test("hidden randomness is found as nondeterminism, and all findings are thrown on demand", () => {
  let calls = 0;
  const make = broken((e) => ({ step: () => (e.step(), void (e.reward[0] = calls++)) }));
  expect(rules(checkEnvironment(make))).toContain("determinism");
  expect(() => checkEnvironment(make, { throwing: true })).toThrow(
    /checkEnvironment CartPole-v1: \d+ findings\n- determinism: /,
  );
});
