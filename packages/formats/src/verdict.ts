import { z } from "zod";
import { codeVersionSchema, fileHashSchema } from "./lineage.ts";
import { sha256Schema } from "./sha256.ts";
import { STAKEHOLDERS } from "./gate-spec.ts";

/** What a gate says. */
export const VERDICTS = ["SHIP", "HOLD", "NO-DECISION"] as const;
export type VerdictName = (typeof VERDICTS)[number];

const state = z.enum(["green", "amber", "red", "absent"]);
/** Colour of a light or a check; `absent` where nothing answers. */
export type LightState = z.infer<typeof state>;

/** An estimate between bounds; null where nothing bounds it. */
export const boundedEstimateSchema = z.strictObject({
  value: z.number(),
  lower: z.number().nullable(),
  upper: z.number().nullable(),
  confidence: z.number().describe("Of both bounds together; each alone holds with (1 + confidence) / 2"),
  method: z.string(),
});
export type BoundedEstimate = z.infer<typeof boundedEstimateSchema>;

const policySchema = z.strictObject({
  label: z.string(),
  sha256: sha256Schema
    .nullable()
    .describe("Of the file that defines it; null for `uniform`, `logged` and columns"),
});

/** One metric's effect and what it means. */
export const metricEffectSchema = z.strictObject({
  metric: z.string(),
  role: z.enum(["primary", "success", "guardrail", "wall"]),
  stakeholder: z.enum(STAKEHOLDERS),
  better: z.enum(["higher", "lower"]),
  range: z.tuple([z.number(), z.number()]),
  margin: z.number().nullable(),
  limit: z.number().nullable(),
  candidate: boundedEstimateSchema.describe("The candidate's value"),
  incumbent: boundedEstimateSchema.describe("The incumbent's value"),
  lift: boundedEstimateSchema.describe(
    "Candidate minus incumbent, paired, in the metric's units: not turned round where lower is better",
  ),
  standardError: z.number().describe("Of the lift"),
  relativeLift: z
    .number()
    .nullable()
    .describe(
      "Lift as a share of the incumbent's value; null where that is 0. Without an interval: bounds that few outcomes, heavy tails or sequences widen do not carry over to a ratio",
    ),
  decision: z.enum(["better", "not-worse", "worse", "undecided", "within-limit", "limit-broken", "same"]),
  text: z.string().describe("What was tested and what came of it, in one line"),
});
export type MetricEffect = z.infer<typeof metricEffectSchema>;

/** One check of whether the evidence can carry the question. */
export const validityCheckSchema = z.strictObject({
  id: z.string(),
  title: z.string(),
  state,
  found: z.string(),
  needed: z.string(),
  text: z.string().describe("What it means, in one line"),
});
export type ValidityCheck = z.infer<typeof validityCheckSchema>;

/** One row of the table of estimators. */
export const estimatorRowSchema = z.strictObject({
  estimator: z.string(),
  title: z.string(),
  metric: z.string(),
  value: boundedEstimateSchema.nullable().describe("The candidate's value; null where it can't be computed"),
  lift: boundedEstimateSchema.nullable().describe("Against the incumbent; null where it can't be computed"),
  note: z.string().describe("Why something can't be computed, or what to mind; empty else"),
});
export type EstimatorRow = z.infer<typeof estimatorRowSchema>;

/** One value of a segment column. */
export const segmentRowSchema = z.strictObject({
  column: z.string(),
  value: z.string(),
  rows: z.int(),
  units: z.int(),
  effectiveSampleSize: z.number(),
  lift: boundedEstimateSchema
    .nullable()
    .describe("Of the primary metric; null where the segment is too small"),
  adjustedPValue: z
    .number()
    .nullable()
    .describe(
      "Least level at which the interval excludes 0, corrected over segments (Benjamini–Hochberg); from 1e-6 × segments",
    ),
  loses: z.boolean().describe("Whether the interval lies on the losing side of 0 at the corrected level"),
});
export type SegmentRow = z.infer<typeof segmentRowSchema>;

