import * as z from "zod";
import { contentMarketplaceOptions, wholeMarketplaceOptions } from "../src/index.ts";

interface Property {
  readonly description?: string;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly enum?: readonly string[];
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Property>>;
}

function schemaOf(options: z.ZodType): Property {
  return z.toJSONSchema(options, { io: "input" }) as Property;
}

/** The Markdown table of every option of marketplace/content-v0, made from its schema. */
export function parameterTable(): string {
  return tableOf(schemaOf(contentMarketplaceOptions).properties ?? {});
}

/** The Markdown table of the options of marketplace/content-v1 that content-v0 does not have, or has another default of. */
export function wholeParameterTable(): string {
  const known = schemaOf(contentMarketplaceOptions).properties ?? {};
  return tableOf(differences(schemaOf(wholeMarketplaceOptions).properties ?? {}, known));
}

type Properties = Readonly<Record<string, Property>>;

function differences(properties: Properties, known: Properties): Properties {
  const out: Record<string, Property> = {};
  for (const [name, property] of Object.entries(properties)) {
    const before = known[name];
    if (JSON.stringify(before) === JSON.stringify(property)) continue;
    out[name] =
      before?.properties === undefined || property.properties === undefined
        ? property
        : { ...property, properties: differences(property.properties, before.properties) };
  }
  return out;
}

function tableOf(all: Properties): string {
  const lines = ["| option | default | range | meaning [unit] |", "| --- | --- | --- | --- |"];
  const walk = (properties: Readonly<Record<string, Property>>, prefix: string): void => {
    for (const [name, property] of Object.entries(properties)) {
      if (property.properties !== undefined) {
        lines.push(`| **${prefix}${name}** | | | **${property.description ?? ""}** |`);
        walk(property.properties, `${prefix}${name}.`);
        continue;
      }
      const range =
        property.enum?.join(", ") ??
        (property.type === "boolean" ? "true, false" : undefined) ??
        (property.type === "array" ? "list" : undefined) ??
        (property.minimum === undefined ? "" : `${property.minimum} … ${property.maximum}`);
      const shown =
        property.default === undefined
          ? "none"
          : typeof property.default === "string"
            ? property.default
            : JSON.stringify(property.default);
      lines.push(`| \`${prefix}${name}\` | ${shown} | ${range} | ${property.description ?? ""} |`);
    }
  };
  walk(all, "");
  return lines.join("\n");
}
