import { describe, expect, test } from "vitest";
import { evidencePlan, gatherEvidence, metricEstimates } from "../../src/index.ts";
import { fewOutcomeBounds } from "../../src/launch/few-outcomes.ts";
import { expectClose } from "../bandit/golden.ts";
import { banditBlock, logOf, specOf, trueLift, type BanditWorld } from "./made-up-launch.ts";

/** Rare clicks, and a candidate that turns away from the item that was seldom shown. */
const rare = (clickRate: readonly number[], rows: number, seed: string): BanditWorld => ({
  logging: [0.5, 0.3, 0.2],
  candidate: [0.65, 0.3, 0.05],
  clickRate,
  rows,
  seed,
});

const WORLDS = 400;

/** Worlds in which the truth lies below the interval of the lift, and above it. */
async function misses(clickRate: readonly number[], rows: number): Promise<{ below: number; above: number }> {
  let below = 0;
  let above = 0;
  for (let w = 0; w < WORLDS; w++) {
    const world = rare(clickRate, rows, `rare ${clickRate.join()} ${rows} ${w}`);
    const evidence = await gatherEvidence(logOf(banditBlock(world)), evidencePlan(specOf()));
    const { lift } = metricEstimates(evidence, 0, 0.95);
    if (trueLift(world) < lift.lower!) below++;
    if (trueLift(world) > lift.upper!) above++;
  }
  return { below, above };
}

describe("a lift that few outcomes carry", () => {
  // 2.5 % a side; 19 or more of 400 would come by chance in 0.6 % of the studies.
  test.each([
    ["without effect, 10 clicks", [0.002, 0.002, 0.002], 5000],
    ["without effect, 4 clicks", [0.002, 0.002, 0.002], 2000],
    ["with a loss, 10 clicks", [0.001, 0.002, 0.003], 5000],
  ] as const)("is not found too high or too low: %s", async (_, clickRate, rows) => {
    const { below, above } = await misses(clickRate, rows);
    expect(below).toBeLessThan(19);
    expect(above).toBeLessThan(19);
  });

  test("without any outcome may still lie on either side", async () => {
    const evidence = await gatherEvidence(
      logOf(banditBlock(rare([0, 0, 0], 1000, "none"))),
      evidencePlan(specOf()),
    );
    const { lift } = metricEstimates(evidence, 0, 0.95);
    // 3.69 events of weight 0.75 against the candidate, of weight 0.3 for it, in 1,000 decisions.
    expectClose(lift.lower!, (-3.688879454 * 0.75) / 1000, 1e-7);
    expect(lift.upper!).toBeGreaterThanOrEqual((3.68887 * 0.3) / 1000);
  });

  test("with enough of them is left to the default interval", () => {
    const influence = Float64Array.from({ length: 1000 }, (_, u) => (u % 2 === 0 ? 1 : -1));
    const difference = influence.map((value) => value);
    expect(fewOutcomeBounds({ influence, difference, reach: 1 }, 0.95)).toBeUndefined();
  });
});
