import type {
  BoxSpace,
  DictSpace,
  DiscreteSpace,
  MultiBinarySpace,
  MultiDiscreteSpace,
  SlateSpace,
  Space,
  SpaceValue,
  TupleSpace,
} from "@longview/formats";
import { deriveKey, foldIn, normalQuantile, uniform, type RandomKey } from "@longview/statistics";

/**
 * Which members may be drawn; 0 forbids. Discrete: one flag a value. MultiDiscrete: the flags of all elements one after
 * the other. MultiBinary: 0 forces the bit to 0. Slate: one flag a candidate. Dict and Tuple: masks of their parts.
 */
export type SpaceMask = ArrayLike<number> | { readonly [name: string]: SpaceMask | undefined };

function flags(mask: SpaceMask | undefined, size: number, where: string): ArrayLike<number> | undefined {
  if (mask === undefined) return undefined;
  if (!isFlags(mask)) throw new RangeError(`sample ${where}: the mask must be an array`);
  if (mask.length !== size)
    throw new RangeError(`sample ${where}: the mask must have ${size} flags, has ${mask.length}`);
  return mask;
}

function isFlags(mask: SpaceMask): mask is ArrayLike<number> {
  return Array.isArray(mask) || ArrayBuffer.isView(mask);
}

/** The index of an allowed value among `size`, all equally likely, for a uniform in (0, 1). */
function pick(u: number, mask: ArrayLike<number> | undefined, offset: number, size: number): number {
  if (mask === undefined) return Math.floor(u * size);
  let allowed = 0;
  for (let i = 0; i < size; i++) if (mask[offset + i] !== 0) allowed++;
  if (allowed === 0) throw new RangeError("sample: the mask forbids every value");
  let left = Math.floor(u * allowed);
  for (let i = 0; i < size; i++) if (mask[offset + i] !== 0 && left-- === 0) return i;
  throw new RangeError("sample: unreachable");
}

function sampleBox(space: BoxSpace, key: RandomKey): Float32Array | Float64Array | Int32Array | Uint8Array {
  const size = space.low.length;
  const whole = space.dataType === "int32" || space.dataType === "uint8";
  const values = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    const u = uniform(key, i, 0);
    const low = space.low[i]!;
    const high = space.high[i]!;
    if (whole) values[i] = low + Math.floor(u * (high - low + 1));
    else if (low === -Infinity && high === Infinity) values[i] = normalQuantile(u);
    else if (low === -Infinity) values[i] = high + Math.log(u);
    else if (high === Infinity) values[i] = low - Math.log(u);
    // Two halves, so that low = −1.8e308 and high = 1.8e308 do not overflow.
    else values[i] = Math.min(high, Math.max(low, low * (1 - u) + high * u));
  }
  if (space.dataType === "float64") return values;
  if (space.dataType === "float32") return Float32Array.from(values);
  return space.dataType === "int32" ? Int32Array.from(values) : Uint8Array.from(values);
}

function sampleSlate(space: SlateSpace, key: RandomKey, mask: ArrayLike<number> | undefined): Int32Array {
  const allowed: number[] = [];
  for (let i = 0; i < space.candidates; i++) if (mask === undefined || mask[i] !== 0) allowed.push(i);
  if (allowed.length < space.slots)
    throw new RangeError(
      `sample slate: the mask leaves ${allowed.length} candidates for ${space.slots} slots`,
    );
  const slate = new Int32Array(space.slots);
  for (let i = 0; i < space.slots; i++) {
    const j = i + Math.floor(uniform(key, i, 0) * (allowed.length - i));
    slate[i] = allowed[j]!;
    allowed[j] = allowed[i]!;
  }
  return slate;
}

function partMask(mask: SpaceMask | undefined, name: string | number): SpaceMask | undefined {
  if (mask === undefined) return undefined;
  if (!isFlags(mask)) return mask[String(name)];
  throw new RangeError(`sample: the mask of a dict or tuple must be a record with an entry ${name}`);
}

/**
 * A member of a space, decided by the key alone. Bounded elements are uniform, unbounded ones standard normal,
 * half-bounded ones exponential from their bound (Gymnasium's rule). The mask of a Tuple is a record by index.
 *
 * @throws RangeError when the mask has another size or allows nothing
 */
export function sample(space: DiscreteSpace, key: RandomKey, mask?: SpaceMask): number;
export function sample(space: MultiDiscreteSpace | SlateSpace, key: RandomKey, mask?: SpaceMask): Int32Array;
export function sample(space: MultiBinarySpace, key: RandomKey, mask?: SpaceMask): Uint8Array;
export function sample(
  space: BoxSpace,
  key: RandomKey,
  mask?: SpaceMask,
): Float32Array | Float64Array | Int32Array | Uint8Array;
export function sample(
  space: DictSpace,
  key: RandomKey,
  mask?: SpaceMask,
): Readonly<Record<string, SpaceValue>>;
export function sample(space: TupleSpace, key: RandomKey, mask?: SpaceMask): readonly SpaceValue[];
export function sample(space: Space, key: RandomKey, mask?: SpaceMask): SpaceValue;
export function sample(space: Space, key: RandomKey, mask?: SpaceMask): SpaceValue {
  switch (space.kind) {
    case "box":
      return sampleBox(space, key);
    case "discrete":
      return pick(uniform(key, 0, 0), flags(mask, space.size, "discrete"), 0, space.size);
    case "multiDiscrete": {
      const total = space.sizes.reduce((sum, size) => sum + size, 0);
      const allowed = flags(mask, total, "multiDiscrete");
      let offset = 0;
      return Int32Array.from(space.sizes, (size, i) => {
        const value = pick(uniform(key, i, 0), allowed, offset, size);
        offset += size;
        return value;
      });
    }
    case "multiBinary": {
      const allowed = flags(mask, space.size, "multiBinary");
      return Uint8Array.from({ length: space.size }, (_, i) =>
        uniform(key, i, 0) < 0.5 && (allowed === undefined || allowed[i] !== 0) ? 1 : 0,
      );
    }
    case "slate":
      return sampleSlate(space, key, flags(mask, space.candidates, "slate"));
    case "dict":
      return Object.fromEntries(
        Object.entries(space.entries).map(([name, part]) => [
          name,
          sample(part, deriveKey(key, name), partMask(mask, name)),
        ]),
      );
    case "tuple":
      return space.items.map((part, i) => sample(part, foldIn(key, i), partMask(mask, i)));
  }
}
