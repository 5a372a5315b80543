import { z } from "zod";

/** The part of JSON Schema that zod writes and that this command reads. */
export interface SchemaNode {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly default?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly additionalProperties?: boolean | SchemaNode;
  readonly items?: SchemaNode;
  readonly prefixItems?: readonly SchemaNode[];
  readonly anyOf?: readonly SchemaNode[];
  readonly oneOf?: readonly SchemaNode[];
  readonly allOf?: readonly SchemaNode[];
}

/** What a person may write, as JSON Schema (keys with a default may be left out). */
export function inputSchema(schema: z.ZodType): SchemaNode {
  return z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as SchemaNode;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The alternatives of a node: those of a union, narrowed by a constant key such as `name` where the value has it. */
export function alternatives(node: SchemaNode, value?: unknown): readonly SchemaNode[] {
  const branches = node.oneOf ?? node.anyOf;
  if (branches === undefined) return [node];
  const flat = branches.flatMap((branch) => alternatives(branch, value));
  if (!isRecord(value)) return flat;
  const matching = flat.filter((branch) =>
    Object.entries(branch.properties ?? {}).every(
      ([key, property]) => property.const === undefined || value[key] === property.const,
    ),
  );
  return matching.length > 0 ? matching : flat;
}

/** The schema nodes that a key path can mean, given the value written there. */
export function nodesAt(root: SchemaNode, path: readonly PropertyKey[], value: unknown): SchemaNode[] {
  let nodes = [...alternatives(root, value)];
  let current = value;
  for (const step of path) {
    const next: SchemaNode[] = [];
    current = isRecord(current) || Array.isArray(current) ? Reflect.get(current, step) : undefined;
    for (const node of nodes) {
      const child =
        typeof step === "number"
          ? (node.prefixItems?.[step] ?? node.items)
          : (node.properties?.[String(step)] ??
            (typeof node.additionalProperties === "object" ? node.additionalProperties : undefined));
      if (child !== undefined) next.push(...alternatives(child, current));
    }
    nodes = next;
  }
  return nodes;
}

const text = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

function range(node: SchemaNode): string {
  const huge = Number.MAX_SAFE_INTEGER;
  const parts: string[] = [];
  if (node.exclusiveMinimum !== undefined) parts.push(`> ${node.exclusiveMinimum}`);
  else if (node.minimum !== undefined && node.minimum > -huge) parts.push(`>= ${node.minimum}`);
  if (node.exclusiveMaximum !== undefined) parts.push(`< ${node.exclusiveMaximum}`);
  else if (node.maximum !== undefined && node.maximum < huge) parts.push(`<= ${node.maximum}`);
  return parts.length === 0 ? "" : ` ${parts.join(" and ")}`;
}

function describeOne(node: SchemaNode): string {
  if (Array.isArray(node.type)) return describeAllowed(node.type.map((type: string) => ({ ...node, type })));
  if (node.const !== undefined) return text(node.const);
  if (node.enum !== undefined) return node.enum.map(text).join(", ");
  const branches = node.anyOf ?? node.oneOf;
  if (branches !== undefined) return describeAllowed(branches);
  switch (node.type) {
    case "integer":
      return `a whole number${range(node)}`;
    case "number":
      return `a number${range(node)}`;
    case "boolean":
      return "true or false";
    case "null":
      return "null";
    case "string":
      return node.pattern === undefined ? "a text" : `a text matching ${node.pattern}`;
    case "array": {
      const least = node.minItems ?? 0;
      const most = node.maxItems;
      const size =
        most === undefined
          ? least > 0
            ? ` (at least ${least})`
            : ""
          : least > 0
            ? ` (${least} to ${most})`
            : ` (at most ${most})`;
      return `a list${size} of ${node.items === undefined ? "anything" : describeOne(node.items)}`;
    }
    case "object": {
      const keys = Object.keys(node.properties ?? {});
      if (keys.length === 0) return "a map";
      return keys.length > 6 ? "a map of settings" : `{ ${keys.join(", ")} }`;
    }
    default:
      return "anything";
  }
}

/** What may stand at a place, in words: `one of a, b`, `a whole number >= 1`, `a number or null`. */
export function describeAllowed(nodes: readonly SchemaNode[]): string {
  const literals: string[] = [];
  const others: string[] = [];
  for (const node of nodes.flatMap((each) => alternatives(each))) {
    if (node.const !== undefined) literals.push(text(node.const));
    else if (node.enum !== undefined) literals.push(...node.enum.map(text));
    else others.push(describeOne(node));
  }
  const unique = [...new Set(literals)];
  if (unique.length > 0) others.unshift(unique.length === 1 ? unique[0]! : `one of ${unique.join(", ")}`);
  const all = [...new Set(others)];
  return all.length === 0 ? "nothing" : all.join(" or ");
}
