import * as z from "zod";
import { parameter } from "./parameter.ts";

const DAYS_OF_WEEK = 7;
const DAYS_OF_YEAR = 365;

/** Options of seasons. Day 0 is a Monday; the first step of a day begins at midnight. */
export const seasonalityOptions = z.strictObject({
  enabled: z.boolean().default(true).describe("Whether there are seasons"),
  timeOfDay: parameter(0, 1, 0.4, "Swing over the day, on both sides of 1 [1]"),
  peakHour: parameter(0, 24, 20, "Hour at which that swing is highest [hours]"),
  weekend: parameter(-1, 2.5, 0.15, "By how much Saturday and Sunday are above an average day [1]"),
  yearly: parameter(0, 1, 0.1, "Swing over the year, on both sides of 1 [1]"),
  peakDay: parameter(0, 365, 0, "Day of the year at which that swing is highest [days]"),
  returns: parameter(0, 1, 1, "Share of the season that the hazard of returning takes on [0..1]"),
  arrivals: parameter(0, 1, 1, "Share of the season that arrivals take on [0..1]"),
  production: parameter(0, 1, 0.5, "Share of the days' season that production takes on [0..1]"),
});
export type SeasonalityOptions = z.infer<typeof seasonalityOptions>;

/**
 * Factor of the time of day: `1 + timeOfDay · cos(2π (hour − peakHour) / 24)` at the middle of the step,
 * `hour = 24 (step + ½) / stepsPerDay`. Its mean over a day's steps is 1; with one step a day it is 1.
 *
 * @param step - step of the day, 0 … stepsPerDay − 1
 */
export function timeOfDayFactor(step: number, stepsPerDay: number, options: SeasonalityOptions): number {
  if (stepsPerDay === 1) return 1;
  const hour = (24 * (step + 0.5)) / stepsPerDay;
  return 1 + options.timeOfDay * Math.cos((2 * Math.PI * (hour - options.peakHour)) / 24);
}

/** Factor of the day of the week: `1 + weekend` on days 5 and 6 of a week, else `1 − ⅖·weekend`. Its mean over a week is 1. */
export function dayOfWeekFactor(day: number, options: SeasonalityOptions): number {
  return day % DAYS_OF_WEEK >= 5 ? 1 + options.weekend : 1 - 0.4 * options.weekend;
}

/** Factor of the year: `1 + yearly · cos(2π (day − peakDay) / 365)`. Its mean over 365 days is 1. */
export function yearFactor(day: number, options: SeasonalityOptions): number {
  return 1 + options.yearly * Math.cos((2 * Math.PI * (day - options.peakDay)) / DAYS_OF_YEAR);
}

/**
 * What takes on a share of a season: `1 + share · (season − 1)`, which keeps a mean of 1.
 *
 * The mean of the product of all three factors over 7 · 365 days is 1 as well, because 7 and 365 have no common divisor.
 */
export function seasonalFactor(season: number, share: number): number {
  return 1 + share * (season - 1);
}
