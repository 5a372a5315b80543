import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { decodeDecision, encodeDecision, recordMemory } from "../../src/decision-log/decision-record.ts";
import { decisionId, decisionPlace } from "../../src/decision-log/decision-id.ts";
import { decodeFeedback, encodeFeedback } from "../../src/decision-log/feedback-record.ts";
import { FRAME_BYTES } from "../../src/decision-log/record-frame.ts";
import { recoverLog } from "../../src/decision-log/recovery.ts";
import { convertSegment } from "../../src/decision-log/segment-conversion.ts";
import { segmentFiles } from "../../src/decision-log/log-folder.ts";
import { readWriteAhead } from "../../src/decision-log/write-ahead-reader.ts";
import { engine } from "./helpers.ts";
import { servedDecision } from "./served-decisions.ts";

const folder = mkdtempSync(join(tmpdir(), "longview-write-ahead-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The bytes of decisions' records, one after the other. */
function recordsOf(count: number, from = 0): Buffer[] {
  return Array.from({ length: count }, (_, index) => {
    const memory = recordMemory(1 << 16);
    const end = encodeDecision(memory, 0, servedDecision(from + index), index, 1000 + index / 8);
    return Buffer.from(memory.bytes.subarray(0, end));
  });
}

interface Read {
  readonly indices: number[];
  readonly unreadable: Buffer;
  readonly end: number;
  readonly torn: number;
}

function read(path: string): Read {
  const indices: number[] = [];
  const unreadable: Buffer[] = [];
  const extent = readWriteAhead(path, {
    record: (payload) => indices.push(decodeDecision(payload).index),
    unreadable: (bytes) => unreadable.push(Buffer.from(bytes)),
  });
  return { indices, unreadable: Buffer.concat(unreadable), ...extent };
}

test("a decision's record holds it exactly, whatever its texts", () => {
  fc.assert(
    fc.property(
      fc.nat(5000),
      fc.array(fc.string({ unit: "binary", maxLength: 20 }), { minLength: 9, maxLength: 9 }),
      (number, texts) => {
        const plain = servedDecision(number);
        const decision = { ...plain, unitId: texts[0]!, itemIds: plain.itemIds.map((_, k) => texts[k]!) };
        const memory = recordMemory(1 << 14);
        const end = encodeDecision(memory, 7, decision, number, 0.1);
        // Memory that is too small by any number of bytes is told, not overrun.
        for (let size = 7; size < end; size += 41) {
          const bytes = memory.bytes.subarray(0, size);
          const view = new DataView(bytes.buffer, bytes.byteOffset, size);
          expect(encodeDecision({ bytes, view }, 7, decision, number, 0.1)).toBe(-1);
        }
        encodeDecision(memory, 7, decision, number, 0.1);
        const record = decodeDecision(memory.bytes.subarray(7 + FRAME_BYTES, end));
        const { sessionId, step, policyId, randomKey, featureCount, slatePropensity } = decision;
        expect(record).toMatchObject({ index: number, timestamp: 0.1, sessionId, step, policyId, randomKey });
        expect(record).toMatchObject({ featureCount, slatePropensity, candidateCount: plain.itemIds.length });
        expect(record.unitId).toBe(Buffer.from(decision.unitId).toString());
        const encoded = (array: Float32Array | Float64Array | Int32Array): Uint8Array =>
          Buffer.from(array.buffer, array.byteOffset, array.byteLength);
        expect(record.features).toEqual(encoded(decision.features));
        expect(record.context).toEqual(encoded(decision.context));
        expect(record.slate).toEqual(encoded(decision.slate));
        expect(record.positionPropensities).toEqual(encoded(decision.positionPropensities));
        const lists = [decision.itemIds, decision.creatorIds].map((ids) =>
          Buffer.concat(
            ids.flatMap((id) => {
              const text = Buffer.from(id);
              return [Buffer.from(Uint32Array.of(text.length).buffer), text];
            }),
          ),
        );
        expect([record.itemIds, record.creatorIds]).toEqual(lists);
      },
    ),
    { numRuns: 25 },
  );
});

test("a report's record holds it exactly", () => {
  const values = fc.array(fc.tuple(fc.nat(65_535), fc.double({ noNaN: true })), { maxLength: 5 });
  const flag = fc.constantFrom(undefined, true, false);
  fc.assert(
    fc.property(
      fc.record({ index: fc.nat(), terminated: flag, truncated: flag, objectives: values, costs: values }),
      (record) => {
        expect(decodeFeedback(encodeFeedback(record).subarray(FRAME_BYTES))).toEqual(record);
      },
    ),
  );
});

test("an id names one place, and no other text names it", () => {
  fc.assert(
    fc.property(fc.nat(), fc.nat(), (segment, index) => {
      const id = decisionId("0123456789ab", segment, index);
      expect(decisionPlace("0123456789ab", id)).toEqual({ segment, index });
      expect(decisionPlace("0123456789ac", id)).toBeUndefined();
      for (const other of [` ${id}`, `${id}\n`, id.replace("-", "-0"), `${id}-0`])
        expect(decisionPlace("0123456789ab", other)).toBeUndefined();
    }),
  );
});

test("a file that ends at any byte of its last record gives the records before it, and nothing unreadable", () => {
  const path = join(folder, "torn.wal");
  const records = recordsOf(4);
  const whole = Buffer.concat(records);
  const before = whole.length - records[3]!.length;
  for (let length = before; length < whole.length; length++) {
    writeFileSync(path, whole.subarray(0, length));
    expect(read(path)).toEqual({
      indices: [0, 1, 2],
      unreadable: Buffer.alloc(0),
      end: before,
      torn: length - before,
    });
  }
});

test("a changed byte costs its own record, which is handed over as unreadable; all bytes are accounted for", () => {
  const path = join(folder, "changed.wal");
  const records = recordsOf(9);
  const whole = Buffer.concat(records);
  fc.assert(
    fc.property(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
      const bytes = Buffer.from(whole);
      bytes[at]! ^= change;
      writeFileSync(path, bytes);
      let begin = 0;
      const hit = records.findIndex((record) => at < (begin += record.length));
      const from = begin - records[hit]!.length;
      const { indices, unreadable, end, torn } = read(path);
      expect(indices).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8].filter((index) => index !== hit));
      expect(unreadable).toEqual(bytes.subarray(from, begin));
      expect([end, torn]).toEqual([whole.length, 0]);
    }),
    { numRuns: 150 },
  );
});

