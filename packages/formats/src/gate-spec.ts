import { z } from "zod";
import { nearMiss } from "./log-reading/near-miss.ts";
import { schemaIssueText } from "./log-reading/schema-issue.ts";

/** Whose interest a metric stands for: one light of the report each, beside validity. */
export const STAKEHOLDERS = ["users", "creators", "safety", "money"] as const;
export type Stakeholder = (typeof STAKEHOLDERS)[number];

/** Squares of outcomes are summed: within these they neither overflow nor vanish. */
const LARGEST_BOUND = 1e100;
const SMALLEST_WIDTH = 1e-100;

const bound = z.number().min(-LARGEST_BOUND).max(LARGEST_BOUND);
const range = z
  .tuple([bound, bound])
  .refine(([least, most]) => most - least >= SMALLEST_WIDTH, "two numbers in order")
  .describe("Bounds of one decision's outcome, known beforehand: not the sample's own extremes");

const names = z
  .array(z.string().min(1))
  .refine((list) => new Set(list).size === list.length, "each name once");

const metricBase = {
  metric: z.string().min(1).describe("A metric of the log, by name"),
  range,
  better: z.enum(["higher", "lower"]).default("higher"),
  stakeholder: z.enum(STAKEHOLDERS).default("users"),
};

const successSchema = z.strictObject(metricBase);
const guardrailSchema = z.strictObject({
  ...metricBase,
  margin: z
    .number()
    .gt(0)
    .describe("Largest loss against the incumbent that is tolerated, in the metric's units"),
});
const wallSchema = z.strictObject({
  metric: z.string().min(1).describe("A cost of the log, by name; 0 where nothing bad happened"),
  range,
  limit: z
    .number()
    .min(0)
    .describe(
      "Most that the candidate may have a decision (a session, where sessions are valued); 0: it may never happen",
    ),
  confidence: z.number().gt(0.5).lt(1).default(0.99).describe("One-sided confidence of its bounds"),
  stakeholder: z.enum(STAKEHOLDERS).default("safety"),
});

/** `gate.yaml`: what is decided, on what, and how, written before anyone looks at the data. */
export const gateSpecSchema = z.strictObject({
  name: z.string().min(1).describe("What is being decided, for the report's title"),
  estimand: z.strictObject({
    states: z.string().min(1).describe("Which users and contexts the answer is about"),
    horizon: z
      .int()
      .min(1)
      .max(10_000)
      .default(1)
      .describe("1: each decision by itself; more: sessions, valued over their first `horizon` decisions"),
    discountFactor: z.number().gt(0).lte(1).default(1).describe("Per decision of a session"),
    attributionWindow: z.string().min(1).describe("Which outcomes count towards a decision"),
    interference: z
      .literal("none")
      .describe("Assumed: what one user is shown does not change another's outcome"),
  }),
  incumbent: z
    .string()
    .min(1)
    .default("logged")
    .describe("The policy to beat; `logged`: the one that wrote the log"),
  confidence: z.number().gt(0.5).lt(1).default(0.95),
  looks: z
    .union([z.enum(["once", "unlimited"]), z.strictObject({ planned: z.int().min(2).max(1000) })], {
      error: "once, unlimited, or a number of looks such as { planned: 40 }",
    })
    .default("once")
    .describe("How often the growing data is looked at: once, a planned number of times, or after every row"),
  primary: successSchema.describe("The metric of the headline; it counts as a success metric"),
  success: z.array(successSchema).default([]).describe("Further metrics of which one may win (superiority)"),
  guardrails: z
    .array(guardrailSchema)
    .default([])
    .describe("Metrics that must not lose more than a margin (non-inferiority)"),
  walls: z.array(wallSchema).default([]).describe("Costs with a limit that no gain outweighs"),
  estimators: names
    .min(1)
    .default(["ips", "snips", "dr"])
    .describe("Estimators of the candidate's value to show beside the paired lift; they must agree"),
  rewardModel: z
    .enum(["auto", "linear", "logistic", "mlp"])
    .default("auto")
    .describe("Model of doubly robust estimators; auto: logistic for outcomes of 0 and 1, linear for others"),
  evidence: z.strictObject({
    effectiveSampleSize: z.number().min(0).describe("Least effective sample size of the candidate's weights"),
    largestWeightShare: z.number().gt(0).lte(1).default(0.05).describe("Most that one row may weigh of all"),
    supportDeficit: z
      .number()
      .min(0)
      .lte(1)
      .default(0.01)
      .describe("Most of the candidate's mass on what was never shown"),
    units: z.int().min(2).default(100).describe("Least number of independent units"),
    quarantinedShare: z
      .number()
      .min(0)
      .lte(1)
      .default(0.01)
      .describe("Most of the rows that may be set aside"),
    everyActionPossible: z
      .boolean()
      .default(false)
      .describe(
        "Whether the logging policy could show every item at every decision: makes the propensity test sharper",
      ),
    roundedPropensities: z
      .boolean()
      .default(false)
      .describe("Whether propensities of so few decimals that they look rounded may carry a SHIP"),
    estimatedPropensities: z
      .boolean()
      .default(false)
      .describe("Whether propensities that had to be estimated may carry a SHIP"),
  }),
  assignment: z
    .record(z.string().min(1), z.number().gt(0))
    .refine((shares) => Object.keys(shares).length > 1, "shares of two policies or more")
    .optional()
    .describe("Share of units that each policy of the log was promised: tested by day"),
  segments: names.default([]).describe("Columns by whose values effects are shown"),
});
/** A checked gate specification. */
export type GateSpec = z.infer<typeof gateSpecSchema>;
/** A gate specification as a person writes it. */
export type GateSpecInput = z.input<typeof gateSpecSchema>;

