import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  dayOfWeekFactor,
  seasonalFactor,
  seasonalityOptions,
  timeOfDayFactor,
  yearFactor,
} from "../src/laws/seasonality.ts";

const some = fc
  .record({
    timeOfDay: fc.double({ min: 0, max: 1, noNaN: true }),
    peakHour: fc.double({ min: 0, max: 24, noNaN: true }),
    weekend: fc.double({ min: -1, max: 2.5, noNaN: true }),
    yearly: fc.double({ min: 0, max: 1, noNaN: true }),
    peakDay: fc.double({ min: 0, max: 365, noNaN: true }),
  })
  .map((values) => seasonalityOptions.parse(values));

function meanOf(count: number, of: (i: number) => number): number {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += of(i);
  return sum / count;
}

describe("seasons", () => {
  test("have mean 1 over their periods, and their product over the common one, and are never negative", () => {
    fc.assert(
      fc.property(
        some,
        fc.integer({ min: 1, max: 24 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (law, steps, share) => {
          expect(meanOf(steps, (step) => timeOfDayFactor(step, steps, law))).toBeCloseTo(1, 12);
          expect(meanOf(7, (day) => dayOfWeekFactor(day, law))).toBeCloseTo(1, 12);
          expect(meanOf(365, (day) => yearFactor(day, law))).toBeCloseTo(1, 12);
          const days = (day: number) => dayOfWeekFactor(day, law) * yearFactor(day, law);
          expect(meanOf(7 * 365, days)).toBeCloseTo(1, 12);
          expect(meanOf(7 * 365, (day) => seasonalFactor(days(day), share))).toBeCloseTo(1, 12);
          for (let i = 0; i < 30; i++)
            expect(timeOfDayFactor(i % steps, steps, law) * days(i)).toBeGreaterThanOrEqual(-1e-12);
        },
      ),
      { numRuns: 30 },
    );
  });

  test("peak when they should, by hand", () => {
    const law = seasonalityOptions.parse({
      timeOfDay: 0.5,
      peakHour: 18,
      weekend: 0.5,
      yearly: 0.25,
      peakDay: 0,
    });
    // with two steps a day the middles are 6 and 18 o'clock
    expect(timeOfDayFactor(0, 2, law)).toBeCloseTo(0.5, 12);
    expect(timeOfDayFactor(1, 2, law)).toBeCloseTo(1.5, 12);
    expect([4, 5, 6, 7].map((day) => dayOfWeekFactor(day, law))).toEqual([0.8, 1.5, 1.5, 0.8]);
    expect(yearFactor(365, law)).toBeCloseTo(1.25, 12);
    expect(yearFactor(365 / 2, law)).toBeCloseTo(0.75, 12);
    expect(seasonalFactor(1.5, 0.4)).toBeCloseTo(1.2, 12);
  });
});
