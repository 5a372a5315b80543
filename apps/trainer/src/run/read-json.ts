import { readFileSync } from "node:fs";
import type { z } from "zod";

/** A JSON file by its schema; undefined when it is empty, cut short or otherwise not what the schema says. */
export function readJson<Value>(path: string, schema: z.ZodType<Value>): Value | undefined {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
  return schema.safeParse(value).data;
}
