import * as z from "zod";
import { parameter } from "./parameter.ts";

/** What a platform can set from one day to the next, in the order of the platform's actions. */
export const LEVER_NAMES = [
  "adLoad",
  "reservePrice",
  "integrityThreshold",
  "exposureFloor",
  "coldStartBudget",
  "subsidy",
] as const;
export type LeverName = (typeof LEVER_NAMES)[number];

/** Least and largest value of each lever, in the order of {@link LEVER_NAMES}. */
export const LEVER_BOUNDS: Readonly<Record<LeverName, readonly [number, number]>> = {
  adLoad: [0, 4],
  reservePrice: [0, 2],
  integrityThreshold: [0, 1],
  exposureFloor: [0, 1],
  coldStartBudget: [0, 1000],
  subsidy: [0, 5],
};

function lever(name: LeverName, defaultValue: number, text: string) {
  const [least, largest] = LEVER_BOUNDS[name];
  return parameter(least, largest, defaultValue, text);
}

/** The scenario's levers: where they stand when a world begins, and stay unless an action sets them. */
export const leversOptions = z.strictObject({
  adLoad: lever(
    "adLoad",
    1,
    "Sponsored positions of a page; a fraction is the chance of one more [positions]",
  ),
  reservePrice: lever("reservePrice", 0.1, "Least price of a click on a sponsored position [money/click]"),
  integrityThreshold: lever(
    "integrityThreshold",
    0.8,
    "Items with a classifier score of at least this are held back; 1: none [0..1]",
  ),
  exposureFloor: lever(
    "exposureFloor",
    0,
    "Share of a fair share of exposure below which a creator is owed a position [0..1]",
  ),
  coldStartBudget: lever("coldStartBudget", 0, "Impressions that every new creator is owed [impressions]"),
  subsidy: lever(
    "subsidy",
    0,
    "What new creators who keep up the usual volume are paid beside their payout [livings/day]",
  ),
});
export type LeversOptions = z.infer<typeof leversOptions>;
