import * as z from "zod";

interface Property {
  readonly description?: string;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly enum?: readonly unknown[];
  readonly type?: string;
}

function range(property: Property): string {
  if (property.enum) return property.enum.map((value) => `\`${String(value)}\``).join(", ");
  if (property.type === "boolean") return "true, false";
  if (property.type === "array") return "list";
  const low = property.exclusiveMinimum ?? property.minimum;
  const high = property.exclusiveMaximum ?? property.maximum;
  const open = property.exclusiveMinimum === undefined ? "[" : "(";
  return `${open}${low ?? "−∞"}, ${high ?? "∞"}${property.exclusiveMaximum === undefined ? "]" : ")"}`;
}

/** The options of a preset as a Markdown table, from its schema. */
export function optionTable(schema: z.ZodType): string {
  const json = z.toJSONSchema(schema, { io: "input" });
  const properties: Readonly<Record<string, Property>> = z
    .record(
      z.string(),
      z.custom<Property>((value) => typeof value === "object"),
    )
    .parse(json.properties);
  const rows = Object.entries(properties).map(([name, property]) => {
    const shown = JSON.stringify(property.default);
    return `| \`${name}\` | ${shown.length > 24 ? Number(shown).toPrecision(6) : shown} | ${range(property)} | ${property.description ?? ""} |`;
  });
  return ["| option | default | range | meaning |", "| --- | --- | --- | --- |", ...rows].join("\n");
}
