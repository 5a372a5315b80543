import { basename, extname } from "node:path";
import { UsageError } from "../exit-codes.ts";
import { describeProblems, describeFound } from "./problems.ts";
import { applyAssignment, readConfigurationFile } from "./read-source.ts";
import type { Tree } from "./read-source.ts";
import { nearest } from "./nearest.ts";
import { runConfiguration } from "./schema.ts";
import type { RunConfiguration } from "./schema.ts";

/** Where a configuration comes from. */
export interface ConfigurationSource {
  readonly file: string;
  readonly assignments?: readonly string[];
  readonly seed?: string | undefined;
}

/** How the ids of the marketplace package's environments begin. */
const MARKETPLACE_FAMILIES = [
  "marketplace/",
  "recsim/",
  "recsimng/",
  "rddl/",
  "sardine/",
  "recogym/",
  "auctiongym/",
  "ecoagent-",
] as const;

/** The module whose import registers an environment, by the id's family. */
export function environmentModules(id: string): readonly string[] {
  return MARKETPLACE_FAMILIES.some((family) => id.startsWith(family)) ? ["@longview/marketplace"] : [];
}

/** Whether an environment is a marketplace world that hand-written policies and ecosystem figures exist for: its actions are slates. */
export const isWorld = (environment: { readonly id: string; readonly [option: string]: unknown }): boolean =>
  environment.id.startsWith("marketplace/content-") &&
  (environment["actionMode"] === undefined || environment["actionMode"] === "slate");

/** Makes every environment that can be meant by an id available in this thread. */
export async function registerEnvironmentsOf(id: string): Promise<void> {
  for (const module of environmentModules(id)) await import(module);
}

/**
 * Reads, overrides and validates a configuration; defaults are filled in, those of the environment too.
 *
 * @throws {UsageError} with one line for each problem
 */
export async function loadConfiguration(source: ConfigurationSource): Promise<RunConfiguration> {
  const tree = readConfigurationFile(source.file);
  for (const assignment of source.assignments ?? []) applyAssignment(tree, assignment);
  if (source.seed !== undefined) tree["seed"] = source.seed;
  if (tree["name"] === undefined) {
    const stem = basename(source.file, extname(source.file)).replaceAll(/[^A-Za-z0-9._-]/g, "-");
    if (/^[A-Za-z0-9]/.test(stem)) tree["name"] = stem;
  }
  return validateConfiguration(tree);
}

/** Validates a tree of keys as a run's configuration. @throws {UsageError} with one line for each problem */
export async function validateConfiguration(tree: Tree): Promise<RunConfiguration> {
  const parsed = runConfiguration.safeParse(tree);
  const lines = parsed.success ? [] : describeProblems(runConfiguration, tree, parsed.error);
  const environment = await validateEnvironment(tree["environment"], lines);
  if (lines.length > 0 || !parsed.success) throw new UsageError(lines);
  const configuration = { ...parsed.data, environment: { ...environment, id: parsed.data.environment.id } };
  const named = Object.keys(configuration.constraints);
  if (named.length > 0 && configuration.algorithm.name !== "ppo-lagrangian")
    throw new UsageError(
      `algorithm.name: found ${configuration.algorithm.name}, allowed: ppo-lagrangian where constraints are set (${named.join(", ")})`,
    );
  // A comparison of worlds ends at a fixed day, amid trajectories: its sums would not be those that training limits.
  const summed = named.find((name) => configuration.constraints[name]!.measure === "per-episode");
  if (summed !== undefined && isWorld(configuration.environment))
    throw new UsageError(
      `constraints.${summed}.measure: found per-episode, allowed: per-decision on ${configuration.environment.id}, whose policies are compared by the mean cost of a decision`,
    );
  return configuration;
}

async function validateEnvironment(value: unknown, lines: string[]): Promise<Tree> {
  if (typeof value !== "object" || value === null || !("id" in value) || typeof value.id !== "string")
    return {};
  const { findEnvironment, listEnvironments } = await import("@longview/environment");
  await registerEnvironmentsOf("marketplace/");
  const ids = listEnvironments().map((definition) => definition.id);
  const { id, ...options } = value as Tree & { id: string };
  if (!ids.includes(id)) {
    const near = nearest(id, ids);
    const hint = near === undefined ? "" : `; did you mean ${near}?`;
    lines.push(`environment.id: found ${describeFound(id)}, allowed: one of ${ids.join(", ")}${hint}`);
    return {};
  }
  const schema = findEnvironment(id).optionsSchema;
  const parsed = schema.safeParse(options);
  if (!parsed.success) {
    lines.push(...describeProblems(schema, options, parsed.error, ["environment"]));
    return {};
  }
  return { id, ...(parsed.data as Tree) };
}
