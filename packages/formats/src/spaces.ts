import * as z from "zod";

/** Element type of a {@link BoxSpace}. Buffers of observations hold `uint8` as `Uint8Array`, the rest as `Float32Array`. */
export type BoxDataType = "float32" | "float64" | "int32" | "uint8";

/** A box in Rⁿ. `low` and `high` are row-major, one bound an element (inclusive); infinite bounds are allowed for floats. */
export interface BoxSpace {
  readonly kind: "box";
  readonly shape: readonly number[];
  readonly low: readonly number[];
  readonly high: readonly number[];
  readonly dataType: BoxDataType;
}

/** Whole numbers 0 … size − 1. */
export interface DiscreteSpace {
  readonly kind: "discrete";
  readonly size: number;
}

/** A vector of whole numbers; element `i` is in 0 … sizes[i] − 1. */
export interface MultiDiscreteSpace {
  readonly kind: "multiDiscrete";
  readonly sizes: readonly number[];
}

/** A vector of `size` bits. */
export interface MultiBinarySpace {
  readonly kind: "multiBinary";
  readonly size: number;
}

/** Named parts. The order of `entries` is the order of flattening. */
export interface DictSpace {
  readonly kind: "dict";
  readonly entries: Readonly<Record<string, Space>>;
}

/** Ordered parts. */
export interface TupleSpace {
  readonly kind: "tuple";
  readonly items: readonly Space[];
}

/** An ordered choice of `slots` distinct positions out of `candidates`; position 0 is shown first. */
export interface SlateSpace {
  readonly kind: "slate";
  readonly slots: number;
  readonly candidates: number;
}

/** What an observation or an action may be: plain data, discriminated by `kind`. */
export type Space =
  BoxSpace | DiscreteSpace | MultiDiscreteSpace | MultiBinarySpace | DictSpace | TupleSpace | SlateSpace;

/** A flat, row-major run of numbers. */
export type NumberArray = readonly number[] | Float32Array | Float64Array | Int32Array | Uint8Array;

/**
 * A member of a space: Discrete → number; Box, MultiDiscrete, MultiBinary and Slate → a flat array of numbers
 * (row-major); Dict → a record; Tuple → an array of members.
 */
export type SpaceValue =
  number | NumberArray | readonly SpaceValue[] | { readonly [name: string]: SpaceValue };

/** Options of {@link box}. */
export interface BoxOptions {
  /** Lower bound, inclusive: one for all elements or one each. */
  readonly low: number | ArrayLike<number>;
  /** Upper bound, inclusive: one for all elements or one each. */
  readonly high: number | ArrayLike<number>;
  /** @defaultValue `[bounds.length]`, or `[1]` when both bounds are single numbers */
  readonly shape?: readonly number[];
  /** @defaultValue "float32" */
  readonly dataType?: BoxDataType;
}

function requireCount(where: string, value: number, minimum = 1): number {
  if (!Number.isSafeInteger(value) || value < minimum)
    throw new RangeError(`${where} must be a whole number >= ${minimum}, got ${value}`);
  return value;
}

function bounds(where: string, bound: number | ArrayLike<number>, size: number): readonly number[] {
  const values = typeof bound === "number" ? Array.from({ length: size }, () => bound) : Array.from(bound);
  if (values.length !== size)
    throw new RangeError(`${where} has ${values.length} values, the shape needs ${size}`);
  return values;
}

/**
 * A box with bounds for each element.
 *
 * @throws RangeError when a bound is NaN, low > high, a length disagrees with the shape, or an integer box is unbounded
 * @example
 * box({ low: -1, high: 1, shape: [3] });
 */
export function box(options: BoxOptions): BoxSpace {
  const { low, high, dataType = "float32" } = options;
  const length = typeof low !== "number" ? low.length : typeof high !== "number" ? high.length : 1;
  const shape = [...(options.shape ?? [length])];
  const size = shape.reduce((product, side) => product * requireCount("box: each side of shape", side), 1);
  const lows = bounds("box: low", low, size);
  const highs = bounds("box: high", high, size);
  const whole = dataType === "int32" || dataType === "uint8";
  for (let i = 0; i < size; i++) {
    const from = lows[i]!;
    const to = highs[i]!;
    if (!(from <= to)) throw new RangeError(`box: low[${i}] = ${from} must be <= high[${i}] = ${to}`);
    if (whole && !(Number.isInteger(from) && Number.isInteger(to)))
      throw new RangeError(`box: bounds of ${dataType} must be whole numbers, got ${from} and ${to} at ${i}`);
    if (dataType === "uint8" && (from < 0 || to > 255))
      throw new RangeError(`box: bounds of uint8 must be within 0 and 255, got ${from} and ${to} at ${i}`);
  }
  return { kind: "box", shape, low: lows, high: highs, dataType };
}

/** Whole numbers 0 … size − 1. */
export function discrete(size: number): DiscreteSpace {
  return { kind: "discrete", size: requireCount("discrete: size", size) };
}

/** A vector of whole numbers; element `i` in 0 … sizes[i] − 1. */
export function multiDiscrete(sizes: readonly number[]): MultiDiscreteSpace {
  requireCount("multiDiscrete: number of elements", sizes.length);
  return {
    kind: "multiDiscrete",
    sizes: sizes.map((size) => requireCount("multiDiscrete: each size", size)),
  };
}