test("records longer than what is read at once, and unreadable bytes between, are read over pieces", () => {
  const path = join(folder, "long.wal");
  const memory = recordMemory(1 << 23);
  const large = { ...servedDecision(0), itemIds: ["a", "b"], creatorIds: ["c", "d"] };
  const records = [700_000, 2, 300_000, 5].map((features, index) => {
    const decision = { ...large, features: new Float32Array(2 * features), featureCount: features };
    return Buffer.from(memory.bytes.subarray(0, encodeDecision(memory, 0, decision, index, 1)));
  });
  const bad = Buffer.alloc(3_000_001, "erVL");
  writeFileSync(path, Buffer.concat([records[0]!, bad, records[1]!, records[2]!, bad, records[3]!]));
  const { indices, unreadable, torn } = read(path);
  expect(indices).toEqual([0, 1, 2, 3]);
  expect(unreadable.equals(Buffer.concat([bad, bad]))).toBe(true);
  expect(torn).toBe(0);
});

test("what is unreadable is kept beside the Parquet file, and a restart finds the segment's length and times again", async () => {
  const place = join(folder, "log");
  mkdirSync(join(place, "write-ahead"), { recursive: true });
  const files = segmentFiles(place, 7);
  const records = recordsOf(6);
  records[2]![FRAME_BYTES + 60]! ^= 1;
  const torn = records[5]!.subarray(0, records[5]!.length - 1);
  writeFileSync(files.decisions, Buffer.concat([...records.slice(0, 5), torn]));
  // Of decision 4, and a part of one more.
  const report = encodeFeedback({
    index: 4,
    terminated: undefined,
    truncated: true,
    objectives: [[1, 2.5]],
    costs: [],
  });
  writeFileSync(files.feedback, Buffer.concat([report, report.subarray(0, 20)]));
  // What a conversion that was cut short left, and the rest of a segment that was done.
  writeFileSync(join(place, ".decisions-000007.parquet.writing"), "PAR1");
  writeFileSync(segmentFiles(place, 6).seal, "{}");
  for (let restart = 0; restart < 2; restart++) {
    const recovered = recoverLog(place);
    expect(recovered).toMatchObject({ lastSegment: 7, files: 0 });
    const [segment] = recovered.segments;
    expect(segment).toMatchObject({ number: 7, decisions: 5, sealed: true, lastTime: 1000.5 });
    expect(segment?.secondOf(4)).toBe(1000);
    expect(segment?.report(4)).toBe(false);
    expect(segment?.report(3)).toBe(true);
    expect(segment?.feedbackBytes).toBe(report.length);
  }
  const result = convertSegment({
    logId: "0123456789ab",
    segment: 7,
    files,
    bytes: Buffer.concat(records.slice(0, 5)).length,
    decisions: 5,
    objectives: ["a", "b"],
    costs: [],
    policies: {},
    attributionSeconds: 0,
    now: 2000,
  });
  expect(result).toMatchObject({ rows: 4, unreadableBytes: records[2]!.length });
  expect(readFileSync(files.unreadable).equals(records[2]!)).toBe(true);
  const connection = await engine();
  const rows = await connection.runAndReadAll(
    `SELECT decision_id, objectives.b, truncated FROM '${files.parquet}' ORDER BY timestamp`,
  );
  expect(rows.getRowsJson()).toEqual([
    ["0123456789ab-7-0", 0, false],
    ["0123456789ab-7-1", 0, false],
    ["0123456789ab-7-3", 0, false],
    ["0123456789ab-7-4", 2.5, true],
  ]);
});
