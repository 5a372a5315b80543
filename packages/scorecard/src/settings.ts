import { z } from "zod";
import { ScorecardError } from "./error.ts";

/** Thresholds of the metrics: part of every report, since values under different ones are not comparable. */
export const metricSettingsSchema = z.strictObject({
  coveragePositions: z.int().min(1).default(10).describe("Positions that catalogue coverage looks at"),
  needItems: z.int().min(1).default(1).describe("A page meets its user's need with so many impressions"),
  needUtility: z.number().default(0.5).describe("of at least this utility"),
  needShare: z
    .number()
    .gt(0)
    .lte(1)
    .default(0.5)
    .describe("A user's needs are met when so many pages meet them"),
  atkinsonAversion: z.number().gt(0).max(10).default(0.5).describe("Aversion of the Atkinson index"),
  vendiOrder: z.number().min(0).max(100).default(1).describe("Order of the Vendi scores"),
  newCreatorDays: z.number().gt(0).default(28).describe("Creators are new for so many days"),
  viableImpressions: z
    .number()
    .gt(0)
    .default(1)
    .describe("A creator is viable with so many impressions a day"),
  firstImpressions: z
    .int()
    .min(1)
    .default(100)
    .describe("Impressions until which a new creator's time is taken"),
  visitGap: z
    .number()
    .gt(0)
    .default(1 / 48)
    .describe("Idle days that end a visit, where visits are not given"),
});
export type MetricSettings = z.infer<typeof metricSettingsSchema>;

/**
 * Settings with defaults filled in.
 *
 * @throws ScorecardError `BAD_OPTION`, one line that names the setting
 */
export function metricSettings(given: unknown = {}): MetricSettings {
  const parsed = metricSettingsSchema.safeParse(given);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  const allowed = Object.keys(metricSettingsSchema.shape).join(", ");
  throw new ScorecardError(
    "BAD_OPTION",
    issue.code === "unrecognized_keys"
      ? `settings: there is no ${issue.keys.join(", ")}; allowed: ${allowed}`
      : `settings.${issue.path.join(".")}: ${issue.message}`,
  );
}