/** `verdict.json`: a gate's verdict with everything that its page shows. */
export const verdictSchema = z.strictObject({
  schemaVersion: z.literal(1),
  verdict: z.enum(VERDICTS),
  notices: z.array(z.string()).describe("What must be read before anything else"),
  headline: z.string().describe("What changes for whom, in one sentence"),
  risk: z.string().describe("The largest risk, in one sentence"),
  reasons: z.array(z.strictObject({ code: z.string(), text: z.string() })),
  flips: z
    .array(
      z.strictObject({
        metric: z.string().describe("The metric, or the title of a check"),
        text: z.string(),
        distance: z
          .number()
          .describe("Between bound and threshold, in the metric's units; 0 where there is none"),
        blocks: z.boolean().describe("Whether the verdict rests on it"),
      }),
    )
    .describe("What would change the verdict: all that blocks it, then the nearest other thresholds"),
  estimand: z.strictObject({
    text: z.string(),
    states: z.string(),
    horizon: z.int(),
    discountFactor: z.number(),
    attributionWindow: z.string(),
    interference: z.literal("none"),
  }),
  specification: z.strictObject({ name: z.string(), file: fileHashSchema }),
  candidate: policySchema,
  incumbent: policySchema,
  log: z.strictObject({
    files: z.array(z.strictObject({ path: z.string(), sha256: sha256Schema, rows: z.int() })),
    layout: z.string(),
    rowsRead: z.int(),
    rowsKept: z.int(),
    rowsQuarantined: z.int(),
    rowsLeftOut: z.int(),
    quarantineFile: z.string().nullable(),
    violations: z.array(z.string()),
    notChecked: z.array(z.string()),
    episodes: z.int().describe("Decisions, or sessions where those are valued"),
    units: z.int().describe("Independent units, or groups of them where there are more than a million"),
    unitsKnown: z.boolean().describe("Whether the log says which decisions belong to one unit"),
    firstTime: z.number().nullable().describe("Seconds"),
    lastTime: z.number().nullable(),
  }),
  confidence: z.number(),
  looks: z.string(),
  lights: z.array(
    z.strictObject({
      name: z.enum(["validity", ...STAKEHOLDERS]),
      title: z.string(),
      state,
      text: z.string(),
    }),
  ),
  metrics: z.array(metricEffectSchema).describe("The primary one first"),
  validity: z.array(validityCheckSchema),
  estimators: z.array(estimatorRowSchema),
  agreement: z
    .strictObject({ agree: z.boolean(), spread: z.number(), pairs: z.array(z.string()) })
    .nullable()
    .describe("Of the estimators that must agree; null for fewer than two"),
  weights: z.strictObject({
    count: z.int(),
    mean: z.number(),
    meanLower: z.number(),
    meanUpper: z.number(),
    minimum: z.number(),
    maximum: z.number(),
    zeroCount: z.int(),
    effectiveSampleSize: z.number(),
    largestShare: z.number(),
    paretoShape: z.number().nullable(),
    histogram: z.array(
      z.strictObject({
        from: z.number().describe("Lower edge; the first bin holds weights of 0"),
        to: z.number(),
        count: z.int(),
      }),
    ),
  }),
  support: z
    .strictObject({
      deficit: z
        .number()
        .describe("The candidate's mass on items that the log never shows where the candidate shows them"),
      valueShift: z
        .tuple([z.number(), z.number()])
        .describe("What that mass could add to the primary metric's estimate"),
      items: z.array(z.string()).describe("Items with the most of the candidate's mass, most first"),
      positions: z.array(z.int()).describe("Positions in the log's own counting; empty where there are none"),
      logged: z.array(z.array(z.int())).describe("Rows, by position then item"),
      candidate: z.array(z.array(z.number())).describe("The candidate's probability, by position then item"),
    })
    .nullable()
    .describe("Null where the candidate's whole distribution is not known"),
  rewardModel: z
    .strictObject({
      kind: z.string(),
      expectedError: z.number(),
      pValue: z.number(),
      bins: z.array(z.strictObject({ predicted: z.number(), observed: z.number(), count: z.int() })),
    })
    .nullable(),
  propensityModel: z
    .strictObject({
      expectedError: z.number(),
      pValue: z.number(),
      bins: z.array(z.strictObject({ predicted: z.number(), observed: z.number(), count: z.int() })),
    })
    .nullable()
    .describe("Where propensities were estimated"),
  positions: z.array(
    z.strictObject({
      position: z.int(),
      rows: z.int(),
      logged: z.number().describe("Mean of the primary metric as logged"),
      meanWeight: z.number(),
      effectiveSampleSize: z.number(),
    }),
  ),
  days: z.array(
    z.strictObject({
      day: z.string().describe("Date, or day number of a simulated world"),
      rows: z.int(),
      logged: z.number(),
      standardError: z.number().nullable(),
      meanWeight: z.number(),
    }),
  ),
  segments: z.array(segmentRowSchema),
  assumptions: z.array(z.strictObject({ assumption: z.string(), usedBy: z.string(), tested: z.string() })),
  absent: z.array(z.string()).describe("What the report can't answer, and why"),
  code: codeVersionSchema,
});
export type Verdict = z.infer<typeof verdictSchema>;
