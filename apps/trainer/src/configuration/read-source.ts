import { existsSync, readFileSync, statSync } from "node:fs";
import { parseDocument } from "yaml";
import { UsageError } from "../exit-codes.ts";

export type Tree = Record<string, unknown>;

const isTree = (value: unknown): value is Tree =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const RESERVED = ["__proto__", "constructor", "prototype"];

/** Refuses names that mean something to every object, so that a key cannot vanish. */
function requireOrdinaryKeys(source: string, path: readonly string[]): void {
  const reserved = path.find((key) => RESERVED.includes(key));
  if (reserved !== undefined)
    throw new UsageError(`${source}: ${path.join(".")}: ${reserved} cannot be a key; choose another name`);
}

/**
 * What a YAML document holds, as plain values of which none is shared with another.
 *
 * @throws {UsageError} for an alias that is unknown, too often used or inside its own anchor, and for reserved keys
 */
function plainValue(source: string, prefix: string, read: () => unknown): unknown {
  let value: unknown;
  try {
    value = read();
  } catch (error) {
    const what = error instanceof Error ? error.message.split("\n")[0] : String(error);
    throw new UsageError(`${source}: ${what}`);
  }
  return unshared(value, source, prefix === "" ? [] : prefix.split("."), []);
}

function unshared(
  value: unknown,
  source: string,
  path: readonly string[],
  around: readonly unknown[],
): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (around.includes(value))
    throw new UsageError(`${source}: ${path.join(".")}: an alias cannot stand inside its own anchor`);
  const inside = [...around, value];
  if (Array.isArray(value))
    return value.map((each, index) => unshared(each, source, [...path, String(index)], inside));
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => {
      requireOrdinaryKeys(source, [...path, key]);
      return [key, unshared(each, source, [...path, key], inside)];
    }),
  );
}

/**
 * Reads a YAML or JSON file (JSON is YAML) whose top is a map.
 *
 * @throws {UsageError} with the file, and line and column where it cannot be read
 */
export function readConfigurationFile(path: string): Tree {
  if (!existsSync(path)) throw new UsageError(`${path}: no such file; give a YAML or JSON configuration`);
  if (!statSync(path).isFile())
    throw new UsageError(`${path}: not a file; give a YAML or JSON configuration`);
  const document = parseDocument(readFileSync(path, "utf8"), { prettyErrors: true, logLevel: "error" });
  const mistakes = [...document.errors, ...document.warnings];
  if (mistakes.length > 0) {
    throw new UsageError(
      mistakes.map((error) => {
        const at = error.linePos?.[0];
        const what = error.message.split("\n")[0]!.replace(/ at line \d+, column \d+:?$/, "");
        return `${path}${at === undefined ? "" : `:${at.line}:${at.col}`}: ${what}`;
      }),
    );
  }
  const value = plainValue(path, "", () => document.toJS() as unknown);
  if (value === null) return {};
  if (!isTree(value))
    throw new UsageError(
      `${path}: found ${Array.isArray(value) ? "a list" : typeof value} at the top, allowed: a map of keys`,
    );
  return value;
}

/**
 * Puts `--set a.b.c=value` into a tree. The value is read as YAML: `3`, `true`, `null`, `[64, 64]`, text.
 *
 * @throws {UsageError} where the assignment has no key or no `=`, or leads through something that is not a map
 */
export function applyAssignment(tree: Tree, assignment: string): void {
  const at = assignment.indexOf("=");
  const path = at < 0 ? [] : assignment.slice(0, at).trim().split(".");
  if (path.length === 0 || path.some((key) => !/^[A-Za-z0-9_-]+$/.test(key)))
    throw new UsageError(
      `--set: found ${JSON.stringify(assignment)}, allowed: key.path=value, as in training.steps=50000`,
    );
  let value: unknown;
  try {
    const document = parseDocument(assignment.slice(at + 1), { logLevel: "silent" });
    if (document.errors.length > 0 || document.warnings.length > 0) throw new Error("not a YAML value");
    value = document.toJS();
  } catch {
    throw new UsageError(
      `--set ${path.join(".")}: found ${JSON.stringify(assignment.slice(at + 1))}, allowed: a YAML value`,
    );
  }
  value = plainValue("--set", path.join("."), () => value);
  requireOrdinaryKeys("--set", path);
  let node = tree;
  for (const [depth, key] of path.slice(0, -1).entries()) {
    const child = Object.hasOwn(node, key) ? node[key] : undefined;
    if (child === undefined || child === null) {
      const made: Tree = {};
      node[key] = made;
      node = made;
    } else if (isTree(child)) node = child;
    else
      throw new UsageError(
        `--set ${path.join(".")}: ${path.slice(0, depth + 1).join(".")} is ${JSON.stringify(child)}, not a map with keys inside`,
      );
  }
  const last = path.at(-1)!;
  node[last] = value;
}
