import * as z from "zod";
import type { NumberArray, Space, SpaceValue } from "./spaces.ts";

function isNumberArray(value: unknown): value is NumberArray {
  return (
    value instanceof Float32Array ||
    value instanceof Float64Array ||
    value instanceof Int32Array ||
    value instanceof Uint8Array ||
    (Array.isArray(value) && value.every((element) => typeof element === "number"))
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);
}

function isIndex(value: unknown, size: number): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value < size;
}

/**
 * Why `value` is no member of `space`, or `undefined` when it is one.
 *
 * @param path - name of the value in the answer
 */
export function explainMismatch(space: Space, value: unknown, path = "value"): string | undefined {
  switch (space.kind) {
    case "discrete":
      return isIndex(value, space.size)
        ? undefined
        : `${path} must be a whole number from 0 to ${space.size - 1}, got ${String(value)}`;
    case "dict": {
      if (!isRecord(value)) return `${path} must be a record with ${Object.keys(space.entries).join(", ")}`;
      for (const name of Object.keys(value))
        if (!Object.hasOwn(space.entries, name)) return `${path}.${name} is not an entry of the space`;
      for (const [name, part] of Object.entries(space.entries)) {
        const problem = explainMismatch(part, value[name], `${path}.${name}`);
        if (problem !== undefined) return problem;
      }
      return undefined;
    }
    case "tuple":
      if (!Array.isArray(value) || value.length !== space.items.length)
        return `${path} must be an array of ${space.items.length} members`;
      for (let i = 0; i < space.items.length; i++) {
        const problem = explainMismatch(space.items[i]!, value[i], `${path}[${i}]`);
        if (problem !== undefined) return problem;
      }
      return undefined;
    default:
      return explainArray(space, value, path);
  }
}

function explainArray(
  space: Exclude<Space, { kind: "discrete" | "dict" | "tuple" }>,
  value: unknown,
  path: string,
): string | undefined {
  const length = valueLength(space);
  if (!isNumberArray(value) || value.length !== length)
    return `${path} must be an array of ${length} numbers`;
  const whole = space.kind !== "box" || space.dataType === "int32" || space.dataType === "uint8";
  for (let i = 0; i < length; i++) {
    const element = value[i]!;
    // float32 rounds a float64 bound: a value equal to the rounded bound is inside.
    let low = 0;
    let high = 0;
    if (space.kind === "box") {
      low = space.low[i]!;
      high = space.high[i]!;
      if (space.dataType === "float32") {
        low = Math.min(low, Math.fround(low));
        high = Math.max(high, Math.fround(high));
      }
    } else if (space.kind === "multiDiscrete") high = space.sizes[i]! - 1;
    else high = space.kind === "multiBinary" ? 1 : space.candidates - 1;
    if (!(element >= low && element <= high) || (whole && !Number.isInteger(element)))
      return `${path}[${i}] must be ${whole ? "a whole number " : ""}from ${low} to ${high}, got ${element}`;
    if (space.kind === "slate")
      for (let j = 0; j < i; j++)
        if (value[j] === element)
          return `${path}[${i}] repeats position ${element}; a slate's positions are distinct`;
  }
  return undefined;
}

/** Numbers in a member of a space that is a flat array: the product of a box's shape, a slate's slots, … */
export function valueLength(space: Exclude<Space, { kind: "dict" | "tuple" }>): number {
  switch (space.kind) {
    case "box":
      return space.low.length;
    case "discrete":
      return 1;
    case "multiDiscrete":
      return space.sizes.length;
    case "multiBinary":
      return space.size;
    case "slate":
      return space.slots;
  }
}

/** Whether `value` is a member of `space`: type, length, bounds; a slate's positions are distinct. */
export function contains(space: Space, value: unknown): value is SpaceValue {
  return explainMismatch(space, value) === undefined;
}

/**
 * A zod schema of the members of a space, for HTTP bodies and files. Typed arrays and plain arrays are both accepted.
 * For an inner loop use {@link contains}.
 */
export function valueSchema(space: Space): z.ZodType<SpaceValue> {
  return z.custom<SpaceValue>((value) => contains(space, value), {
    error: (issue) => explainMismatch(space, issue.input) ?? "not a member of the space",
  });
}

/** A member of a space as JSON: typed arrays become arrays. Inverse of {@link valueFromJson}. */
export type ValueJson = number | ValueJson[] | { [name: string]: ValueJson };

/** Writes a member of a space as JSON. Finite numbers only: JSON has no infinity. */
export function valueToJson(value: SpaceValue): ValueJson {
  if (typeof value === "number") return value;
  if (isNumberArray(value)) return Array.from(value);
  if (Array.isArray(value)) return value.map(valueToJson);
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, valueToJson(part)]));
}

/**
 * Reads a member of a space from JSON, with the array type that the space has.
 *
 * @throws RangeError naming the first element that does not fit
 */
export function valueFromJson(space: Space, json: unknown): SpaceValue {
  const problem = explainMismatch(space, json);
  if (problem !== undefined) throw new RangeError(problem);
  return convert(space, json);
}

function convert(space: Space, json: unknown): SpaceValue {
  if (space.kind === "dict" && isRecord(json))
    return Object.fromEntries(
      Object.entries(space.entries).map(([name, part]) => [name, convert(part, json[name])]),
    );
  if (space.kind === "tuple" && Array.isArray(json))
    return space.items.map((part, i) => convert(part, json[i]));
  if (typeof json === "number") return json;
  if (!isNumberArray(json)) throw new RangeError("valueFromJson: not a member of the space");
  if (space.kind === "box") {
    if (space.dataType === "float64") return Float64Array.from(json);
    if (space.dataType === "float32") return Float32Array.from(json);
    return space.dataType === "uint8" ? Uint8Array.from(json) : Int32Array.from(json);
  }
  return space.kind === "multiBinary" ? Uint8Array.from(json) : Int32Array.from(json);
}
