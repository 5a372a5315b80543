import { z } from "zod";
import { IMPRESSION_FIELDS, PAGE_FIELDS, type ImpressionField, type PageField } from "../events.ts";
import { ScorecardError } from "../error.ts";

const KINDS = ["metric", "feature", "context", "column"] as const;

/** Where a number of a log stands. */
export interface FieldSource {
  readonly kind: (typeof KINDS)[number];
  /** A name, or for features and context also a place from 0. */
  readonly name: string;
}

const sourceSchema = z.string().transform((text, context): FieldSource => {
  const at = text.indexOf(":");
  const kind = KINDS.find((known) => known === text.slice(0, Math.max(0, at)));
  const name = text.slice(at + 1);
  if (kind === undefined || name === "") {
    context.addIssue({
      code: "custom",
      message: `found ${JSON.stringify(text)}, allowed: ${KINDS.map((each) => `${each}:NAME`).join(", ")}`,
    });
    return z.NEVER;
  }
  return { kind, name };
});

/** A source with its own unit undone: `scale · (value + offset)`, or `scale · (exp(exponent · value) − 1)` of a logarithm. */
const numberSchema = z.union([
  sourceSchema.transform((from) => ({ from, scale: 1, offset: 0, exponent: undefined })),
  z.strictObject({
    from: sourceSchema,
    scale: z.number().default(1),
    offset: z.number().default(0),
    exponent: z
      .number()
      .optional()
      .transform((value) => value),
  }),
]);
/** How a field's number is made. */
export interface FieldNumber {
  readonly from: FieldSource;
  readonly scale: number;
  readonly offset: number;
  readonly exponent?: number | undefined;
}

const keysOf = <Name extends string>(fields: Readonly<Record<Name, string>>): [Name, ...Name[]] => {
  const [first, ...rest] = Object.keys(fields) as Name[];
  return [first!, ...rest];
};

/**
 * What a log's numbers are, the parsed content of a YAML or JSON file. Sources: `metric:NAME` (an objective, a cost or a reward of the
 * page), `feature:NAME` or `feature:8` (of each candidate), `context:NAME` or `context:3`, `column:NAME`.
 */
export const logFieldsSchema = z.strictObject({
  page: z.partialRecord(z.enum(keysOf(PAGE_FIELDS)), numberSchema).default({}),
  impression: z
    .partialRecord(z.enum(keysOf(IMPRESSION_FIELDS)), numberSchema)
    .default({})
    .describe("Of features; where a page is one impression also of metrics and columns"),
  topics: z.array(sourceSchema).default([]).describe("Features that are weights of topics"),
  continuation: z
    .number()
    .gt(0)
    .lte(1)
    .optional()
    .describe("Chance to look on at the next position: weight of position j is its j-th power"),
  creator: z.string().optional().describe("Column of the creator, where there are no candidates"),
  visit: z.literal("session").optional().describe("A session is a visit; else a visit ends with idle time"),
});
/** What a log's numbers are. */
export interface LogFields {
  readonly page: Readonly<Partial<Record<PageField, FieldNumber>>>;
  readonly impression: Readonly<Partial<Record<ImpressionField, FieldNumber>>>;
  readonly topics: readonly FieldSource[];
  readonly continuation?: number | undefined;
  readonly creator?: string | undefined;
  readonly visit?: "session" | undefined;
}

/**
 * Checks the fields of a log.
 *
 * @param where - the file's name, for the message
 * @throws ScorecardError `BAD_FIELDS`, one line that names the entry
 */
export function parseLogFields(value: unknown, where = "fields"): LogFields {
  const parsed = logFieldsSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new ScorecardError("BAD_FIELDS", `${where}: ${issueText(parsed.error.issues)}`);
}

type Issue = z.core.$ZodIssue;

/** One line of the innermost thing that is wrong. */
function issueText(issues: readonly Issue[], path: readonly PropertyKey[] = []): string {
  const issue = issues[0]!;
  const place = [...path, ...issue.path];
  if (issue.code === "invalid_union") {
    // The form that got furthest says best what is wrong.
    const furthest = issue.errors.toSorted((a, b) => (b[0]?.path.length ?? 0) - (a[0]?.path.length ?? 0))[0];
    const told = issue.errors.flat().find(({ code }) => code === "custom");
    return issueText(told === undefined ? (furthest ?? []) : [told], place);
  }
  const where = place.length === 0 ? "" : `${place.map(String).join(".")}: `;
  if (issue.code === "unrecognized_keys")
    return `${where}there is no ${issue.keys.join(", ")}; allowed: ${allowedAt(place)}`;
  return `${where}${issue.message}`;
}

function allowedAt([group, field]: readonly PropertyKey[]): string {
  if (field !== undefined) return "from, scale, offset, exponent";
  if (group === "page") return Object.keys(PAGE_FIELDS).join(", ");
  if (group === "impression") return Object.keys(IMPRESSION_FIELDS).join(", ");
  return Object.keys(logFieldsSchema.shape).join(", ");
}
