import { expect, test } from "vitest";
import { secondPriceOptions, SecondPriceAuctions } from "../../src/auctiongym/index.ts";

/** AuctionGym's own code, 200 catalogues of 20,000 rounds: mean a round, and its standard error over catalogues. */
const goldens = [
  ["revenue", 0.4021, 0.002],
  ["welfare", 0.6968, 0.003],
  ["advertiserSurplus", 0.2948, 0.0016],
] as const;

test("AuctionGym's own code, truthful bidders: |z| ≤ 4 in three comparisons over 150 catalogues", () => {
  const catalogues = 150;
  const [rows, steps] = [50, 40];
  const means = goldens.map(() => new Float64Array(catalogues));
  for (let catalogueSeed = 0; catalogueSeed < catalogues; catalogueSeed++) {
    const world = new SecondPriceAuctions(secondPriceOptions.parse({ catalogueSeed }), rows);
    world.reset({ seed: `golden ${catalogueSeed}` });
    for (let i = 0; i < steps; i++) {
      world.step();
      for (let at = 0; at < world.objectives.length; at++)
        means[at % 3]![catalogueSeed]! += world.objectives[at]! / (rows * steps);
    }
  }
  goldens.forEach(([, golden, error], i) => {
    const mean = means[i]!.reduce((sum, value) => sum + value, 0) / catalogues;
    const squares = means[i]!.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    const own = Math.sqrt(squares / (catalogues - 1) / catalogues);
    expect(Math.abs(mean - golden) / Math.hypot(own, error)).toBeLessThanOrEqual(4);
  });
});
