import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { EventFile, encodeEvent, encodeRecord, maskedChecksum } from "../src/tensorboard/event-file.ts";

/** CRC-32C bit by bit (polynomial 0x1EDC6F41, reflected), independent of the library that the writer uses. */
function slowCrc32c(data: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of data) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  }
  return ~crc >>> 0;
}
const slowMask = (data: Uint8Array): number => {
  const crc = slowCrc32c(data);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
};

function readRecords(bytes: Uint8Array): Uint8Array[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const records: Uint8Array[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = Number(view.getBigUint64(at, true));
    expect(view.getUint32(at + 8, true)).toBe(slowMask(bytes.subarray(at, at + 8)));
    const data = bytes.subarray(at + 12, at + 12 + length);
    expect(view.getUint32(at + 12 + length, true)).toBe(slowMask(data));
    records.push(data);
    at += 16 + length;
  }
  return records;
}

/** A protobuf reader of the few wire types that events use. */
function readFields(data: Uint8Array): [number, number | Uint8Array][] {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const fields: [number, number | Uint8Array][] = [];
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 1; ; shift *= 128) {
      const byte = data[at++]!;
      value += (byte & 127) * shift;
      if (byte < 128) return value;
    }
  };
  while (at < data.length) {
    const key = varint();
    const field = key >>> 3;
    switch (key & 7) {
      case 0:
        fields.push([field, varint()]);
        break;
      case 1:
        fields.push([field, view.getFloat64(at, true)]);
        at += 8;
        break;
      case 5:
        fields.push([field, view.getFloat32(at, true)]);
        at += 4;
        break;
      default: {
        const length = varint();
        fields.push([field, data.subarray(at, at + length)]);
        at += length;
      }
    }
  }
  return fields;
}

test("the checksum is CRC-32C (RFC 3720: 32 zero bytes give 8a9136aa), masked as TFRecord says", () => {
  const zeros = new Uint8Array(32);
  expect(slowCrc32c(zeros)).toBe(0x8a9136aa);
  expect(maskedChecksum(zeros)).toBe(slowMask(zeros));
});

test("the file's first record has the known bytes of TensorFlow's version event", () => {
  const record = encodeRecord(encodeEvent({ wallTime: 0, step: 0, fileVersion: "brain.Event:2" }));
  const hex = Buffer.from(record).toString("hex");
  // 24 bytes of data: wall_time (field 1, double 0), file_version (field 3, 13 bytes).
  expect(hex.slice(0, 16)).toBe("1800000000000000");
  expect(hex.slice(24, -8)).toBe("0900000000000000001a0d627261696e2e4576656e743a32");
});

test("scalars read back with an independent reader, step and tag and value", () => {
  const folder = mkdtempSync(join(tmpdir(), "events-"));
  try {
    const file = new EventFile(folder, 0, () => 1_700_000_000.5);
    file.append(300, { "training/value": 1.5, "constraint/harm": 0.25, missing: Number.NaN });
    const records = readRecords(new Uint8Array(readFileSync(file.path)));
    expect(records).toHaveLength(3);
    const fields = new Map(readFields(records[2]!));
    expect(fields.get(1)).toBe(1_700_000_000.5);
    expect(fields.get(2)).toBe(300);
    const values = readFields(fields.get(5) as Uint8Array).map(([, value]) => {
      const entry = new Map(readFields(value as Uint8Array));
      return [Buffer.from(entry.get(1) as Uint8Array).toString(), entry.get(2)];
    });
    expect(values).toEqual([
      ["training/value", 1.5],
      ["constraint/harm", 0.25],
    ]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
