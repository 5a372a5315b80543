import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { stageSharesInto } from "../../src/gaps/shapley.ts";
import { COALITIONS, IDEAL, itemCoalitionsInto, levelCoalitionsInto, STAGES } from "../../src/gaps/stages.ts";

const numbers = (count: number): fc.Arbitrary<number[]> =>
  fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: count, maxLength: count });

function sharesOf(values: ArrayLike<number>): number[] {
  const out = new Float64Array(STAGES.length);
  stageSharesInto(out, 0, values);
  return Array.from(out);
}

/** Every order of the four stages. */
function orders(stages: readonly number[]): number[][] {
  return stages.length === 0
    ? [[]]
    : stages.flatMap((stage) =>
        orders(stages.filter((other) => other !== stage)).map((rest) => [stage, ...rest]),
      );
}

describe("Shapley shares of stages", () => {
  test("are the mean gain over all 24 orders of mending", () => {
    fc.assert(
      fc.property(numbers(COALITIONS), (values) => {
        const mean = [0, 0, 0, 0];
        const all = orders([0, 1, 2, 3]);
        for (const order of all) {
          let mended = 0;
          for (const stage of order) {
            const next = mended | (1 << stage);
            mean[stage]! += (values[next]! - values[mended]!) / all.length;
            mended = next;
          }
        }
        sharesOf(values).forEach((share, stage) => expect(share).toBeCloseTo(mean[stage]!, 10));
      }),
    );
  });

  test("sum to all that is lost", () => {
    fc.assert(
      fc.property(numbers(COALITIONS), (values) => {
        const sum = sharesOf(values).reduce((total, share) => total + share, 0);
        expect(sum).toBeCloseTo(values[IDEAL]! - values[0]!, 10);
      }),
    );
  });

  test("are the fall of the level at each stage where only levels are known", () => {
    const values = new Float64Array(COALITIONS);
    levelCoalitionsInto(values, 0, { makeable: 9, catalogue: 7, retrieved: 6, eligible: 3, served: 1 });
    const shares = sharesOf(values);
    [2, 1, 3, 2].forEach((share, stage) => expect(shares[stage]).toBeCloseTo(share, 12));
  });

  test("split what two stages lose together evenly, and give a stage that never matters nothing", () => {
    const values = new Float64Array(COALITIONS);
    // One good item that is neither retrieved nor let through.
    itemCoalitionsInto(values, 0, { count: 2, utilities: [1, 3], lostAt: [0, 2 | 4], nothing: 0 });
    const shares = sharesOf(values);
    [0, 1, 1, 0].forEach((share, stage) => expect(shares[stage]).toBeCloseTo(share, 12));
  });
});

test("the best item within reach of each set of mended stages is the one found by trying every item", () => {
  const item = fc.record({
    utility: fc.double({ min: -5, max: 5, noNaN: true }),
    lostAt: fc.integer({ min: 0, max: IDEAL }),
  });
  fc.assert(
    fc.property(fc.array(item, { maxLength: 8 }), (items) => {
      const values = new Float64Array(COALITIONS + 3);
      itemCoalitionsInto(values, 3, {
        count: items.length,
        utilities: items.map(({ utility }) => utility),
        lostAt: items.map(({ lostAt }) => lostAt),
        nothing: -1,
      });
      for (let mended = 0; mended < COALITIONS; mended++) {
        const within = items.filter(({ lostAt }) => (lostAt & ~mended) === 0).map(({ utility }) => utility);
        expect(values[3 + mended]).toBe(Math.max(-1, ...within));
      }
    }),
  );
});
