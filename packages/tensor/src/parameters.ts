import { foldIn, normalQuantile, type RandomKey, uniformsInto } from "@longview/statistics";
import { reshape } from "./operations/reshape.ts";
import { named } from "./operations/identity.ts";
import { split } from "./operations/slice.ts";
import { elementCount, formatShape, ShapeError } from "./shape.ts";
import type { Tensor } from "./tensor.ts";

/** How a parameter starts: fixed values, or a random matrix with orthonormal rows or columns times `orthogonal`. */
export type Initializer = "zeros" | "ones" | { readonly constant: number } | { readonly orthogonal: number };

export interface ParameterSpecification {
  readonly name: string;
  readonly shape: readonly number[];
  readonly initializer: Initializer;
}

export interface ParameterEntry {
  readonly name: string;
  readonly shape: readonly number[];
  /** First position in the flat vector. */
  readonly offset: number;
  readonly size: number;
}

/** Where each named parameter lies in one flat float32 vector. */
export interface ParameterLayout {
  readonly size: number;
  readonly entries: readonly ParameterEntry[];
}

export function parameterLayout(
  specifications: readonly Pick<ParameterSpecification, "name" | "shape">[],
): ParameterLayout {
  let offset = 0;
  const names = new Set<string>();
  const entries = specifications.map(({ name, shape }) => {
    if (names.has(name)) throw new TypeError(`parameterLayout: two parameters are named ${name}`);
    names.add(name);
    const entry = { name, shape: [...shape], offset, size: elementCount(shape) };
    offset += entry.size;
    return entry;
  });
  return { size: offset, entries };
}

/** The named parameters inside a flat vector tensor. */
export function unflatten(vector: Tensor, layout: ParameterLayout): Record<string, Tensor> {
  if (vector.shape.length !== 1 || vector.shape[0] !== layout.size) {
    throw new ShapeError(
      "unflatten",
      `the vector has the shape ${formatShape(vector.shape)}, the layout ${layout.size} elements`,
    );
  }
  const parts = split(
    vector,
    layout.entries.map(({ size }) => size),
  );
  return Object.fromEntries(
    layout.entries.map(({ name, shape }, index) => [
      name,
      named(reshape(named(parts[index]!, name), shape), name),
    ]),
  );
}

/** Orthonormal columns (rows, if it is wide) by modified Gram–Schmidt applied twice to keyed normals. */
function orthogonalInto(out: Float32Array, shape: readonly number[], gain: number, key: RandomKey): void {
  const columns = shape.at(-1) ?? 1;
  const rows = out.length / columns;
  const count = Math.min(rows, columns);
  const length = Math.max(rows, columns);
  const vectors = new Float64Array(count * length);
  uniformsInto(vectors, 0, vectors.length, key.first, key.second, 0, 0);
  for (let index = 0; index < vectors.length; index += 1) vectors[index] = normalQuantile(vectors[index]!);
  for (let current = 0; current < count; current += 1) {
    const vector = vectors.subarray(current * length, (current + 1) * length);
    for (let pass = 0; pass < 2; pass += 1) {
      for (let earlier = 0; earlier < current; earlier += 1) {
        const other = vectors.subarray(earlier * length, (earlier + 1) * length);
        let overlap = 0;
        for (let index = 0; index < length; index += 1) overlap += vector[index]! * other[index]!;
        for (let index = 0; index < length; index += 1) vector[index]! -= overlap * other[index]!;
      }
    }
    let squared = 0;
    for (let index = 0; index < length; index += 1) squared += vector[index]! * vector[index]!;
    const scale = 1 / Math.sqrt(squared);
    for (let index = 0; index < length; index += 1) vector[index]! *= scale;
  }
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      const value = rows >= columns ? vectors[column * length + row]! : vectors[row * length + column]!;
      out[row * columns + column] = gain * value;
    }
  }
}

/** Starting values of all parameters; each one depends on the key and its own position in the list alone. */
export function initializeParameters(
  specifications: readonly ParameterSpecification[],
  key: RandomKey,
): Float32Array {
  const layout = parameterLayout(specifications);
  const values = new Float32Array(layout.size);
  specifications.forEach(({ initializer, shape }, index) => {
    const { offset, size } = layout.entries[index]!;
    const part = values.subarray(offset, offset + size);
    if (initializer === "ones") part.fill(1);
    else if (initializer !== "zeros" && "constant" in initializer) part.fill(initializer.constant);
    else if (initializer !== "zeros") orthogonalInto(part, shape, initializer.orthogonal, foldIn(key, index));
  });
  return values;
}
