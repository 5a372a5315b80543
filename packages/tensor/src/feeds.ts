import type { Program, ValueSpecification } from "./program.ts";
import { elementCount, formatShape, ShapeError } from "./shape.ts";
import type { TensorData } from "./tensor.ts";

/** A value fed to, or returned by, a program; bool travels as Uint8Array of 0 and 1. */
export interface TensorValue {
  readonly data: TensorData;
  readonly shape: readonly number[];
}
/** A bare array serves where its length settles the shape. */
export type Feed = TensorValue | TensorData;
export type Feeds = Readonly<Record<string, Feed>>;

const isTensorValue = (feed: Feed): feed is TensorValue => !ArrayBuffer.isView(feed);

function matchesType(specification: ValueSpecification, data: TensorData): boolean {
  if (specification.dataType === "float32") return data instanceof Float32Array;
  return specification.dataType === "int32" ? data instanceof Int32Array : data instanceof Uint8Array;
}

function bind(
  lengths: Map<string, number>,
  specification: ValueSpecification,
  shape: readonly number[],
): void {
  const fits =
    shape.length === specification.shape.length &&
    specification.shape.every((dimension, axis) => {
      if (typeof dimension === "number") return dimension === shape[axis];
      const known = lengths.get(dimension);
      if (known === undefined) lengths.set(dimension, shape[axis]!);
      return known === undefined || known === shape[axis];
    });
  if (!fits) {
    throw new ShapeError(
      "run",
      `${specification.name} must be ${formatShape(specification.shape)}, got ${formatShape(shape)}`,
    );
  }
}

function shapeOfArray(
  lengths: ReadonlyMap<string, number>,
  specification: ValueSpecification,
  length: number,
): number[] | undefined {
  const unknown = new Set(
    specification.shape.filter((dimension) => typeof dimension === "string" && !lengths.has(dimension)),
  );
  if (unknown.size > 1) return undefined;
  const known = specification.shape.map((dimension) =>
    typeof dimension === "number" ? dimension : unknown.has(dimension) ? 1 : lengths.get(dimension)!,
  );
  const rest = elementCount(known);
  const missing = unknown.size === 0 ? 1 : rest === 0 ? 0 : length / rest;
  return specification.shape.map((dimension, axis) => (unknown.has(dimension) ? missing : known[axis]!));
}

export interface BoundFeeds {
  readonly values: readonly TensorValue[];
  readonly lengths: ReadonlyMap<string, number>;
}

/** Checks feeds against the program's inputs and finds the lengths of its named dimensions. */
export function bindFeeds(program: Pick<Program, "name" | "inputSpecifications">, feeds: Feeds): BoundFeeds {
  const lengths = new Map<string, number>();
  const specifications = program.inputSpecifications;
  const feedOf = (specification: ValueSpecification): Feed => {
    const feed = feeds[specification.name];
    if (feed === undefined)
      throw new TypeError(`run ${program.name}: the input ${specification.name} is not fed`);
    const data = isTensorValue(feed) ? feed.data : feed;
    if (!matchesType(specification, data)) {
      throw new TypeError(
        `run ${program.name}: ${specification.name} is ${specification.dataType}, got ${data.constructor.name}`,
      );
    }
    return feed;
  };
  const known = specifications.map(feedOf);
  known.forEach((feed, index) => {
    if (isTensorValue(feed)) bind(lengths, specifications[index]!, feed.shape);
  });
  const values = known.map((feed, index): TensorValue => {
    const specification = specifications[index]!;
    if (isTensorValue(feed)) {
      if (feed.data.length !== elementCount(feed.shape)) {
        throw new ShapeError(
          "run",
          `${specification.name} has ${feed.data.length} values for the shape ${formatShape(feed.shape)}`,
        );
      }
      return feed;
    }
    const shape = shapeOfArray(lengths, specification, feed.length);
    if (shape === undefined || elementCount(shape) !== feed.length || !shape.every(Number.isInteger)) {
      throw new ShapeError(
        "run",
        `${feed.length} values do not settle the shape ${formatShape(specification.shape)} of ${specification.name}`,
      );
    }
    bind(lengths, specification, shape);
    return { data: feed, shape };
  });
  return { values, lengths };
}
