/** One axis length: a number, or the name of a length that is known when the program runs ("batch"). */
export type Dimension = number | string;
/** Axis lengths, outermost first. A scalar has the shape `[]`. */
export type Shape = readonly Dimension[];

/** Shapes that do not fit an operation; thrown while the program is being built. */
export class ShapeError extends Error {
  override readonly name = "ShapeError";
  readonly operation: string;
  constructor(operation: string, message: string) {
    super(`${operation}: ${message}`);
    this.operation = operation;
  }
}

export function formatShape(shape: Shape): string {
  return `[${shape.join(", ")}]`;
}

export function equalShapes(first: Shape, second: Shape): boolean {
  return first.length === second.length && first.every((dimension, axis) => dimension === second[axis]);
}

export function isStatic(shape: Shape): shape is readonly number[] {
  return shape.every((dimension) => typeof dimension === "number");
}

/** Number of elements of a static shape. */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, dimension) => product * dimension, 1);
}

/** Product of lengths; symbolic lengths stay as a sorted product such as `32*batch`. */
export function dimensionProduct(dimensions: Shape): Dimension {
  let factor = 1;
  const names: string[] = [];
  for (const dimension of dimensions) {
    if (typeof dimension === "number") factor *= dimension;
    else if (dimension.includes("+")) names.push(`(${dimension})`);
    else {
      for (const part of dimension.split("*")) {
        if (/^\d+$/.test(part)) factor *= Number(part);
        else names.push(part);
      }
    }
  }
  if (factor === 0 || names.length === 0) return factor;
  names.sort();
  return factor === 1 ? names.join("*") : [String(factor), ...names].join("*");
}

/** Sum of lengths; symbolic ones stay as a sum such as `3+batch`. */
export function dimensionSum(dimensions: Shape): Dimension {
  let total = 0;
  const names: string[] = [];
  for (const dimension of dimensions) {
    if (typeof dimension === "number") total += dimension;
    else names.push(dimension);
  }
  if (names.length === 0) return total;
  names.sort();
  return total === 0 ? names.join("+") : [String(total), ...names].join("+");
}

/** The value of a dimension, given the lengths of the named ones. */
export function resolveDimension(dimension: Dimension, lengths: ReadonlyMap<string, number>): number {
  if (typeof dimension === "number") return dimension;
  const known = lengths.get(dimension);
  if (known !== undefined) return known;
  if (dimension.includes("(")) throw new ShapeError("dimension", `cannot compute the length ${dimension}`);
  return dimension
    .split("+")
    .map((term) =>
      term
        .split("*")
        .map((factor) => {
          if (/^\d+$/.test(factor)) return Number(factor);
          const length = lengths.get(factor);
          if (length === undefined)
            throw new ShapeError("dimension", `no program input has the dimension ${factor}`);
          return length;
        })
        .reduce((product, value) => product * value, 1),
    )
    .reduce((sum, value) => sum + value, 0);
}

export function resolveShape(shape: Shape, lengths: ReadonlyMap<string, number>): number[] {
  return shape.map((dimension) => resolveDimension(dimension, lengths));
}

/** The numpy broadcast of two shapes. */
export function broadcastShapes(operation: string, first: Shape, second: Shape): Dimension[] {
  const rank = Math.max(first.length, second.length);
  const result: Dimension[] = [];
  for (let axis = 0; axis < rank; axis += 1) {
    const left = first[axis - rank + first.length] ?? 1;
    const right = second[axis - rank + second.length] ?? 1;
    if (left === right || right === 1) result.push(left);
    else if (left === 1) result.push(right);
    else {
      throw new ShapeError(
        operation,
        `shapes ${formatShape(first)} and ${formatShape(second)} do not broadcast: ${left} against ${right}`,
      );
    }
  }
  return result;
}

/** An axis counted from the front; negative ones count from the end. */
export function normalizeAxis(operation: string, axis: number, shape: Shape): number {
  const normalized = axis < 0 ? axis + shape.length : axis;
  if (!Number.isInteger(axis) || normalized < 0 || normalized >= shape.length) {
    throw new ShapeError(operation, `axis ${axis} is outside the shape ${formatShape(shape)}`);
  }
  return normalized;
}

export function normalizeAxes(
  operation: string,
  axes: readonly number[] | number | undefined,
  shape: Shape,
): number[] {
  if (axes === undefined) return shape.map((_, axis) => axis);
  const list = (typeof axes === "number" ? [axes] : axes).map((axis) =>
    normalizeAxis(operation, axis, shape),
  );
  if (new Set(list).size !== list.length) throw new ShapeError(operation, `axes [${list.join(", ")}] repeat`);
  return list.sort((left, right) => left - right);
}
