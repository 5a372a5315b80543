/** Any typed array that may hold state. */
export type StateArray = Float64Array | Float32Array | Int32Array | Uint32Array | Uint8Array;

const MAGIC = 0x4c56_5331; // "LVS1"
const encoder = new TextEncoder();
const decoder = new TextDecoder();

function bytesOf(array: StateArray): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

/**
 * One byte array that holds all arrays of a state, labelled with the id of what it belongs to. Little-endian as the machine.
 *
 * Layout: magic, length of id, number of arrays, byte length of each array (uint32), id (UTF-8), the arrays.
 */
export function packState(id: string, arrays: readonly StateArray[]): Uint8Array {
  const name = encoder.encode(id);
  const header = 12 + 4 * arrays.length;
  const size = arrays.reduce((sum, array) => sum + array.byteLength, header + name.length);
  const packed = new Uint8Array(size);
  const view = new DataView(packed.buffer);
  view.setUint32(0, MAGIC);
  view.setUint32(4, name.length);
  view.setUint32(8, arrays.length);
  arrays.forEach((array, i) => view.setUint32(12 + 4 * i, array.byteLength));
  packed.set(name, header);
  let offset = header + name.length;
  for (const array of arrays) {
    packed.set(bytesOf(array), offset);
    offset += array.byteLength;
  }
  return packed;
}

/** The arrays of a snapshot as byte views, after its label and lengths were checked. */
function sections(id: string, packed: Uint8Array): Uint8Array[] {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  if (packed.byteLength < 12 || view.getUint32(0) !== MAGIC)
    throw new RangeError(`restore ${id}: not a snapshot`);
  const nameLength = view.getUint32(4);
  const count = view.getUint32(8);
  let offset = 12 + 4 * count;
  if (packed.byteLength < offset + nameLength)
    throw new RangeError(`restore ${id}: the snapshot is cut short`);
  const name = decoder.decode(packed.subarray(offset, offset + nameLength));
  if (name !== id) throw new RangeError(`restore ${id}: the snapshot is of ${name}`);
  offset += nameLength;
  const parts: Uint8Array[] = [];
  for (let i = 0; i < count; i++) {
    const length = view.getUint32(12 + 4 * i);
    parts.push(packed.subarray(offset, offset + length));
    offset += length;
  }
  if (offset !== packed.byteLength)
    throw new RangeError(
      `restore ${id}: the snapshot has ${packed.byteLength} bytes, its header says ${offset}`,
    );
  return parts;
}

/**
 * Writes a snapshot made by {@link packState} back into the same arrays. Nothing is written unless everything fits.
 *
 * @throws RangeError when the snapshot has another id, or arrays of other sizes
 */
export function unpackState(id: string, packed: Uint8Array, arrays: readonly StateArray[]): void {
  const parts = sections(id, packed);
  if (parts.length !== arrays.length)
    throw new RangeError(
      `restore ${id}: the snapshot has ${parts.length} arrays, this environment has ${arrays.length}`,
    );
  arrays.forEach((array, i) => {
    if (parts[i]!.byteLength !== array.byteLength)
      throw new RangeError(
        `restore ${id}: array ${i} has ${parts[i]!.byteLength} bytes, this environment (row count, options) needs ${array.byteLength}`,
      );
  });
  arrays.forEach((array, i) => bytesOf(array).set(parts[i]!));
}

/** Wraps the snapshot of an inner environment together with the state of what is around it. */
export function packNested(id: string, inner: Uint8Array, arrays: readonly StateArray[]): Uint8Array {
  return packState(id, [inner, ...arrays]);
}

/** The inverse of {@link packNested}: restores `arrays`, returns the inner snapshot. */
export function unpackNested(id: string, packed: Uint8Array, arrays: readonly StateArray[]): Uint8Array {
  const inner = sections(id, packed)[0];
  if (inner === undefined) throw new RangeError(`restore ${id}: the snapshot holds no inner environment`);
  unpackState(id, packed, [new Uint8Array(inner.byteLength), ...arrays]);
  return inner.slice();
}
