import fc from "fast-check";
import { expect, test } from "vitest";
import { drawLatentCatalogue, flipProducts } from "../../src/recogym/catalogue.ts";
import { numpyNormals } from "../../src/recogym/numpy-normals.ts";
import { clusterClickProbabilities } from "../../src/recogym/recogym-v0.ts";
import { latentClickInPlace } from "../../src/recogym/recogym-v1.ts";
import { BANDIT, LEFT, nextVisitState, ORGANIC, type VisitLaw } from "../../src/recogym/visit-law.ts";

const law: VisitLaw = {
  organicToBandit: 0.25,
  leaveOrganic: 0.01,
  banditToOrganic: 0.05,
  leaveBandit: 0.2,
  leaveRule: "recogym",
};

/** Shares of the next states over a grid of uniforms. */
function shares(own: VisitLaw, state: typeof ORGANIC | typeof BANDIT): number[] {
  const counts = [0, 0, 0];
  for (let i = 0; i < 1000; i++) counts[nextVisitState(own, state, Float64Array.of((i + 0.5) / 1000), 0)]!++;
  return counts.map((count) => count / 1000);
}

test("the chain of a visit has RecoGym's rows; leaving a recommendation uses the organic chance, unless mended", () => {
  expect(shares(law, ORGANIC)).toEqual([0.74, 0.25, 0.01]);
  expect(shares(law, BANDIT)).toEqual([0.05, 0.94, 0.01]);
  expect(shares({ ...law, leaveRule: "mended" }, BANDIT)).toEqual([0.05, 0.75, 0.2]);
  expect([ORGANIC, BANDIT, LEFT]).toEqual([0, 1, 2]);
});

test("v0's click probabilities are σ(P/5 (T + Tᵀ) + φ − 5) with the transition matrix written out", () => {
  const products = 6;
  const logitNoise = numpyNormals(3, products * products);
  const found = clusterClickProbabilities(products, 3, { logitNoise });
  const transition = (from: number, to: number) => {
    const reachable = [0, 1, 2, 3, 4, 5].filter((other) => other >> 1 === from >> 1);
    return reachable.includes(to) ? 1 / reachable.length : 0;
  };
  for (let a = 0; a < products; a++)
    for (let v = 0; v < products; v++) {
      const logit =
        (products / 5) * (transition(a, v) + transition(v, a)) + logitNoise[a * products + v]! - 5;
      expect(found[a * products + v]).toBeCloseTo(1 / (1 + Math.exp(-logit)), 14);
    }
});

test("v1's click probability rises from 0.45 % to 2.93 %, about 1 % at no affinity", () => {
  const at = (affinity: number) => {
    const cell = Float64Array.of(affinity);
    latentClickInPlace(cell);
    return cell[0]!;
  };
  const sigma = (x: number) => 1 / (1 + Math.exp(-x));
  expect(at(0)).toBeCloseTo(sigma(5 * sigma(-1) - 6), 14);
  expect(at(1.7)).toBeCloseTo(sigma(5 * sigma(2 * sigma(0.51) - 2) - 6), 14);
  expect(at(-1e9)).toBeCloseTo(sigma(5 * sigma(-2) - 6), 14);
  expect(at(1e9)).toBeCloseTo(sigma(5 * 0.5 - 6), 14);
});

test("without flips clicks have the factors of views; with them, pairs of similar products are swapped", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1000 }), fc.integer({ min: 0, max: 4 }), (seed, flips) => {
      const { viewFactors, viewOffsets, clickFactors, clickOffsets } = drawLatentCatalogue(
        8,
        2,
        3,
        flips,
        seed,
      );
      const row = (factors: Float64Array, product: number) => factors.slice(2 * product, 2 * product + 2);
      const partner = Array.from({ length: 8 }, (_, product) => viewOffsets.indexOf(clickOffsets[product]!));
      partner.forEach((other, product) => {
        expect(partner[other]).toBe(product);
        expect(row(clickFactors, product)).toEqual(row(viewFactors, other));
      });
      // Greedy by hand: the most similar pair of products that are still free, again and again.
      const free = new Set([0, 1, 2, 3, 4, 5, 6, 7]);
      const expected = Array.from({ length: 8 }, (_, product) => product);
      for (let flip = 0; flip < flips; flip++) {
        let best: [number, number] = [-1, -1];
        let most = -Infinity;
        for (const i of free)
          for (const j of free) {
            const [a, b] = [row(viewFactors, i), row(viewFactors, j)];
            const similarity = a[0]! * b[0]! + a[1]! * b[1]!;
            if (i < j && similarity > most) {
              most = similarity;
              best = [i, j];
            }
          }
        const [i, j] = best;
        [expected[i], expected[j]] = [j, i];
        free.delete(i);
        free.delete(j);
      }
      expect(partner).toEqual(expected);
    }),
    { numRuns: 50, seed: 2 },
  );
});

test("the catalogue's popularity comes after its factors in the draws of the seed, three times as wide", () => {
  const { viewFactors, viewOffsets } = drawLatentCatalogue(10, 5, 3, 0, 42);
  const drawn = numpyNormals(42, 60);
  expect(viewFactors).toEqual(drawn.slice(0, 50));
  expect(viewOffsets).toEqual(drawn.slice(50).map((z) => 3 * z));
  expect(flipProducts(viewFactors, viewOffsets, 0).clickFactors).toEqual(viewFactors);
});
