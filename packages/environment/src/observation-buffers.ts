import { valueLength, type Space, type SpaceValue } from "@longview/formats";
import type { ObservationBuffers } from "./vector-environment.ts";

function bufferFor(space: Space, rowCount: number): Float32Array | Uint8Array {
  if (space.kind === "dict" || space.kind === "tuple")
    throw new RangeError(
      `observation buffers: a ${space.kind} inside an observation is not supported; use a flat dict`,
    );
  const size = valueLength(space) * rowCount;
  const bytes = space.kind === "multiBinary" || (space.kind === "box" && space.dataType === "uint8");
  return bytes ? new Uint8Array(size) : new Float32Array(size);
}

/**
 * Buffers for `rowCount` observations of `space`: a Dict gives one buffer an entry, anything else one named `observation`.
 * MultiBinary and uint8 boxes are `Uint8Array`, the rest `Float32Array`.
 *
 * @throws RangeError for a Tuple or a nested Dict
 */
export function allocateObservation(space: Space, rowCount: number): ObservationBuffers {
  if (space.kind !== "dict") return { observation: bufferFor(space, rowCount) };
  return Object.fromEntries(
    Object.entries(space.entries).map(([name, part]) => [name, bufferFor(part, rowCount)]),
  );
}

/** Numbers in one row's action: 1 for Discrete, the slots of a Slate, … */
export function actionWidth(space: Space): number {
  if (space.kind === "dict" || space.kind === "tuple")
    throw new RangeError(
      `action space: ${space.kind} is not supported; use box, discrete, multiDiscrete or slate`,
    );
  return valueLength(space);
}

/** The action buffer of `rowCount` rows: `Float32Array` for a Box, else `Int32Array`. */
export function allocateAction(space: Space, rowCount: number): Int32Array | Float32Array {
  const size = actionWidth(space) * rowCount;
  return space.kind === "box" ? new Float32Array(size) : new Int32Array(size);
}

function valueOf(space: Space, buffer: Float32Array | Uint8Array, row: number): SpaceValue {
  if (space.kind === "dict" || space.kind === "tuple")
    throw new RangeError("observation buffers: nested space");
  const width = valueLength(space);
  const part = buffer.slice(row * width, (row + 1) * width);
  if (space.kind === "discrete") return part[0]!;
  return space.kind === "multiDiscrete" ? Int32Array.from(part) : part;
}

/** A copy of one row's observation as a member of its space. */
export function readObservation(space: Space, buffers: ObservationBuffers, row: number): SpaceValue {
  if (space.kind !== "dict") return valueOf(space, buffers["observation"]!, row);
  return Object.fromEntries(
    Object.entries(space.entries).map(([name, part]) => [name, valueOf(part, buffers[name]!, row)]),
  );
}

/** Copies one row of every buffer. Allocates nothing beyond the iteration over the names. */
export function copyObservationRow(
  to: ObservationBuffers,
  from: ObservationBuffers,
  row: number,
  rowCount: number,
): void {
  for (const name in from) {
    const source = from[name]!;
    const target = to[name]!;
    const width = source.length / rowCount;
    for (let i = row * width; i < (row + 1) * width; i++) target[i] = source[i]!;
  }
}
