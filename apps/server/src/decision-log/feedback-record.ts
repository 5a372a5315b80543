import { FRAME_BYTES, writeFrame } from "./record-frame.ts";
import { recordMemory } from "./decision-record.ts";

/** A report as it stands in a write-ahead file. */
export interface FeedbackRecord {
  /** The decision's index in its segment. */
  readonly index: number;
  readonly terminated: boolean | undefined;
  readonly truncated: boolean | undefined;
  /** Values by the name's number in the log's description. */
  readonly objectives: readonly (readonly [name: number, value: number])[];
  readonly costs: readonly (readonly [name: number, value: number])[];
}

const FIXED_BYTES = 10;
const VALUE_BYTES = 10;
const SAID = 1;
const TRUE = 2;

/** The bytes of a report with its frame. */
export function encodeFeedback(record: FeedbackRecord): Uint8Array {
  const values = [...record.objectives, ...record.costs];
  const length = FIXED_BYTES + VALUE_BYTES * values.length;
  const { bytes, view } = recordMemory(FRAME_BYTES + length);
  view.setUint32(FRAME_BYTES, record.index, true);
  bytes[FRAME_BYTES + 4] = flagOf(record.terminated);
  bytes[FRAME_BYTES + 5] = flagOf(record.truncated);
  view.setUint16(FRAME_BYTES + 6, record.objectives.length, true);
  view.setUint16(FRAME_BYTES + 8, record.costs.length, true);
  values.forEach(([name, value], k) => {
    const at = FRAME_BYTES + FIXED_BYTES + VALUE_BYTES * k;
    view.setUint16(at, name, true);
    view.setFloat64(at + 2, value, true);
  });
  writeFrame(bytes, view, 0, length);
  return bytes;
}

/** Reads the payload of a report's record. */
export function decodeFeedback(payload: Uint8Array): FeedbackRecord {
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  const objectiveCount = view.getUint16(6, true);
  const costCount = view.getUint16(8, true);
  const value = (_: unknown, k: number): readonly [number, number] => {
    const at = FIXED_BYTES + VALUE_BYTES * k;
    return [view.getUint16(at, true), view.getFloat64(at + 2, true)];
  };
  const values = Array.from({ length: objectiveCount + costCount }, value);
  return {
    index: view.getUint32(0, true),
    terminated: flagFrom(view.getUint8(4)),
    truncated: flagFrom(view.getUint8(5)),
    objectives: values.slice(0, objectiveCount),
    costs: values.slice(objectiveCount),
  };
}

function flagOf(value: boolean | undefined): number {
  return value === undefined ? 0 : value ? SAID | TRUE : SAID;
}

function flagFrom(flag: number): boolean | undefined {
  return (flag & SAID) === 0 ? undefined : (flag & TRUE) !== 0;
}
