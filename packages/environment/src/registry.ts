import type * as z from "zod";
import { nearest } from "./suggestion.ts";
import type { VectorEnvironment } from "./vector-environment.ts";

/** An environment that can be made by id. `make` gets options that the schema has parsed. */
export interface EnvironmentDefinition<Options = unknown> {
  /** `name-vN`, with an optional `family/` before it. */
  readonly id: string;
  /** One line for lists. */
  readonly summary: string;
  /** A strict object schema with defaults: what `make` accepts, unknown keys are errors. */
  readonly optionsSchema: z.ZodType<Options>;
  make(options: Options, rowCount: number): VectorEnvironment;
}

/** Options of {@link makeVectorEnvironment}: the row count and whatever the environment's schema allows. */
export interface MakeOptions {
  /** @defaultValue 1 */
  readonly rowCount?: number;
  readonly [option: string]: unknown;
}

const registry = new Map<string, EnvironmentDefinition>();
const ID = /^(?:[A-Za-z0-9_.-]+\/)*(?:[A-Za-z0-9_.-]+-|(?<=\/))v\d+$/;

/** Names the type of the options once, so that `make` needs no annotation. Returns its argument. */
export function defineEnvironment<Options>(
  definition: EnvironmentDefinition<Options>,
): EnvironmentDefinition<Options> {
  return definition;
}

/**
 * Makes environments available by id. Registering the same definition again does nothing.
 *
 * @throws RangeError when an id is not `name-vN`, or is taken by another definition; then none of them is registered
 */
export function registerEnvironments(definitions: readonly EnvironmentDefinition[]): void {
  for (const definition of definitions) {
    const { id } = definition;
    if (!ID.test(id))
      throw new RangeError(`registerEnvironments: id "${id}" must look like name-v0 or family/name-v0`);
    const existing = registry.get(id);
    if (existing !== undefined && existing !== definition && existing.make !== definition.make)
      throw new RangeError(
        `registerEnvironments: id "${id}" is taken by another definition; raise the version`,
      );
  }
  for (const definition of definitions)
    if (!registry.has(definition.id)) registry.set(definition.id, definition);
}

/** Every registered definition, sorted by id. */
export function listEnvironments(): readonly EnvironmentDefinition[] {
  return [...registry.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

/**
 * The definition of an id.
 *
 * @throws RangeError naming the nearest known id, or the known ones
 */
export function findEnvironment(id: string): EnvironmentDefinition {
  const found = registry.get(id);
  if (found !== undefined) return found;
  const known = [...registry.keys()].sort();
  const name = id.replace(/-v\d+$/, "");
  const versions = known.filter((candidate) => candidate.replace(/-v\d+$/, "") === name);
  const near = nearest(id, known);
  const hint =
    versions.length > 0
      ? `its versions are ${versions.join(", ")}`
      : near !== undefined
        ? `did you mean ${near}?`
        : `known: ${known.join(", ")}`;
  throw new RangeError(`unknown environment "${id}"; ${hint}`);
}

function pathText(path: readonly PropertyKey[]): string {
  let text = "options";
  for (const part of path) text += typeof part === "number" ? `[${part}]` : `.${String(part)}`;
  return text;
}

/** Keys of an object schema, when it has any: only used to suggest one. */
function knownKeys(schema: z.ZodType): string[] {
  const shape: unknown = "shape" in schema ? schema.shape : undefined;
  return typeof shape === "object" && shape !== null ? Object.keys(shape) : [];
}

/**
 * Checks the options of an environment without making it; defaults are filled in.
 *
 * @throws RangeError naming the path of each option that is wrong, in one line
 */
export function parseEnvironmentOptions(id: string, options: unknown): unknown {
  const { optionsSchema } = findEnvironment(id);
  const parsed = optionsSchema.safeParse(options);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => {
    if (issue.code !== "unrecognized_keys") return `${pathText(issue.path)}: ${issue.message}`;
    return issue.keys
      .map((key) => {
        const near = issue.path.length === 0 ? nearest(key, knownKeys(optionsSchema)) : undefined;
        return `${pathText([...issue.path, key])}: no such option${near === undefined ? "" : `, did you mean ${near}?`}`;
      })
      .join("; ");
  });
  throw new RangeError(`environment ${id}: ${problems.join("; ")}`);
}

/**
 * Makes a registered environment with `rowCount` rows. Call `reset` before the first `step`.
 *
 * @throws RangeError for an unknown id, or options that its schema refuses, with the path of each
 * @example
 * const environment = makeVectorEnvironment("CartPole-v1", { rowCount: 8 });
 */
export function makeVectorEnvironment(id: string, options: MakeOptions = {}): VectorEnvironment {
  const { rowCount = 1, ...own } = options;
  const definition = findEnvironment(id);
  if (!Number.isSafeInteger(rowCount) || rowCount < 1)
    throw new RangeError(
      `environment ${id}: options.rowCount must be a whole number >= 1, got ${String(rowCount)}`,
    );
  return definition.make(parseEnvironmentOptions(id, own), rowCount);
}
