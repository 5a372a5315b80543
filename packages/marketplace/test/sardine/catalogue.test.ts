import { expect, test } from "vitest";
import { drawSardineCatalogue, sardineCatalogue } from "../../src/sardine/catalogue.ts";

test("items have norm 1 and two or three topics, half of them each, every topic as often", () => {
  const items = 4000;
  const { embeddings, mainTopics, largestNorm } = drawSardineCatalogue(items, 10, 5);
  const uses = new Int32Array(10);
  let twos = 0;
  for (let item = 0; item < items; item++) {
    const row = embeddings.subarray(item * 10, (item + 1) * 10);
    expect(Math.hypot(...row)).toBeCloseTo(1, 12);
    expect(row[mainTopics[item]!]).toBe(Math.max(...row));
    const used = row.reduce((count, value, topic) => {
      if (value > 0) uses[topic]!++;
      return count + (value > 0 ? 1 : 0);
    }, 0);
    expect([2, 3]).toContain(used);
    if (used === 2) twos++;
  }
  expect(largestNorm).toBeCloseTo(1, 12);
  // Four standard deviations: a false alarm in 16,000 seeds a comparison.
  expect(Math.abs(twos - items / 2)).toBeLessThan(4 * Math.sqrt(items / 4));
  for (const count of uses) expect(Math.abs(count - items / 4)).toBeLessThan(4 * Math.sqrt((items * 3) / 16));
});

test("a catalogue is a function of its seed", () => {
  const { embeddings } = drawSardineCatalogue(30, 10, 1);
  expect(drawSardineCatalogue(30, 10, 1).embeddings).toEqual(embeddings);
  expect(drawSardineCatalogue(30, 10, 2).embeddings).not.toEqual(embeddings);
});

test("scores are divided by the largest norm, and the first of equal components is the main topic", () => {
  const { mainTopics, largestNorm } = sardineCatalogue(Float64Array.of(3, 4, 1, 1), 2);
  expect([...mainTopics]).toEqual([1, 0]);
  expect(largestNorm).toBe(5);
});
