import { rootKey, uniform } from "@longview/statistics";
import { describe, expect, test } from "vitest";
import { genreSplitExponent, singleGenre } from "../src/equilibrium/genre-split.ts";
import { meanQuality, qualityDistribution, qualityQuantile } from "../src/equilibrium/quality-competition.ts";

const degrees = (angle: number) => (angle * Math.PI) / 180;

describe("the genre split", () => {
  // Jagadeesan, Garg & Steinhardt (2023), two equal users: β* = 2 / (1 − cos θ)
  test.each([
    [90, 2],
    [60, 4],
    [45, 6.828],
    [30, 14.928],
  ])("of two equal users at %d° appears at β* = %d", (angle, published) => {
    const found = genreSplitExponent({ userAngles: [0, degrees(angle)], norm: 2 });
    expect(Math.abs(found - 2 / (1 - Math.cos(degrees(angle))))).toBeLessThan(1e-4);
    expect(found).toBeCloseTo(published, 3);
  });

  test.each([1.5, 2, 3, 5])("of two users on the axes under the q-norm appears at β* = q = %d", (norm) => {
    const found = genreSplitExponent({ userAngles: [0, Math.PI / 2], norm });
    expect(Math.abs(found - norm)).toBeLessThan(1e-4);
  });

  test("does not depend on where the two users point, only on the angle between them", () => {
    const turned = genreSplitExponent({ userAngles: [degrees(10), degrees(70)], norm: 2 });
    expect(Math.abs(turned - 4)).toBeLessThan(1e-4);
  });

  test("starts from the direction whose scores have the largest product, by brute force", () => {
    for (const norm of [1.5, 2, 3]) {
      const userAngles = [degrees(5), degrees(20), degrees(80)];
      const product = (angle: number) => {
        const length = Math.pow(Math.pow(Math.cos(angle), norm) + Math.pow(Math.sin(angle), norm), 1 / norm);
        return userAngles.reduce((value, user) => (value * Math.cos(user - angle)) / length, 1);
      };
      const angles = Array.from({ length: 9001 }, (_, i) => degrees(i / 100));
      const best = angles.reduce((held, angle) => (product(angle) > product(held) ? angle : held));
      expect(Math.abs(singleGenre({ userAngles, norm }, 2).angle - best)).toBeLessThan(degrees(0.01));
    }
  });

  test("never appears where all users want the same", () => {
    expect(genreSplitExponent({ userAngles: [0.4, 0.4, 0.4], norm: 2 })).toBe(Infinity);
  });

  test("comes sooner with a third user on the outside, later with one in the middle", () => {
    const split = (userAngles: number[]) =>
      genreSplitExponent({ userAngles: userAngles.map(degrees), norm: 2 });
    expect(split([15, 75, 45])).toBeGreaterThan(split([15, 75]));
    expect(split([15, 75, 0])).toBeLessThan(split([15, 75]));
  });

  test("the best deviation earns what drawn rivals leave: nothing below β*, something above", () => {
    const theta = degrees(60);
    const users = [0, theta];
    const earned = (exponent: number, angle: number, length: number) => {
      // three rivals on the middle direction, with qualities of the one-dimensional law for both users
      const competition = { users: 2, creators: 4, exponent };
      const key = rootKey("rivals");
      let wins = 0;
      const rounds = 40_000;
      for (let round = 0; round < rounds; round++) {
        let best = 0;
        for (let rival = 0; rival < 3; rival++)
          best = Math.max(best, qualityQuantile(uniform(key, round, 2 * rival), competition));
        for (const user of users) if (length * Math.cos(user - angle) > best * Math.cos(theta / 2)) wins++;
      }
      return wins / rounds - Math.pow(length, exponent);
    };
    const above = singleGenre({ userAngles: users, norm: 2 }, 8);
    expect(above.deviationReturn).toBeGreaterThan(1.1);
    // the deviation's own claim, by simulation: ‖p‖^β (return − 1), within four standard errors
    const length = 0.9;
    const claim = Math.pow(length, 8) * (above.deviationReturn - 1);
    expect(Math.abs(earned(8, above.deviationAngle, length) - claim)).toBeLessThan(
      4 * Math.sqrt(0.5 / 40_000),
    );
    const below = singleGenre({ userAngles: users, norm: 2 }, 3);
    expect(below.deviationReturn).toBeCloseTo(1, 12);
    expect(earned(3, 0, length)).toBeLessThan(0);
  });

  test("tells what is out of range", () => {
    expect(() => genreSplitExponent({ userAngles: [], norm: 2 })).toThrow(/at least one user/);
    expect(() => genreSplitExponent({ userAngles: [2], norm: 2 })).toThrow(
      /angle must be in \[0, π\/2\], got 2/,
    );
    expect(() => singleGenre({ userAngles: [0], norm: 0.5 }, 2)).toThrow(/norm must be >= 1/);
    expect(() => singleGenre({ userAngles: [0], norm: 2 }, 0.5)).toThrow(/exponent must be >= 1/);
  });
});

describe("competition in quality", () => {
  const cases = [
    [{ users: 1, creators: 2, exponent: 2 }, 0.6667],
    [{ users: 10, creators: 5, exponent: 3 }, 0.9233],
  ] as const;

  test.each(cases)(
    "mean of %o is %d, by integration, by simulation and in closed form",
    (competition, published) => {
      const highest = Math.pow(competition.users, 1 / competition.exponent);
      const cells = 20_000;
      let integral = 0;
      for (let i = 0; i < cells; i++)
        integral += (1 - qualityDistribution(((i + 0.5) / cells) * highest, competition)) * (highest / cells);
      expect(integral).toBeCloseTo(published, 4);
      expect(meanQuality(competition)).toBeCloseTo(integral, 5);
      const draws = 20_000;
      let sum = 0;
      for (let i = 0; i < draws; i++) sum += qualityQuantile(uniform(rootKey("quality"), i, 0), competition);
      // a quality is within [0, N^{1/β}], so its deviation is at most half of that
      expect(Math.abs(sum / draws - published)).toBeLessThan((4 * 0.5 * highest) / Math.sqrt(draws));
    },
  );

  test.each(cases)("of %o leaves no quality that earns: wins cost what they bring", (competition) => {
    const { users, creators, exponent } = competition;
    for (const share of [0.1, 0.5, 0.9, 1]) {
      const quality = share * Math.pow(users, 1 / exponent);
      const won = users * Math.pow(qualityDistribution(quality, competition), creators - 1);
      expect(won - Math.pow(quality, exponent)).toBeCloseTo(0, 10);
    }
    expect(qualityDistribution(2 * Math.pow(users, 1 / exponent), competition)).toBe(1);
    expect(qualityDistribution(-1, competition)).toBe(0);
    expect(qualityDistribution(qualityQuantile(0.3, competition), competition)).toBeCloseTo(0.3, 12);
  });
});
