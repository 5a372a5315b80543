import { BinaryWriter } from "@bufbuild/protobuf/wire";
import { crc32c } from "@node-rs/crc32";
import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** The checksum of a TFRecord: CRC-32C, rotated right by 15 bits, plus a constant, so that data holding CRCs stays safe. */
export function maskedChecksum(data: Uint8Array): number {
  const crc = crc32c(Buffer.from(data.buffer, data.byteOffset, data.byteLength)) >>> 0;
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

/** One TFRecord: length (uint64, little-endian), its checksum, the data, the data's checksum. */
export function encodeRecord(data: Uint8Array): Uint8Array {
  const record = new Uint8Array(12 + data.length + 4);
  const view = new DataView(record.buffer);
  view.setBigUint64(0, BigInt(data.length), true);
  view.setUint32(8, maskedChecksum(record.subarray(0, 8)), true);
  record.set(data, 12);
  view.setUint32(12 + data.length, maskedChecksum(data), true);
  return record;
}

// Field numbers of tensorflow/core/util/event.proto and framework/summary.proto.
const EVENT = { wallTime: 1, step: 2, fileVersion: 3, summary: 5, sessionLog: 7 };
const SESSION_START = 1;

/** What an event holds: the file's version, a session's start, or scalars by tag. */
export interface EventContent {
  readonly wallTime: number;
  readonly step: number;
  readonly fileVersion?: string;
  readonly sessionStart?: boolean;
  readonly scalars?: Readonly<Record<string, number>>;
}

/** One `tensorflow.Event` message. */
export function encodeEvent(event: EventContent): Uint8Array {
  const writer = new BinaryWriter();
  writer.tag(EVENT.wallTime, 1).double(event.wallTime);
  if (event.step !== 0) writer.tag(EVENT.step, 0).int64(event.step);
  if (event.fileVersion !== undefined) writer.tag(EVENT.fileVersion, 2).string(event.fileVersion);
  if (event.scalars !== undefined) {
    writer.tag(EVENT.summary, 2).fork();
    for (const [tag, value] of Object.entries(event.scalars)) {
      writer.tag(1, 2).fork();
      writer.tag(1, 2).string(tag);
      writer.tag(2, 5).float(value);
      writer.join();
    }
    writer.join();
  }
  if (event.sessionStart === true) {
    writer.tag(EVENT.sessionLog, 2).fork();
    writer.tag(1, 0).int32(SESSION_START);
    writer.join();
  }
  return writer.finish();
}

/** Writes scalars that TensorBoard reads; one file for each session of a run. */
export class EventFile {
  readonly path: string;
  readonly #now: () => number;

  /**
   * @param folder - made where it is missing
   * @param firstStep - what a resumed run begins with: TensorBoard drops older points from there on
   * @param now - seconds since 1970-01-01 UTC
   */
  constructor(folder: string, firstStep: number, now: () => number) {
    mkdirSync(folder, { recursive: true });
    this.#now = now;
    const started = Math.floor(now());
    this.path = join(folder, `events.out.tfevents.${started}.longview.${process.pid}`);
    writeFileSync(
      this.path,
      encodeRecord(encodeEvent({ wallTime: now(), step: 0, fileVersion: "brain.Event:2" })),
    );
    appendFileSync(
      this.path,
      encodeRecord(encodeEvent({ wallTime: now(), step: firstStep, sessionStart: true })),
    );
  }

  /** Appends one event; numbers that are not finite are left out. */
  append(step: number, scalars: Readonly<Record<string, number>>): void {
    const finite = Object.fromEntries(Object.entries(scalars).filter(([, value]) => Number.isFinite(value)));
    appendFileSync(this.path, encodeRecord(encodeEvent({ wallTime: this.#now(), step, scalars: finite })));
  }
}