/** A vector of `size` bits. */
export function multiBinary(size: number): MultiBinarySpace {
  return { kind: "multiBinary", size: requireCount("multiBinary: size", size) };
}

/** Named parts, in the order given. */
export function dict(entries: Readonly<Record<string, Space>>): DictSpace {
  requireCount("dict: number of entries", Object.keys(entries).length);
  return { kind: "dict", entries: { ...entries } };
}

/** Ordered parts. */
export function tuple(items: readonly Space[]): TupleSpace {
  requireCount("tuple: number of items", items.length);
  return { kind: "tuple", items: [...items] };
}

/** An ordered choice of `slots` distinct positions out of `candidates`. */
export function slate(options: { readonly slots: number; readonly candidates: number }): SlateSpace {
  const candidates = requireCount("slate: candidates", options.candidates);
  const slots = requireCount("slate: slots", options.slots);
  if (slots > candidates)
    throw new RangeError(`slate: slots must be <= candidates = ${candidates}, got ${slots}`);
  return { kind: "slate", slots, candidates };
}

const bound = z.union([z.number(), z.literal("Infinity"), z.literal("-Infinity")]);
const count = z.int().min(1);

/** A space as JSON: like {@link Space}, but an infinite bound is the text "Infinity" or "-Infinity" and equal bounds are written once. */
export type SpaceJson =
  | {
      kind: "box";
      shape: number[];
      low: z.infer<typeof bound> | z.infer<typeof bound>[];
      high: z.infer<typeof bound> | z.infer<typeof bound>[];
      dataType: BoxDataType;
    }
  | { kind: "discrete"; size: number }
  | { kind: "multiDiscrete"; sizes: number[] }
  | { kind: "multiBinary"; size: number }
  | { kind: "dict"; entries: Record<string, SpaceJson> }
  | { kind: "tuple"; items: SpaceJson[] }
  | { kind: "slate"; slots: number; candidates: number };

/** Schema of a space written as JSON. Parse, then {@link spaceFromJson} (which does both). */
export const spaceJsonSchema: z.ZodType<SpaceJson> = z.lazy(() =>
  z.discriminatedUnion("kind", [
    z.strictObject({
      kind: z.literal("box"),
      shape: z.array(count),
      low: z.union([bound, z.array(bound)]),
      high: z.union([bound, z.array(bound)]),
      dataType: z.enum(["float32", "float64", "int32", "uint8"]),
    }),
    z.strictObject({ kind: z.literal("discrete"), size: count }),
    z.strictObject({ kind: z.literal("multiDiscrete"), sizes: z.array(count).min(1) }),
    z.strictObject({ kind: z.literal("multiBinary"), size: count }),
    z.strictObject({ kind: z.literal("dict"), entries: z.record(z.string(), spaceJsonSchema) }),
    z.strictObject({ kind: z.literal("tuple"), items: z.array(spaceJsonSchema).min(1) }),
    z.strictObject({ kind: z.literal("slate"), slots: count, candidates: count }),
  ]),
);

function boundToJson(value: number): z.infer<typeof bound> {
  return value === Infinity ? "Infinity" : value === -Infinity ? "-Infinity" : value;
}

function boundsToJson(values: readonly number[]): z.infer<typeof bound> | z.infer<typeof bound>[] {
  return values.every((value) => value === values[0]) ? boundToJson(values[0]!) : values.map(boundToJson);
}

function boundsFromJson(json: z.infer<typeof bound> | z.infer<typeof bound>[]): number | number[] {
  return Array.isArray(json) ? json.map(Number) : Number(json);
}

/** Writes a space as plain JSON. */
export function spaceToJson(space: Space): SpaceJson {
  switch (space.kind) {
    case "box":
      return {
        kind: "box",
        shape: [...space.shape],
        low: boundsToJson(space.low),
        high: boundsToJson(space.high),
        dataType: space.dataType,
      };
    case "dict":
      return {
        kind: "dict",
        entries: Object.fromEntries(
          Object.entries(space.entries).map(([name, part]) => [name, spaceToJson(part)]),
        ),
      };
    case "tuple":
      return { kind: "tuple", items: space.items.map(spaceToJson) };
    case "multiDiscrete":
      return { kind: "multiDiscrete", sizes: [...space.sizes] };
    default:
      return { ...space };
  }
}

function build(json: SpaceJson): Space {
  switch (json.kind) {
    case "box":
      return box({ ...json, low: boundsFromJson(json.low), high: boundsFromJson(json.high) });
    case "discrete":
      return discrete(json.size);
    case "multiDiscrete":
      return multiDiscrete(json.sizes);
    case "multiBinary":
      return multiBinary(json.size);
    case "dict":
      return dict(
        Object.fromEntries(Object.entries(json.entries).map(([name, part]) => [name, build(part)])),
      );
    case "tuple":
      return tuple(json.items.map(build));
    case "slate":
      return slate(json);
  }
}

/**
 * Reads a space from JSON.
 *
 * @throws z.ZodError for a wrong structure, RangeError for bounds or sizes that contradict each other
 */
export function spaceFromJson(json: unknown): Space {
  return build(spaceJsonSchema.parse(json));
}
