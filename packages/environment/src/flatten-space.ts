import { explainMismatch, type Space, type SpaceValue } from "@longview/formats";

/**
 * Numbers in the flat form of a member: Box, MultiBinary as they are; Discrete and MultiDiscrete one-hot;
 * Slate one-hot for each slot (`slots × candidates`); Dict and Tuple one part after the other.
 */
export function flattenedSize(space: Space): number {
  switch (space.kind) {
    case "box":
      return space.low.length;
    case "discrete":
    case "multiBinary":
      return space.size;
    case "multiDiscrete":
      return space.sizes.reduce((sum, size) => sum + size, 0);
    case "slate":
      return space.slots * space.candidates;
    case "dict":
      return Object.values(space.entries).reduce((sum, part) => sum + flattenedSize(part), 0);
    case "tuple":
      return space.items.reduce((sum, part) => sum + flattenedSize(part), 0);
  }
}

function write(space: Space, value: unknown, out: Float64Array, start: number): number {
  const at = (i: number): number =>
    Array.isArray(value) || isTyped(value) ? Number(value[i]) : Number(value);
  switch (space.kind) {
    case "box":
    case "multiBinary": {
      const size = flattenedSize(space);
      for (let i = 0; i < size; i++) out[start + i] = at(i);
      return start + size;
    }
    case "discrete":
      out[start + Number(value)] = 1;
      return start + space.size;
    case "multiDiscrete": {
      let offset = start;
      space.sizes.forEach((size, i) => {
        out[offset + at(i)] = 1;
        offset += size;
      });
      return offset;
    }
    case "slate":
      for (let i = 0; i < space.slots; i++) out[start + i * space.candidates + at(i)] = 1;
      return start + space.slots * space.candidates;
    case "dict": {
      const parts: [string, unknown][] =
        typeof value === "object" && value !== null ? Object.entries(value) : [];
      const byName = new Map(parts);
      return Object.entries(space.entries).reduce(
        (offset, [name, part]) => write(part, byName.get(name), out, offset),
        start,
      );
    }
    case "tuple": {
      const parts: readonly unknown[] = Array.isArray(value) ? value : [];
      return space.items.reduce((offset, part, i) => write(part, parts[i], out, offset), start);
    }
  }
}

function isTyped(value: unknown): value is Float32Array | Float64Array | Int32Array | Uint8Array {
  return ArrayBuffer.isView(value) && !(value instanceof DataView);
}

/**
 * The flat form of a member of a space; see {@link flattenedSize}.
 *
 * @throws RangeError when `value` is no member
 */
export function flatten(space: Space, value: SpaceValue): Float64Array {
  const problem = explainMismatch(space, value);
  if (problem !== undefined) throw new RangeError(`flatten: ${problem}`);
  const out = new Float64Array(flattenedSize(space));
  write(space, value, out, 0);
  return out;
}

function read(space: Space, flat: ArrayLike<number>, start: number): SpaceValue {
  const hot = (from: number, size: number): number => {
    for (let i = 0; i < size; i++) if (flat[from + i] === 1) return i;
    throw new RangeError(`unflatten: no 1 among the ${size} numbers from ${from}`);
  };
  switch (space.kind) {
    case "box": {
      const values = Float64Array.from({ length: space.low.length }, (_, i) => flat[start + i]!);
      if (space.dataType === "float64") return values;
      if (space.dataType === "float32") return Float32Array.from(values);
      return space.dataType === "int32" ? Int32Array.from(values) : Uint8Array.from(values);
    }
    case "multiBinary":
      return Uint8Array.from({ length: space.size }, (_, i) => flat[start + i]!);
    case "discrete":
      return hot(start, space.size);
    case "multiDiscrete": {
      let offset = start;
      return Int32Array.from(space.sizes, (size) => {
        const value = hot(offset, size);
        offset += size;
        return value;
      });
    }
    case "slate":
      return Int32Array.from({ length: space.slots }, (_, i) =>
        hot(start + i * space.candidates, space.candidates),
      );
    case "dict": {
      let offset = start;
      return Object.fromEntries(
        Object.entries(space.entries).map(([name, part]) => {
          const value = read(part, flat, offset);
          offset += flattenedSize(part);
          return [name, value];
        }),
      );
    }
    case "tuple": {
      let offset = start;
      return space.items.map((part) => {
        const value = read(part, flat, offset);
        offset += flattenedSize(part);
        return value;
      });
    }
  }
}

/**
 * The member whose flat form is `flat`: the inverse of {@link flatten}.
 *
 * @throws RangeError for another length, or a one-hot part without a 1
 */
export function unflatten(space: Space, flat: ArrayLike<number>): SpaceValue {
  const size = flattenedSize(space);
  if (flat.length !== size) throw new RangeError(`unflatten: needs ${size} numbers, got ${flat.length}`);
  return read(space, flat, 0);
}
