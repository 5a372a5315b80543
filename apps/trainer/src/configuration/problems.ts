import type { z } from "zod";
import { describeAllowed, inputSchema, nodesAt } from "./json-schema.ts";
import { nearest } from "./nearest.ts";

const dotted = (path: readonly PropertyKey[]): string => path.map(String).join(".");

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let current = value;
  for (const step of path) {
    if (typeof current !== "object" || current === null) return undefined;
    current = Reflect.get(current, step);
  }
  return current;
}

/** A found value in a few words, never more than one line. */
export function describeFound(value: unknown): string {
  if (value === undefined) return "nothing";
  if (typeof value === "number" || typeof value === "boolean" || value === null) return String(value);
  const json = JSON.stringify(value);
  return json.length > 60 ? `${json.slice(0, 57)}…` : json;
}

/**
 * What is wrong with a value, one line each: the key's path, what was found, what is allowed, and the nearest
 * known key for one that is misspelt. Empty when nothing is.
 *
 * @param prefix - path of the value inside the whole configuration
 */
export function describeProblems(
  schema: z.ZodType,
  value: unknown,
  error: z.ZodError,
  prefix: readonly string[] = [],
): string[] {
  const root = inputSchema(schema);
  const lines: string[] = [];
  for (const issue of error.issues) {
    const place = dotted([...prefix, ...issue.path]);
    if (issue.code === "unrecognized_keys") {
      const known = nodesAt(root, issue.path, value).flatMap((node) => Object.keys(node.properties ?? {}));
      for (const key of issue.keys) {
        const near = nearest(key, known);
        const found = describeFound(valueAt(value, [...issue.path, key]));
        const hint = near === undefined ? "" : `; did you mean ${near}?`;
        const where = dotted([...prefix, ...issue.path, key]);
        lines.push(
          `${where}: unknown key (found ${found})${hint} Allowed here: ${[...new Set(known)].join(", ")}`,
        );
      }
      continue;
    }
    const found = describeFound(valueAt(value, issue.path));
    const allowed = describeAllowed(nodesAt(root, issue.path, value));
    if (issue.code === "custom") {
      const written = valueAt(value, issue.path) === undefined ? "" : `found ${found}; `;
      lines.push(`${place || "configuration"}: ${written}${issue.message}`);
      continue;
    }
    const wrong = valueAt(value, issue.path);
    const words = nodesAt(root, issue.path, value).flatMap((node) =>
      [...(node.enum ?? []), node.const].filter((word): word is string => typeof word === "string"),
    );
    const near = typeof wrong === "string" ? nearest(wrong, words) : undefined;
    const hint = near === undefined ? "" : `; did you mean ${near}?`;
    lines.push(`${place || "configuration"}: found ${found}, allowed: ${allowed}${hint}`);
  }
  return [...new Set(lines)];
}
