import type { WatchedLives } from "@longview/marketplace";
import { kaplanMeier, survivalAt } from "@longview/scorecard";
import { meanInterval, studentQuantile } from "@longview/statistics";
import type { BandedCurve, Figure } from "./report-type.ts";

/** The mean over worlds: they are independent, users and creators of one world are not. */
export function figureOf(values: readonly number[], confidence: number): Figure {
  if (values.length < 2) return { mean: values[0]!, interval: null };
  const { mean, interval } = meanInterval([...values], { confidence });
  return { mean, interval: [interval[0], interval[1]] };
}

/** Means over worlds of curves that are known at the same places and never below 0, where their intervals are cut. */
export function meanCurve(
  x: readonly number[],
  curves: readonly (readonly number[])[],
  confidence: number,
): BandedCurve {
  const figures = x.map((_, i) =>
    figureOf(
      curves.map((curve) => curve[i]!),
      confidence,
    ),
  );
  const bounds = (side: 0 | 1): number[] | null =>
    curves.length < 2 ? null : figures.map(({ interval }) => Math.max(0, interval![side]));
  return { x, y: figures.map(({ mean }) => mean), lower: bounds(0), upper: bounds(1) };
}

/**
 * Kaplan–Meier survival of all worlds' lives at whole days 0 … `days`, as far as anybody was watched. Its interval leaves out one world
 * at a time (jackknife, Student's quantile): lives of one world are not independent.
 */
export function survivalOverWorlds(
  worlds: readonly WatchedLives[],
  days: number,
  confidence: number,
): BandedCurve {
  const whole = survivalOf(worlds, days);
  const x = whole.map((_, age) => age);
  const count = worlds.length;
  if (count < 2) return { x, y: whole, lower: null, upper: null };
  const rests = worlds.map((_, left) =>
    survivalOf(
      worlds.filter((_world, at) => at !== left),
      days,
    ),
  );
  const quantile = studentQuantile(0.5 + confidence / 2, count - 1);
  const half = x.map((age) => {
    const values = rests.map((rest) => rest[Math.min(age, rest.length - 1)]!);
    const mean = values.reduce((sum, value) => sum + value, 0) / count;
    const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    return quantile * Math.sqrt(((count - 1) / count) * squares);
  });
  return {
    x,
    y: whole,
    lower: whole.map((y, i) => Math.max(0, y - half[i]!)),
    upper: whole.map((y, i) => Math.min(1, y + half[i]!)),
  };
}

function survivalOf(worlds: readonly WatchedLives[], days: number): number[] {
  const pool = (name: keyof WatchedLives): number[] => worlds.flatMap((lives) => [...lives[name]]);
  const lives = { entry: pool("entry"), exit: pool("exit"), event: pool("event") };
  const curve = kaplanMeier(lives);
  const oldest = lives.exit.reduce((most, exit) => Math.max(most, exit), 0);
  return Array.from({ length: Math.min(days, Math.floor(oldest)) + 1 }, (_, age) =>
    curve.age.length === 0 ? 1 : survivalAt(curve, age).survival,
  );
}