/** A gate specification that can't be used: one line that names the file, the entry and what is allowed. */
export class GateSpecError extends Error {
  override readonly name = "GateSpecError";
}

/**
 * Checks a gate specification, the parsed content of a YAML file.
 *
 * @param where - the file's name, for the message
 * @throws GateSpecError one line
 */
export function parseGateSpec(value: unknown, where: string): GateSpec {
  const parsed = gateSpecSchema.safeParse(value);
  if (!parsed.success) {
    const { issues } = parsed.error;
    const issue = issues.find(({ code }) => code === "unrecognized_keys") ?? issues[0]!;
    const path = issue.path.map(String).join(".");
    if (issue.code === "unrecognized_keys") {
      const key = issue.keys[0]!;
      const near = nearMiss(key, keysAt(issue.path));
      throw new GateSpecError(
        `${where}: there is no entry ${path === "" ? "" : `${path}.`}${key}` +
          (near === undefined ? `; allowed: ${keysAt(issue.path).join(", ")}` : `; did you mean ${near}?`),
      );
    }
    throw new GateSpecError(
      `${where}: ${path === "" ? "must be entries such as `name: …`" : (missingGroupText(issue, value) ?? schemaIssueText(issue, value))}`,
    );
  }
  const spec = parsed.data;
  const roles = new Map<string, string>();
  const ranges = new Map<string, readonly [number, number]>();
  for (const [role, metrics] of [
    ["primary", [spec.primary]],
    ["success", spec.success],
    ["guardrails", spec.guardrails],
    ["walls", spec.walls],
  ] as const)
    for (const { metric, range: bounds } of metrics) {
      const before = roles.get(metric);
      const [least, most] = ranges.get(metric) ?? bounds;
      if (least !== bounds[0] || most !== bounds[1])
        throw new GateSpecError(
          `${where}: ${role}: range of ${metric} is [${bounds.join(", ")}], and [${least}, ${most}] elsewhere; allowed: one range a metric`,
        );
      ranges.set(metric, bounds);
      if (before !== undefined && !(role === "walls" && before !== "walls"))
        throw new GateSpecError(`${where}: ${role}: metric ${metric} is named before, under ${before}`);
      roles.set(metric, role);
      if (spec.estimand.horizon > 1 && !(bounds[0] <= 0 && bounds[1] >= 0))
        throw new GateSpecError(
          `${where}: ${role}: range of ${metric} is [${bounds.join(", ")}]; with sessions it must hold 0, which a session earns after its end`,
        );
      if (role === "walls" && bounds[0] < 0)
        throw new GateSpecError(
          `${where}: walls: range of ${metric} begins at ${bounds[0]}; a cost begins at 0 or above`,
        );
    }
  return spec;
}

/** The least that a required group of entries holds. */
const LEAST_GROUPS: Readonly<Record<string, string>> = {
  estimand: "estimand: { states: visits in March, attributionWindow: a day, interference: none }",
  primary: "primary: { metric: click, range: [0, 1] }",
  evidence: "evidence: { effectiveSampleSize: 1000 }",
};

/** A group that is missing as a whole: which entries it must hold, which it may, and the least that will do. */
function missingGroupText({ code, path }: z.core.$ZodIssue, root: unknown): string | undefined {
  const name = path.join(".");
  const example = LEAST_GROUPS[name];
  if (code !== "invalid_type" || example === undefined || step(root, name) !== undefined) return undefined;
  const schema = schemaAt(path);
  const required = step(schema, "required");
  const needed = Array.isArray(required) ? required.map(String) : [];
  const others = keysAt(path).filter((key) => !needed.includes(key));
  return `${name}: found nothing, and it is required with ${needed.join(", ")}, as in \`${example}\`; it may also hold ${others.join(", ")}`;
}

function keysAt(path: readonly PropertyKey[]): string[] {
  return Object.keys(step(schemaAt(path), "properties") ?? {});
}

function schemaAt(path: readonly PropertyKey[]): unknown {
  let schema: unknown = z.toJSONSchema(gateSpecSchema, { io: "input" });
  for (const key of path)
    schema = typeof key === "number" ? step(schema, "items") : step(step(schema, "properties"), String(key));
  return schema;
}

const step = (node: unknown, key: string): unknown =>
  typeof node === "object" && node !== null && key in node ? Reflect.get(node, key) : undefined;
