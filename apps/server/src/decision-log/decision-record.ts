import type { ServedDecision } from "./served-decision.ts";
import { FRAME_BYTES, writeFrame } from "./record-frame.ts";

/** A decision as it stands in a write-ahead file. Its blocks are views into the bytes it was read from. */
export interface DecisionRecord {
  readonly index: number;
  readonly step: number;
  readonly timestamp: number;
  readonly slatePropensity: number;
  readonly unitId: string;
  readonly sessionId: string | undefined;
  readonly policyId: string;
  readonly randomKey: string;
  readonly candidateCount: number;
  readonly featureCount: number;
  readonly context: Uint8Array;
  readonly features: Uint8Array;
  readonly slate: Uint8Array;
  readonly positionPropensities: Uint8Array;
  readonly itemIds: Uint8Array;
  readonly creatorIds: Uint8Array;
}

/** Memory that records are encoded into. */
export interface RecordMemory {
  readonly bytes: Buffer;
  readonly view: DataView;
}

export function recordMemory(size: number): RecordMemory {
  const bytes = Buffer.allocUnsafeSlow(size);
  return { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength) };
}

const FIXED_BYTES = 52;

/**
 * Writes a decision with its frame at a place; returns where it ends, or -1 where the memory is too small.
 *
 * Lists are written as Parquet holds them (numbers little-endian, texts behind their length in four bytes), so that
 * they are copied from here into the file.
 */
export function encodeDecision(
  { bytes, view }: RecordMemory,
  begin: number,
  decision: ServedDecision,
  index: number,
  timestamp: number,
): number {
  const { context, features, slate, positionPropensities } = decision;
  const payload = begin + FRAME_BYTES;
  const blocks = [context, features, slate, positionPropensities];
  let at = payload + FIXED_BYTES;
  if (at > bytes.length) return -1;
  for (const text of [decision.unitId, decision.sessionId ?? "", decision.policyId, decision.randomKey]) {
    at = putText(bytes, at, text);
    if (at < 0) return -1;
  }
  for (const block of blocks) {
    if (at + block.byteLength > bytes.length) return -1;
    bytes.set(new Uint8Array(block.buffer, block.byteOffset, block.byteLength), at);
    at += block.byteLength;
  }
  const itemIds = at;
  at = putTexts(bytes, at, decision.itemIds);
  if (at < 0) return -1;
  const creatorIds = at;
  at = putTexts(bytes, at, decision.creatorIds);
  if (at < 0) return -1;
  view.setUint32(payload, index, true);
  view.setUint32(payload + 4, decision.step, true);
  view.setFloat64(payload + 8, timestamp, true);
  view.setFloat64(payload + 16, decision.slatePropensity, true);
  view.setUint32(payload + 24, context.length, true);
  view.setUint32(payload + 28, decision.itemIds.length, true);
  view.setUint32(payload + 32, decision.featureCount, true);
  view.setUint32(payload + 36, slate.length, true);
  view.setUint32(payload + 40, creatorIds - itemIds, true);
  view.setUint32(payload + 44, at - creatorIds, true);
  view.setUint32(payload + 48, decision.sessionId === undefined ? 0 : 1, true);
  writeFrame(bytes, view, begin, at - payload);
  return at;
}

/** Reads the payload of a decision's record. */
export function decodeDecision(payload: Uint8Array): DecisionRecord {
  const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
  const contextLength = bytes.readUInt32LE(24);
  const candidateCount = bytes.readUInt32LE(28);
  const featureCount = bytes.readUInt32LE(32);
  const slateLength = bytes.readUInt32LE(36);
  let at = FIXED_BYTES;
  const text = (): string => {
    const begin = at + 4;
    at = begin + bytes.readUInt32LE(at);
    return bytes.toString("utf8", begin, at);
  };
  const block = (length: number): Uint8Array => {
    at += length;
    return payload.subarray(at - length, at);
  };
  const unitId = text();
  const sessionId = text();
  return {
    index: bytes.readUInt32LE(0),
    step: bytes.readUInt32LE(4),
    timestamp: bytes.readDoubleLE(8),
    slatePropensity: bytes.readDoubleLE(16),
    unitId,
    sessionId: bytes.readUInt32LE(48) === 0 ? undefined : sessionId,
    policyId: text(),
    randomKey: text(),
    candidateCount,
    featureCount,
    context: block(contextLength * 4),
    features: block(candidateCount * featureCount * 4),
    slate: block(slateLength * 4),
    positionPropensities: block(slateLength * 8),
    itemIds: block(bytes.readUInt32LE(40)),
    creatorIds: block(bytes.readUInt32LE(44)),
  };
}

/** The index and the time of a decision's record, without looking at the rest. */
export function decisionRecordPlace(payload: Uint8Array): { index: number; timestamp: number } {
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  return { index: view.getUint32(0, true), timestamp: view.getFloat64(8, true) };
}

function putTexts(bytes: Buffer, begin: number, texts: readonly string[]): number {
  let at = begin;
  for (let k = 0; k < texts.length; k++) {
    at = putText(bytes, at, texts[k]!);
    if (at < 0) return -1;
  }
  return at;
}

/** Ids are short and ASCII: a loop over their characters is several times faster than a call into the runtime. */
function putText(bytes: Buffer, begin: number, text: string): number {
  const { length } = text;
  let at = begin + 4;
  if (at + 3 * length > bytes.length) return -1;
  for (let k = 0; k < length; k++) {
    const code = text.charCodeAt(k);
    if (code > 127) {
      at = begin + 4 + bytes.write(text, begin + 4);
      break;
    }
    bytes[at++] = code;
  }
  const written = at - begin - 4;
  bytes[begin] = written & 255;
  bytes[begin + 1] = (written >>> 8) & 255;
  bytes[begin + 2] = (written >>> 16) & 255;
  bytes[begin + 3] = written >>> 24;
  return at;
}
