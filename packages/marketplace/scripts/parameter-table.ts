import * as z from "zod";
import { contentMarketplaceOptions } from "../src/index.ts";

interface Property {
  readonly description?: string;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly enum?: readonly string[];
  readonly properties?: Readonly<Record<string, Property>>;
}

/** The Markdown table of every option of marketplace/content-v0, made from its schema. */
export function parameterTable(): string {
  const schema: Property = z.toJSONSchema(contentMarketplaceOptions, { io: "input" }) as Property;
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
  walk(schema.properties ?? {}, "");
  return lines.join("\n");
}
