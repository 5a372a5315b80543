import type { z } from "zod";

const KINDS: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a finite number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  tuple: "a list",
  object: "entries `name: value`",
  record: "entries `name: value`",
};

/**
 * What is wrong with one entry of a file that a schema describes, in one line: the entry, what was found, and what is allowed.
 *
 * @param root - the whole content, in which the entry is looked up
 */
export function schemaIssueText(issue: z.core.$ZodIssue, root: unknown): string {
  return `${issue.path.map(String).join(".")}: found ${foundText(valueAt(root, issue.path))}, allowed: ${allowedText(issue)}`;
}

function allowedText(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "invalid_type":
      return KINDS[issue.expected] ?? issue.expected;
    case "invalid_value":
      return issue.values.map(String).join(", ");
    case "too_small":
      return sizeText(issue.origin, issue.inclusive === true ? "at least" : "above", issue.minimum);
    case "too_big":
      return sizeText(issue.origin, issue.inclusive === true ? "at most" : "below", issue.maximum);
    default:
      return issue.message;
  }
}

function sizeText(origin: string, words: string, bound: number | bigint): string {
  if (origin === "string") return "a text that is not empty";
  return `${words} ${bound}${origin === "array" ? " in the list" : ""}`;
}

function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  let value = root;
  for (const key of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
    value = Reflect.get(value, key);
  }
  return value;
}

function foundText(value: unknown): string {
  if (value === undefined) return "nothing";
  if (typeof value === "number") return String(value);
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
