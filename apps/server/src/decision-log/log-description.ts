import { randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { policyFeatureNamesSchema, type PolicyFeatures } from "@longview/formats/policy-features";
import { jsonText } from "@longview/formats/write-atomic";
import { replaceFile } from "./log-folder.ts";

/** `log.json` of a server's decision log. */
export const logDescriptionSchema = z.strictObject({
  schemaVersion: z.literal(1),
  log_id: z
    .string()
    .regex(/^[0-9a-f]{12}$/)
    .describe("First part of every decision's id"),
  objectives: z
    .array(z.string().min(1))
    .min(1)
    .describe("Names that rows have; later ones are added at the end"),
  costs: z.array(z.string().min(1)),
  policies: z
    .record(z.string(), policyFeatureNamesSchema)
    .default({})
    .describe("The features of each policy that decided, in the order of its rows' numbers"),
  last_segment: z
    .int()
    .min(0)
    .describe("No later segment has this number or a lower one, even if its files are taken away"),
});
export type LogDescription = z.infer<typeof logDescriptionSchema>;

/** Names of metrics. */
export interface MetricNames {
  readonly objectives: readonly string[];
  readonly costs: readonly string[];
}

/** Reads `log.json`, or thinks up a new one. @throws RangeError when it is no description of a log */
export function readDescription(folder: string): LogDescription | undefined {
  const path = join(folder, "log.json");
  if (!existsSync(path)) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, "utf8"));
  } catch {
    throw new RangeError(`${path}: is not JSON; a decision log's description is needed`);
  }
  const parsed = logDescriptionSchema.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new RangeError(`${path}: ${issue?.path.join(".") || "it"}: ${issue?.message ?? "is not valid"}`);
  }
  return parsed.data;
}

/** A description of a log that begins. The id is drawn by the system: two logs must not share one. */
export function newDescription(): LogDescription {
  return {
    schemaVersion: 1,
    log_id: randomBytes(6).toString("hex"),
    objectives: [],
    costs: [],
    policies: {},
    last_segment: 0,
  };
}

export async function writeDescription(folder: string, description: LogDescription): Promise<void> {
  await replaceFile(join(folder, "log.json"), jsonText(description));
}

/** A description with further names at the end. @throws RangeError for one that differs from another in case only */
export function withMetrics(description: LogDescription, names: MetricNames): LogDescription {
  return {
    ...description,
    objectives: joined("objectives", description.objectives, names.objectives),
    costs: joined("costs", description.costs, names.costs),
  };
}

/** A description with further policies. @throws RangeError for one that decided by other features under the same id */
export function withPolicies(description: LogDescription, features: PolicyFeatures): LogDescription {
  const policies = { ...description.policies };
  for (const [id, names] of Object.entries(features)) {
    const known = policies[id];
    if (known !== undefined && JSON.stringify(known) !== JSON.stringify(names))
      throw new RangeError(`decision log: policy ${id} decided by other features before; give it another id`);
    policies[id] = names;
  }
  return { ...description, policies };
}

function joined(column: string, known: readonly string[], names: readonly string[]): string[] {
  const all = [...known];
  for (const name of names) {
    if (all.includes(name)) continue;
    // SQL's names know no case.
    const near = all.find((other) => other.toLowerCase() === name.toLowerCase());
    if (near !== undefined)
      throw new RangeError(
        `decision log: ${column} cannot name ${name}: it has ${near}, and case does not tell them apart`,
      );
    all.push(name);
  }
  return all;
}
