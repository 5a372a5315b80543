import { crc32c } from "@node-rs/crc32";

/** Bytes before a record's payload: mark, length, the length's complement, checksum of the payload. */
export const FRAME_BYTES = 16;
const MARK = 0x4c56_7265;

/** Writes the frame of the payload that already stands behind it. */
export function writeFrame(bytes: Uint8Array, view: DataView, at: number, length: number): void {
  view.setUint32(at, MARK, true);
  view.setUint32(at + 4, length, true);
  view.setUint32(at + 8, ~length >>> 0, true);
  view.setUint32(at + 12, crc32c(bytes.subarray(at + FRAME_BYTES, at + FRAME_BYTES + length)), true);
}

/** What stands at a place of a write-ahead file. */
export type Frame =
  | { readonly kind: "record"; readonly begin: number; readonly end: number }
  /** The bytes end before the record does. */
  | { readonly kind: "incomplete"; readonly needed: number }
  | { readonly kind: "unreadable" };

/** Looks at the frame that begins at `at`. */
export function frameAt(bytes: Uint8Array, view: DataView, at: number): Frame {
  const rest = bytes.length - at;
  if (rest < FRAME_BYTES) {
    const expected = [0x65, 0x72, 0x56, 0x4c];
    const begun = expected.every((byte, k) => k >= rest || bytes[at + k] === byte);
    return begun ? { kind: "incomplete", needed: FRAME_BYTES } : { kind: "unreadable" };
  }
  const length = view.getUint32(at + 4, true);
  if (view.getUint32(at, true) !== MARK || view.getUint32(at + 8, true) !== ~length >>> 0)
    return { kind: "unreadable" };
  const end = at + FRAME_BYTES + length;
  if (end > bytes.length) return { kind: "incomplete", needed: FRAME_BYTES + length };
  const payload = bytes.subarray(at + FRAME_BYTES, end);
  if (crc32c(payload) !== view.getUint32(at + 12, true)) return { kind: "unreadable" };
  return { kind: "record", begin: at + FRAME_BYTES, end };
}

/** The next place after `at` where a frame may begin, or the end of the bytes. */
export function nextMark(bytes: Uint8Array, at: number): number {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found = buffer.indexOf(MARK_BYTES, at + 1);
  // The last three bytes may be the beginning of a mark.
  return found >= 0 ? found : Math.max(at + 1, bytes.length - 3);
}

const MARK_BYTES = Uint8Array.of(0x65, 0x72, 0x56, 0x4c);
