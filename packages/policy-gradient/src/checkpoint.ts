import { createHash } from "node:crypto";

/** Arrays that a checkpoint may hold. */
export type SectionArray = Float64Array | Float32Array | Int32Array | Uint8Array;

/** A complete state: plain JSON, and named arrays. */
export interface CheckpointContents<Header> {
  readonly header: Header;
  readonly sections: Readonly<Record<string, SectionArray>>;
}

const MAGIC = "LVCK0002";
/** Where the SHA-256 of everything behind it stands, then the length of the JSON, then the JSON. */
const DIGEST_AT = 8;
const LENGTH_AT = 40;
const JSON_AT = 44;
const TYPES = { Float64Array, Float32Array, Int32Array, Uint8Array } as const;
type TypeName = keyof typeof TYPES;

interface SectionHeader {
  readonly name: string;
  readonly type: TypeName;
  readonly length: number;
}

/**
 * One byte array: magic (8 bytes), SHA-256 of all that follows it (32 bytes), length of the JSON (uint32,
 * little-endian), JSON `{ header, sections }`, then the sections' bytes in that order, little-endian, each from an
 * offset that is a multiple of 8.
 */
export function encodeCheckpoint<Header>({ header, sections }: CheckpointContents<Header>): Uint8Array {
  const entries = Object.entries(sections);
  const table: SectionHeader[] = entries.map(([name, array]) => ({
    name,
    type: typeName(array),
    length: array.length,
  }));
  const json = new TextEncoder().encode(JSON.stringify({ header, sections: table }));
  let size = align(JSON_AT + json.length);
  for (const [, array] of entries) size += align(array.byteLength);
  const bytes = new Uint8Array(size);
  bytes.set(new TextEncoder().encode(MAGIC), 0);
  new DataView(bytes.buffer).setUint32(LENGTH_AT, json.length, true);
  bytes.set(json, JSON_AT);
  let offset = align(JSON_AT + json.length);
  for (const [, array] of entries) {
    bytes.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), offset);
    offset += align(array.byteLength);
  }
  bytes.set(digest(bytes), DIGEST_AT);
  return bytes;
}

/**
 * The inverse of {@link encodeCheckpoint}.
 *
 * @throws RangeError when the bytes are no checkpoint, of another version, cut short or altered
 */
export function decodeCheckpoint(bytes: Uint8Array): {
  header: unknown;
  sections: Map<string, SectionArray>;
} {
  const copy = bytes.slice();
  if (copy.length < JSON_AT || new TextDecoder().decode(copy.subarray(0, 8)) !== MAGIC)
    throw new RangeError(`checkpoint: not a checkpoint of version ${MAGIC}`);
  if (!digest(copy).equals(copy.subarray(DIGEST_AT, LENGTH_AT)))
    throw new RangeError("checkpoint: damaged or cut short; its content does not have its SHA-256");
  const length = new DataView(copy.buffer).getUint32(LENGTH_AT, true);
  const parsed: unknown = JSON.parse(new TextDecoder().decode(copy.subarray(JSON_AT, JSON_AT + length)));
  if (!isTable(parsed)) throw new RangeError("checkpoint: its header names no sections");
  const sections = new Map<string, SectionArray>();
  let offset = align(JSON_AT + length);
  for (const { name, type, length: count } of parsed.sections) {
    const Type = TYPES[type];
    if (offset + count * Type.BYTES_PER_ELEMENT > copy.length)
      throw new RangeError(`checkpoint: cut short at ${copy.length} bytes, inside ${name}`);
    const section = new Type(copy.buffer, offset, count);
    sections.set(name, section);
    offset += align(section.byteLength);
  }
  return { header: parsed.header, sections };
}

function isTable(value: unknown): value is { header: unknown; sections: SectionHeader[] } {
  if (typeof value !== "object" || value === null || !("sections" in value) || !("header" in value))
    return false;
  return (
    Array.isArray(value.sections) &&
    value.sections.every(
      (section: unknown) =>
        typeof section === "object" &&
        section !== null &&
        "name" in section &&
        typeof section.name === "string" &&
        "length" in section &&
        Number.isSafeInteger(section.length) &&
        "type" in section &&
        typeof section.type === "string" &&
        section.type in TYPES,
    )
  );
}

function digest(bytes: Uint8Array): Buffer {
  return createHash("sha256").update(bytes.subarray(LENGTH_AT)).digest();
}

function align(size: number): number {
  return Math.ceil(size / 8) * 8;
}

function typeName(array: SectionArray): TypeName {
  if (array instanceof Float64Array) return "Float64Array";
  if (array instanceof Float32Array) return "Float32Array";
  if (array instanceof Int32Array) return "Int32Array";
  return "Uint8Array";
}
