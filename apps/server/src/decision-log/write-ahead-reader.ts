import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { frameAt, nextMark } from "./record-frame.ts";

/** What a reader of a write-ahead file is handed. */
export interface WriteAheadVisitor {
  /** A whole record; the bytes are good until the call returns. */
  record(payload: Uint8Array): void;
  /** Bytes that are no record and are not the file's torn end. */
  unreadable?(bytes: Uint8Array): void;
}

/** What a write-ahead file holds. */
export interface WriteAheadExtent {
  /** Where the last record, or unreadable piece, ends. */
  readonly end: number;
  /** Bytes behind it: of a record whose writing was cut short. */
  readonly torn: number;
}

const PIECE_BYTES = 1 << 20;

/**
 * Reads a write-ahead file from its begin in pieces. Behind bytes that are no record it looks for the next one; a
 * record that the file's end cuts short was never acknowledged.
 */
export function readWriteAhead(
  path: string,
  visitor: WriteAheadVisitor,
  limit = Number.POSITIVE_INFINITY,
): WriteAheadExtent {
  const descriptor = openSync(path, "r");
  try {
    const size = Math.min(limit, fstatSync(descriptor).size);
    let buffer = new Uint8Array(Math.min(PIECE_BYTES, Math.max(size, 16)));
    let held = 0;
    let offset = 0; // Of the buffer's first byte in the file.
    for (;;) {
      while (held < buffer.length && offset + held < size) {
        const wanted = Math.min(buffer.length - held, size - offset - held);
        const read = readSync(descriptor, buffer, held, wanted, offset + held);
        if (read === 0) break;
        held += read;
      }
      const atEnd = offset + held >= size;
      const { consumed, needed } = visitPiece(buffer.subarray(0, held), atEnd, visitor);
      if (atEnd) return { end: offset + consumed, torn: held - consumed };
      const rest = held - consumed;
      if (needed > buffer.length) {
        const larger = new Uint8Array(
          Math.min(Math.max(needed, 2 * buffer.length), size - offset - consumed),
        );
        larger.set(buffer.subarray(consumed, held));
        buffer = larger;
      } else buffer.copyWithin(0, consumed, held);
      offset += consumed;
      held = rest;
    }
  } finally {
    closeSync(descriptor);
  }
}

/** Visits what is whole; returns how far it came, and how many bytes the record there needs. */
function visitPiece(
  bytes: Uint8Array,
  atEnd: boolean,
  visitor: WriteAheadVisitor,
): { consumed: number; needed: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  let bad = -1; // Where unreadable bytes began.
  const endBad = (): void => {
    if (bad >= 0) visitor.unreadable?.(bytes.subarray(bad, at));
    bad = -1;
  };
  while (at < bytes.length) {
    const frame = frameAt(bytes, view, at);
    if (frame.kind === "record") {
      endBad();
      visitor.record(bytes.subarray(frame.begin, frame.end));
      at = frame.end;
    } else if (frame.kind === "incomplete" && !atEnd) {
      endBad();
      return { consumed: at, needed: frame.needed };
    } else if (frame.kind === "incomplete" && !holdsRecord(bytes, view, at)) {
      endBad();
      return { consumed: at, needed: frame.needed };
    } else {
      if (bad < 0) bad = at;
      at = nextMark(bytes, at);
    }
  }
  endBad();
  return { consumed: at, needed: 0 };
}

/** Whether a whole record stands somewhere behind `at`: then what begins there is not the torn end. */
function holdsRecord(bytes: Uint8Array, view: DataView, at: number): boolean {
  for (let next = nextMark(bytes, at); next < bytes.length; next = nextMark(bytes, next))
    if (frameAt(bytes, view, next).kind === "record") return true;
  return false;
}
