import fc from "fast-check";
import { expect, test } from "vitest";
import { BOOTSTRAPPED, generalisedAdvantagesInto, LINKED, OPEN, TERMINATED } from "../src/advantages.ts";

function chain(
  decisions: {
    reward: number;
    value: number;
    elapsed?: number;
    end: number;
    next?: number;
    bootstrap?: number;
  }[],
) {
  return {
    count: decisions.length,
    reward: decisions.map((d) => d.reward),
    value: decisions.map((d) => d.value),
    elapsed: decisions.map((d) => d.elapsed ?? 1),
    end: decisions.map((d) => d.end),
    next: decisions.map((d) => d.next ?? -1),
    bootstrap: decisions.map((d) => d.bootstrap ?? 0),
    stride: 1,
    offset: 0,
  };
}

test("with λ = 1 and values 0 the advantages of an episode are its discounted returns", () => {
  const out = new Float64Array(3);
  generalisedAdvantagesInto(
    out,
    chain([
      { reward: 1, value: 0, end: LINKED, next: 1 },
      { reward: 2, value: 0, end: LINKED, next: 2 },
      { reward: 4, value: 0, end: TERMINATED },
    ]),
    { discountFactor: 0.5, lambda: 1 },
  );
  expect([...out]).toEqual([3, 4, 4]);
});

test("an endless reward of 1 has the value 1/(1 − γ): at that value every advantage is 0, whatever λ", () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0.1, max: 0.99, noNaN: true }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (discountFactor, lambda) => {
        const value = 1 / (1 - discountFactor);
        const decisions = Array.from({ length: 20 }, (_, i) => ({
          reward: 1,
          value,
          end: LINKED,
          next: i + 1,
        }));
        const last = { reward: 1, value, end: BOOTSTRAPPED, bootstrap: value, next: -1 };
        const out = new Float64Array(21);
        generalisedAdvantagesInto(out, chain([...decisions, last]), { discountFactor, lambda });
        for (const advantage of out) expect(Math.abs(advantage)).toBeLessThan(1e-10 * value);
      },
    ),
  );
});

test("a semi-Markov decision of Δ ticks discounts by γ^Δ and decays λ once", () => {
  const out = new Float64Array(2);
  const discountFactor = 0.9;
  const lambda = 0.8;
  generalisedAdvantagesInto(
    out,
    chain([
      { reward: 1.5, value: 2, elapsed: 3, end: LINKED, next: 1 },
      { reward: -1, value: 5, elapsed: 2, end: BOOTSTRAPPED, bootstrap: 7 },
    ]),
    { discountFactor, lambda },
  );
  const second = -1 + 0.81 * 7 - 5;
  expect(out[1]).toBeCloseTo(second, 14);
  expect(out[0]).toBeCloseTo(1.5 + 0.729 * 5 - 2 + 0.729 * 0.8 * second, 14);
});

test("skipping ticks without reward gives what acting on each of them with exact values would", () => {
  // V(s) two ticks before a reward of 1 is γ²; acting every tick with exact values or once over three ticks agrees.
  const g = 0.9;
  const fine = new Float64Array(3);
  generalisedAdvantagesInto(
    fine,
    chain([
      { reward: 0, value: 0, end: LINKED, next: 1 },
      { reward: 0, value: g, end: LINKED, next: 2 },
      { reward: 1, value: 1, end: TERMINATED },
    ]),
    { discountFactor: g, lambda: 1 },
  );
  const coarse = new Float64Array(1);
  generalisedAdvantagesInto(coarse, chain([{ reward: g * g, value: 0, elapsed: 3, end: TERMINATED }]), {
    discountFactor: g,
    lambda: 1,
  });
  expect(coarse[0]).toBeCloseTo(fine[0]!, 14);
});

test("an open decision has no advantage and its own value ends the segment before it; clipping bounds scaled rewards", () => {
  const out = new Float64Array(2);
  generalisedAdvantagesInto(
    out,
    chain([
      { reward: 100, value: 0.5, end: LINKED, next: 1 },
      { reward: 9, value: 3, end: OPEN },
    ]),
    { discountFactor: 0.5, lambda: 0.95, rewardScale: 0.5, rewardClip: 10 },
  );
  expect(out[1]).toBe(0);
  expect(out[0]).toBeCloseTo(10 + 0.5 * 3 - 0.5, 14);
});
