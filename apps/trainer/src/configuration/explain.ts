import type { z } from "zod";
import { describeAllowed, inputSchema } from "./json-schema.ts";
import type { SchemaNode } from "./json-schema.ts";

/** One key of the configuration, ready for a table. */
export interface ExplainedKey {
  readonly key: string;
  readonly standard: string;
  readonly allowed: string;
  readonly meaning: string;
}

/** Every key of a schema in the order it is written, with default, range and meaning. */
export function explainKeys(schema: z.ZodType, prefix = ""): ExplainedKey[] {
  const rows: ExplainedKey[] = [];
  walk(inputSchema(schema), prefix, rows, undefined);
  return rows;
}

function walk(node: SchemaNode, key: string, rows: ExplainedKey[], required: boolean | undefined): void {
  const branches = node.oneOf;
  if (branches !== undefined && branches.every((branch) => branch.properties !== undefined)) {
    const shared = new Map<string, { node: SchemaNode; names: string[] }>();
    for (const branch of branches) {
      const name = Object.values(branch.properties ?? {}).find(
        (property) => property.const !== undefined,
      )?.const;
      for (const [child, property] of Object.entries(branch.properties ?? {})) {
        const known = shared.get(child) ?? { node: property, names: [] };
        known.names.push(String(name));
        if (property.const !== undefined)
          known.node = {
            enum: [...(known.node.enum ?? []), property.const],
            description: "Which kind it is.",
          };
        shared.set(child, known);
      }
    }
    for (const [child, { node: property, names }] of shared) {
      const only = names.length === branches.length ? "" : ` (only ${names.join(", ")})`;
      walk(
        {
          ...withDefault(property, node.default, child),
          description: `${property.description ?? ""}${only}`,
        },
        `${key}.${child}`,
        rows,
        false,
      );
    }
    return;
  }
  if (node.properties !== undefined && Object.keys(node.properties).length > 0) {
    for (const [child, property] of Object.entries(node.properties))
      walk(
        withDefault(property, node.default, child),
        key === "" ? child : `${key}.${child}`,
        rows,
        node.required?.includes(child) ?? false,
      );
    return;
  }
  if (node.type === "object" && typeof node.additionalProperties === "object") {
    if (node.additionalProperties.properties !== undefined) {
      walk(node.additionalProperties, `${key}.NAME`, rows, false);
      return;
    }
  }
  rows.push({
    key,
    standard:
      node.default === undefined ? (required === true ? "required" : "none") : JSON.stringify(node.default),
    allowed: describeAllowed([node]),
    meaning: node.description ?? "",
  });
}

/** A key's own default, or what its parent's default says of it. */
function withDefault(node: SchemaNode, parent: unknown, key: string): SchemaNode {
  if (node.default !== undefined || typeof parent !== "object" || parent === null) return node;
  const value: unknown = Reflect.get(parent, key);
  return value === undefined ? node : { ...node, default: value };
}

/** The table as text: a key's line with default and range, its meaning below, wrapped to a width. */
export function explainTable(rows: readonly ExplainedKey[], width = 100): string {
  const lines: string[] = [];
  let section = "";
  for (const row of rows) {
    const top = row.key.split(".")[0]!;
    if (top !== section) {
      if (section !== "") lines.push("");
      section = top;
    }
    lines.push(`${row.key}   default: ${row.standard}   allowed: ${row.allowed}`);
    for (const line of wrap(row.meaning, width - 4)) lines.push(`    ${line}`);
  }
  return `${lines.join("\n")}\n`;
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/).filter((each) => each !== "")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  if (line !== "") lines.push(line);
  return lines;
}
