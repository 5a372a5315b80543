import { sha256Schema, STAKEHOLDERS } from "@longview/formats";
import { z } from "zod";
import { metricSettingsSchema } from "./settings.ts";

const bound = z.number().nullable();
const interval = z.tuple([bound, bound]).nullable().describe("Null: nothing to learn it from");

const metricSchema = z.strictObject({
  name: z.string(),
  title: z.string(),
  formula: z.string(),
  unit: z.string(),
  direction: z.enum(["higher", "lower", "none"]),
  stakeholder: z.enum(STAKEHOLDERS),
  window: z.string(),
  version: z.int(),
  resampling: z.enum(["users", "creators", "none"]).describe("What the interval takes as independent"),
});

const valueSchema = z.union([
  z.strictObject({
    metric: z.string(),
    value: z.number(),
    standardError: z.number().nullable(),
    interval,
    count: z.int().describe("Independent subjects"),
  }),
  z.strictObject({ metric: z.string(), unavailable: z.string().describe("Why there is no value") }),
]);

const missingSchema = z.strictObject({ unavailable: z.string() });

const ecosystemSchema = z.union([
  z.strictObject({
    value: z.number(),
    standardError: z.number().nullable(),
    interval,
    volume: z.number(),
    stakeholders: z.record(z.string(), z.number()),
  }),
  missingSchema,
]);

const mixRateSchema = z.strictObject({
  mix: z.number(),
  rate: z.number(),
  segments: z.array(
    z.strictObject({
      segment: z.string(),
      share: z.tuple([z.number(), z.number()]),
      rate: z.tuple([bound, bound]),
      mix: z.number(),
      change: z.number(),
    }),
  ),
});

const movementSchema = z.strictObject({
  from: z.string(),
  to: z.string(),
  metrics: z.array(
    z.strictObject({
      metric: z.string(),
      before: z.number(),
      after: z.number(),
      change: z.number(),
      interval,
      parts: mixRateSchema.nullable(),
    }),
  ),
  value: z
    .union([
      z.strictObject({
        before: z.number(),
        after: z.number(),
        change: z.number(),
        interval,
        parts: z.array(z.strictObject({ player: z.string(), part: z.number() })),
      }),
      missingSchema,
    ])
    .nullable(),
});

/** `scorecard.json`: every metric of every window, with its definition, and what moved between windows. */
export const scorecardSchema = z.strictObject({
  schemaVersion: z.literal(1),
  confidence: z.number(),
  settings: metricSettingsSchema,
  metrics: z.array(metricSchema),
  exchangeRates: z
    .strictObject({
      name: z.string(),
      version: z.int(),
      unit: z.string(),
      scale: z.string(),
      sha256: sha256Schema,
    })
    .nullable(),
  windows: z.array(
    z.strictObject({
      name: z.string(),
      start: bound.describe("Days; null without time"),
      end: bound,
      pages: z.int(),
      impressions: z.int(),
      users: z.int(),
      metrics: z.array(valueSchema),
      ecosystem: ecosystemSchema.nullable(),
      curves: z.array(
        z.strictObject({
          name: z.enum(["creatorLorenz", "creatorSurvival"]),
          x: z.array(z.number()),
          y: z.array(z.number()),
          lower: z.array(z.number()).optional(),
          upper: z.array(z.number()).optional(),
        }),
      ),
    }),
  ),
  movements: z.array(movementSchema),
});
export type ScorecardReport = z.infer<typeof scorecardSchema>;
