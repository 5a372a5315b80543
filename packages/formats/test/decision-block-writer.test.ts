import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import {
  openDecisionBlockWriter,
  openDecisionLogWriter,
  type DecisionBlocks,
  type DecisionLogRow,
} from "../src/index.ts";

const folder = mkdtempSync(join(tmpdir(), "longview-blocks-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const metrics = { objectives: ["reward", "two words"], costs: ["harm"] };

const text = fc.string({ unit: "grapheme", maxLength: 12 });
const id = text.map((value) => `i${value}`);
const float = fc.float({ noNaN: true, noDefaultInfinity: true });
const probability = fc.double({ min: 1e-300, max: 1, noNaN: true });
const rowArbitrary = fc
  .record({ candidates: fc.integer({ min: 1, max: 9 }), features: fc.integer({ min: 0, max: 5 }) })
  .chain(({ candidates, features }) =>
    fc.record({
      decision_id: id,
      unit_id: id,
      session_id: id,
      step: fc.nat(),
      timestamp: fc.double({ min: 0, max: 1e9, noNaN: true }),
      policy_id: id,
      random_key: text,
      context: fc.array(float, { maxLength: 4 }),
      candidates: fc.array(
        fc.record({
          item_id: id,
          creator_id: id,
          features: fc.array(float, { minLength: features, maxLength: features }),
        }),
        { minLength: candidates, maxLength: candidates },
      ),
      shown: fc.uniqueArray(fc.record({ at: fc.integer({ min: 0, max: candidates - 1 }), p: probability }), {
        selector: ({ at }) => at,
        minLength: 1,
      }),
      slate_propensity: probability,
      objectives: fc.record({
        reward: fc.double({ noNaN: true, noDefaultInfinity: true }),
        "two words": float,
      }),
      costs: fc.record({ harm: float }),
      terminated: fc.boolean(),
      truncated: fc.boolean(),
      outcomes_complete: fc.boolean(),
    }),
  )
  .map(({ shown, ...row }): DecisionLogRow => ({
    ...row,
    slate: shown.map(({ at }) => at),
    position_propensities: shown.map(({ p }) => p),
  }));

function bytesOf(array: Float32Array | Float64Array | Int32Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

function textsOf(texts: readonly string[]): Uint8Array {
  return Buffer.concat(
    texts.flatMap((each) => {
      const bytes = Buffer.from(each);
      return [bytesOf(Int32Array.of(bytes.length)), bytes];
    }),
  );
}

function blocksOf(row: DecisionLogRow): DecisionBlocks {
  return {
    decisionId: row.decision_id,
    unitId: row.unit_id,
    sessionId: row.session_id,
    step: row.step,
    timestamp: row.timestamp,
    policyId: row.policy_id,
    randomKey: row.random_key,
    context: bytesOf(Float32Array.from(row.context)),
    candidateCount: row.candidates.length,
    itemIds: textsOf(row.candidates.map(({ item_id }) => item_id)),
    creatorIds: textsOf(row.candidates.map(({ creator_id }) => creator_id)),
    featureCount: row.candidates[0]!.features.length,
    features: bytesOf(Float32Array.from(row.candidates.flatMap(({ features }) => features))),
    slate: bytesOf(Int32Array.from(row.slate)),
    slatePropensity: row.slate_propensity,
    positionPropensities: bytesOf(Float64Array.from(row.position_propensities)),
    objectives: metrics.objectives.map((name) => row.objectives[name]!),
    costs: metrics.costs.map((name) => row.costs[name]!),
    terminated: row.terminated,
    truncated: row.truncated,
    outcomesComplete: row.outcomes_complete,
  };
}

const { DuckDBInstance } = await import("@duckdb/node-api");
const connection = await (await DuckDBInstance.create(":memory:", { threads: "1" })).connect();
afterAll(() => connection.closeSync());

async function readBack(path: string): Promise<unknown> {
  const types = await connection.runAndReadAll(`DESCRIBE SELECT * FROM '${path}'`);
  const rows = await connection.runAndReadAll(`SELECT * FROM '${path}'`);
  return { types: types.getRowsJson().map((row) => row.slice(0, 2)), rows: rows.getRowObjectsJson() };
}

test("blocks become the same types and values as rows that another writer of the format takes", async () => {
  const blocks = join(folder, "blocks.parquet");
  const rows = join(folder, "rows.parquet");
  await fc.assert(
    fc.asyncProperty(fc.array(rowArbitrary, { minLength: 1, maxLength: 60 }), async (log) => {
      const writer = openDecisionBlockWriter(blocks, metrics);
      for (const row of log) writer.append(blocksOf(row));
      expect(writer.rowCount).toBe(log.length);
      expect(existsSync(blocks)).toBe(false);
      writer.close();
      const other = await openDecisionLogWriter(rows, metrics);
      other.append(log);
      await other.close();
      expect(await readBack(blocks)).toEqual(await readBack(rows));
      rmSync(blocks);
    }),
    { numRuns: 8 },
  );
}, 30_000);

test("rows go on across row groups, and truth values across bytes", async () => {
  const path = join(folder, "groups.parquet");
  const writer = openDecisionBlockWriter(path, { objectives: ["reward"], costs: [] });
  const candidates = 300;
  const features = Float32Array.from({ length: candidates * 16 }, (_, k) => k);
  const rows = 503;
  for (let k = 0; k < rows; k++) {
    features[0] = k;
    writer.append({
      decisionId: `d${k}`,
      unitId: "u",
      sessionId: `d${k}`,
      step: 0,
      timestamp: k,
      policyId: "p",
      randomKey: "",
      context: new Uint8Array(0),
      candidateCount: candidates,
      itemIds: textsOf(Array.from({ length: candidates }, (_, m) => `i${m}`)),
      creatorIds: textsOf(Array.from({ length: candidates }, (_, m) => `c${m}`)),
      featureCount: 16,
      features: bytesOf(features),
      slate: bytesOf(Int32Array.of(k % candidates)),
      slatePropensity: 0.5,
      positionPropensities: bytesOf(Float64Array.of(0.5)),
      objectives: [k],
      costs: [],
      terminated: k % 3 === 0,
      truncated: k % 5 === 0,
      outcomesComplete: true,
    });
  }
  writer.close();
  const one = async (sql: string): Promise<unknown> => (await connection.runAndReadAll(sql)).getRowsJson()[0];
  expect(
    await one(`SELECT count(*)::INT, sum((decision_id = 'd' || timestamp::INT AND candidates[1].features[1] = timestamp
      AND candidates[300].features[16] = 4799 AND candidates[7].item_id = 'i6' AND slate[1] = timestamp % 300
      AND terminated = (timestamp % 3 = 0) AND truncated = (timestamp % 5 = 0))::INT)::INT FROM '${path}'`),
  ).toEqual([rows, rows]);
  expect(await one(`SELECT count(DISTINCT row_group_id) > 1 FROM parquet_metadata('${path}')`)).toEqual([
    true,
  ]);
});

test("giving up leaves nothing, and what stood there stays", () => {
  const place = mkdtempSync(join(folder, "abort-"));
  const path = join(place, "log.parquet");
  writeFileSync(path, "before");
  const writer = openDecisionBlockWriter(path, metrics);
  writer.abort();
  writer.abort();
  expect(readdirSync(place)).toEqual(["log.parquet"]);
  expect(() => writer.close()).toThrow(/the file is closed/);
  expect(() => openDecisionBlockWriter(path, { objectives: [], costs: [] })).toThrow(/names none/);
});
