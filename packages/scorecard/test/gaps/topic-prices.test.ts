import { expect, test } from "vitest";
import { topicPrices, type GapAxes } from "../../src/gaps/index.ts";

const axes: GapAxes = { topics: ["music", "cooking"], segments: ["young", "old"], contexts: ["any"] };

test("a topic that users would rather see more of has what the swap brings as its price, the other none", async () => {
  const prices = await topicPrices(
    axes,
    {
      // Music: 200 to the young, 100 to the old; cooking: 0 and 100, over two weeks.
      exposures: Float64Array.of(200, 100, 0, 100),
      worth: Float64Array.of(0.5, 0.2, 0.3, 0.6),
      weeks: 2,
    },
    { headroom: 0.1 },
  );
  // The old want cooking: 55 of their 100 a week get it, one more would come for a music exposure: 0.6 − 0.2.
  expect(prices.map(({ topic }) => topic)).toEqual(["cooking", "music"]);
  expect(prices[0]!.exposuresPerWeek).toBe(50);
  expect(prices[0]!.pricePerExposure).toBeCloseTo(0.4, 6);
  expect(prices[1]!.pricePerExposure).toBeCloseTo(0, 6);
});

test("a headroom of nothing is refused, and a log that shows nothing has no prices", async () => {
  const served = { exposures: new Float64Array(4), worth: new Float64Array(4), weeks: 1 };
  expect(await topicPrices(axes, served)).toEqual([]);
  await expect(topicPrices(axes, served, { headroom: 0 })).rejects.toThrow("headroom must be > 0");
});
