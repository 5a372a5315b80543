import type { ReferenceValue } from "./operation.ts";
import { elementCount } from "./shape.ts";

/** Helpers of the float64 reference interpreter: plain loops, nothing clever. */
export function stridesOf(shape: readonly number[]): number[] {
  const strides: number[] = [];
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis -= 1) {
    strides[axis] = stride;
    stride *= shape[axis]!;
  }
  return strides;
}

/** Calls `visit(flatIndex, coordinates)` for every element in row-major order. */
export function forEachIndex(
  shape: readonly number[],
  visit: (flat: number, coordinates: number[]) => void,
): void {
  const total = elementCount(shape);
  const coordinates = shape.map(() => 0);
  for (let flat = 0; flat < total; flat += 1) {
    visit(flat, coordinates);
    for (let axis = shape.length - 1; axis >= 0; axis -= 1) {
      coordinates[axis]! += 1;
      if (coordinates[axis]! < shape[axis]!) break;
      coordinates[axis] = 0;
    }
  }
}

export function mapReference(value: ReferenceValue, apply: (element: number) => number): ReferenceValue {
  return { data: value.data.map(apply), shape: value.shape };
}

export function broadcastReferenceShape(shapes: readonly (readonly number[])[]): number[] {
  const rank = Math.max(...shapes.map((shape) => shape.length));
  const result = Array.from({ length: rank }, () => 1);
  for (const shape of shapes) {
    shape.forEach((length, axis) => {
      const target = axis + rank - shape.length;
      if (length !== 1) result[target] = length;
    });
  }
  return result;
}

export function broadcastReference(value: ReferenceValue, shape: readonly number[]): ReferenceValue {
  if (value.shape.length === shape.length && value.shape.every((length, axis) => length === shape[axis]))
    return value;
  const strides = stridesOf(value.shape);
  const offset = shape.length - value.shape.length;
  const data = new Float64Array(elementCount(shape));
  forEachIndex(shape, (flat, coordinates) => {
    let source = 0;
    for (let axis = 0; axis < value.shape.length; axis += 1) {
      if (value.shape[axis] !== 1) source += coordinates[axis + offset]! * strides[axis]!;
    }
    data[flat] = value.data[source]!;
  });
  return { data, shape: [...shape] };
}

export function zipReference(
  first: ReferenceValue,
  second: ReferenceValue,
  apply: (left: number, right: number) => number,
): ReferenceValue {
  const shape = broadcastReferenceShape([first.shape, second.shape]);
  const left = broadcastReference(first, shape).data;
  const right = broadcastReference(second, shape).data;
  const data = new Float64Array(left.length);
  for (let index = 0; index < data.length; index += 1) data[index] = apply(left[index]!, right[index]!);
  return { data, shape };
}

/** Groups the elements along `axes` and reduces each group. */
export function reduceReference(
  value: ReferenceValue,
  axes: readonly number[],
  keepDimensions: boolean,
  reduce: (group: readonly number[]) => number,
): ReferenceValue {
  const reduced = new Set(axes);
  const keptShape = value.shape.map((length, axis) => (reduced.has(axis) ? 1 : length));
  const strides = stridesOf(keptShape);
  const groups: number[][] = Array.from({ length: elementCount(keptShape) }, () => []);
  forEachIndex(value.shape, (flat, coordinates) => {
    let target = 0;
    coordinates.forEach((coordinate, axis) => {
      if (!reduced.has(axis)) target += coordinate * strides[axis]!;
    });
    groups[target]!.push(value.data[flat]!);
  });
  const shape = keepDimensions ? keptShape : value.shape.filter((_, axis) => !reduced.has(axis));
  return { data: Float64Array.from(groups, reduce), shape };
}

export function transposeReference(value: ReferenceValue, permutation: readonly number[]): ReferenceValue {
  const shape = permutation.map((axis) => value.shape[axis]!);
  const strides = stridesOf(value.shape);
  const data = new Float64Array(value.data.length);
  forEachIndex(shape, (flat, coordinates) => {
    let source = 0;
    permutation.forEach((axis, position) => {
      source += coordinates[position]! * strides[axis]!;
    });
    data[flat] = value.data[source]!;
  });
  return { data, shape };
}
