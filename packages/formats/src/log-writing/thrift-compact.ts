/** Kinds of values in Thrift's compact protocol. */
const KIND = { int32: 5, int64: 6, binary: 8, list: 9, struct: 12 } as const;
type Kind = (typeof KIND)[keyof typeof KIND];

/** One field of a struct: its number, and what it holds. */
export type ThriftField =
  | { readonly id: number; readonly int32: number }
  | { readonly id: number; readonly int64: number }
  | { readonly id: number; readonly text: string }
  | { readonly id: number; readonly struct: readonly ThriftField[] }
  | { readonly id: number; readonly int32s: readonly number[] }
  | { readonly id: number; readonly texts: readonly string[] }
  | { readonly id: number; readonly structs: readonly (readonly ThriftField[])[] };

/** The bytes of a struct in Thrift's compact protocol, which Parquet's headers and footer are written in. */
export function thriftStruct(fields: readonly ThriftField[]): Uint8Array {
  const bytes: number[] = [];
  putStruct(bytes, fields);
  return Uint8Array.from(bytes);
}

/** Appends a whole number from 0 in seven bits a byte, the lowest first. */
export function putVarint(bytes: number[], value: number): void {
  let rest = value;
  // Division, not shifts: file offsets go beyond 32 bits.
  while (rest >= 128) {
    bytes.push((rest % 128) | 128);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
}

function putStruct(bytes: number[], fields: readonly ThriftField[]): void {
  let last = 0;
  for (const field of fields) {
    const begin = (kind: Kind): void => {
      bytes.push(((field.id - last) << 4) | kind);
      last = field.id;
    };
    if ("int32" in field) {
      begin(KIND.int32);
      putInteger(bytes, field.int32);
    } else if ("int64" in field) {
      begin(KIND.int64);
      putInteger(bytes, field.int64);
    } else if ("text" in field) {
      begin(KIND.binary);
      putText(bytes, field.text);
    } else if ("struct" in field) {
      begin(KIND.struct);
      putStruct(bytes, field.struct);
    } else if ("int32s" in field) {
      begin(KIND.list);
      putListHeader(bytes, field.int32s.length, KIND.int32);
      for (const value of field.int32s) putInteger(bytes, value);
    } else if ("texts" in field) {
      begin(KIND.list);
      putListHeader(bytes, field.texts.length, KIND.binary);
      for (const value of field.texts) putText(bytes, value);
    } else {
      begin(KIND.list);
      putListHeader(bytes, field.structs.length, KIND.struct);
      for (const value of field.structs) putStruct(bytes, value);
    }
  }
  bytes.push(0);
}

function putListHeader(bytes: number[], length: number, kind: Kind): void {
  if (length < 15) bytes.push((length << 4) | kind);
  else {
    bytes.push(0xf0 | kind);
    putVarint(bytes, length);
  }
}

/** Zigzag: the sign is the lowest bit. Nothing here is negative. */
function putInteger(bytes: number[], value: number): void {
  putVarint(bytes, value * 2);
}

function putText(bytes: number[], text: string): void {
  const encoded = new TextEncoder().encode(text);
  putVarint(bytes, encoded.length);
  for (const byte of encoded) bytes.push(byte);
}
