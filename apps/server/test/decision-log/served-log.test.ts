import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { openDecisionLog } from "@longview/formats";
import { openServedLog, type ServedDecision } from "../../src/decision-log/index.ts";
import { countRows, newFolder, openTestLog, parquetFiles, readLog, rounded } from "./helpers.ts";
import { servedDecision } from "./served-decisions.ts";

const folders: string[] = [];
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));
function temporary(): string {
  const folder = newFolder();
  folders.push(folder);
  return folder;
}

const decisionsOf = (from: number, count: number): ServedDecision[] =>
  Array.from({ length: count }, (_, k) => servedDecision(from + k));

test("every decision reads back as it was appended, under the reader's whole contract", async () => {
  const folder = temporary();
  const clock = { time: 1000 };
  const log = await openTestLog(folder, clock);
  const decisions = decisionsOf(0, 300);
  const ids: string[] = [];
  for (let at = 0; at < 300; at += 3) {
    clock.time += 0.125;
    const appended = log.append(decisions.slice(at, at + 3));
    ids.push(...appended.ids);
    await appended.written;
  }
  expect(log.statistics).toMatchObject({ decisions: 300, openSegments: 1, files: 0, waitingBytes: 0 });
  clock.time += 200;
  await log.maintain();
  expect(log.statistics).toMatchObject({ openSegments: 0, files: 1, conversions: { done: 1, failed: 0 } });
  await log.close();
  const { report, rows } = await readLog(folder);
  expect(report).toMatchObject({ layout: "decision-log", rowsRead: 300, rowsKept: 300, violations: [] });
  expect(new Set(ids).size).toBe(300);
  rows.forEach((row, k) => {
    const decision = decisions[k]!;
    const { sessionId, featureCount } = decision;
    expect(rounded(row)).toEqual(
      rounded({
        decision_id: ids[k],
        unit_id: decision.unitId,
        session_id: sessionId ?? ids[k],
        step: sessionId === undefined ? 0 : decision.step,
        timestamp: 1000 + (Math.floor(k / 3) + 1) * 0.125,
        policy_id: decision.policyId,
        random_key: decision.randomKey,
        context: [...decision.context],
        candidates: decision.itemIds.map((item_id, m) => ({
          item_id,
          creator_id: decision.creatorIds[m],
          features: Array.from(decision.features.subarray(m * featureCount, (m + 1) * featureCount)),
        })),
        slate: [...decision.slate],
        slate_propensity: decision.slatePropensity,
        position_propensities: [...decision.positionPropensities],
        objectives: { click: 0 },
        costs: { harm: 0 },
        terminated: sessionId === undefined,
        truncated: false,
        outcomes_complete: true,
      }),
    );
    expect(row.slate_propensity).toBe(decision.slatePropensity);
  });
});

test("a report joins once, within the window of its decision, and others are kept apart", async () => {
  const folder = temporary();
  const clock = { time: 1000.5 };
  const log = await openTestLog(folder, clock);
  const { ids, written } = log.append([
    servedDecision(1, { sessionId: "s" }),
    servedDecision(2, { sessionId: "s" }),
    servedDecision(3),
  ]);
  await written;
  clock.time = 1010;
  const later = log.append([servedDecision(4, { sessionId: "t" })]);
  await later.written;
  const [first = "", second = "", third = "", fourth = ""] = [...ids, ...later.ids];
  const logId = first.slice(0, 12);
  expect(
    await log.feedback([
      { decisionId: first, objectives: { click: 1 }, costs: { harm: 0.25 }, terminated: true },
      { decisionId: first, objectives: { click: 2 } },
      { decisionId: third, objectives: { click: -3 }, truncated: true },
      { decisionId: `${logId}-1-4` },
      { decisionId: `${logId}-2-0` },
      { decisionId: `${logId}-1-00` },
      { decisionId: `ffffffffffff-1-0` },
      { decisionId: "anything" },
    ]),
  ).toEqual(["joined", "duplicate", "joined", "unknown", "unknown", "unknown", "unknown", "unknown"]);
  expect(await log.feedback([{ decisionId: first }])).toEqual(["duplicate"]);
  // The window of second 1000 ends with second 1100.
  clock.time = 1100.9;
  expect(await log.feedback([{ decisionId: second, objectives: { click: 7 } }])).toEqual(["joined"]);
  clock.time = 1101;
  expect(await log.feedback([{ decisionId: second }, { decisionId: fourth, truncated: false }])).toEqual([
    "late",
    "joined",
  ]);
  clock.time = 2000;
  await log.maintain();
  expect(await log.feedback([{ decisionId: fourth }])).toEqual(["late"]);
  expect(log.statistics.feedback).toEqual({ joined: 4, late: 2, duplicate: 2, unknown: 5 });
  await log.close();
  const { rows } = await readLog(folder);
  expect(
    rows.map(({ objectives, costs, terminated, truncated }) => [objectives, costs, terminated, truncated]),
  ).toEqual([
    [{ click: 1 }, { harm: 0.25 }, true, false],
    [{ click: 7 }, { harm: 0 }, false, false],
    [{ click: -3 }, { harm: 0 }, true, true],
    [{ click: 0 }, { harm: 0 }, false, false],
  ]);
  const apart = readFileSync(join(folder, "feedback-apart.jsonl"), "utf8").trimEnd().split("\n");
  expect(apart.map((line) => JSON.parse(line) as unknown)).toHaveLength(9);
  expect(JSON.parse(apart[0]!)).toEqual({
    time: 1010,
    result: "duplicate",
    decision_id: first,
    objectives: { click: 2 },
  });
});

test("a sealed segment is converted when its last window closes, or at a stop with its open rows marked, and then at the next start", async () => {
  const folder = temporary();
  const clock = { time: 1000 };
  const log = await openTestLog(folder, clock, { rotateSeconds: 150 });
  const early = log.append([servedDecision(0)]);
  clock.time = 1140;
  const late = log.append([servedDecision(1)]);
  await late.written;
  await log.feedback([{ decisionId: late.ids[0]!, objectives: { click: 1 } }]);
  clock.time = 1150;
  await log.maintain();
  const kept = ["000001.feedback.wal", "000001.sealed.json", "000001.wal"];
  expect(parquetFiles(folder)).toEqual([]);
  expect(readdirSync(join(folder, "write-ahead"))).toEqual(kept);
  await log.close();
  expect((await readLog(folder)).report).toMatchObject({ rowsRead: 2, rowsKept: 1, rowsLeftOut: 1 });
  expect((await readLog(folder)).rows[0]?.decision_id).toBe(early.ids[0]);
  expect(readdirSync(join(folder, "write-ahead"))).toEqual(kept);
  const again = await openTestLog(folder, clock, { rotateSeconds: 150 });
  clock.time = 1240;
  await again.maintain();
  expect(await countRows(folder)).toEqual({ rows: 2, complete: 1 });
  clock.time = 1241;
  await again.maintain();
  expect((await readLog(folder)).report).toMatchObject({ rowsRead: 2, rowsKept: 2 });
  expect((await readLog(folder)).rows[1]?.objectives).toEqual({ click: 1 });
  expect(readdirSync(join(folder, "write-ahead"))).toEqual([]);
  await again.close();
});

test("segments rotate by size, and time never runs backward in them", async () => {
  const folder = temporary();
  const clock = { time: 1000 };
  const log = await openTestLog(folder, clock, { rotateBytes: 3000, attributionSeconds: 0 });
  const ids: string[] = [];
  for (let k = 0; k < 60; k++) {
    clock.time = k % 7 === 3 ? 990 : 1000 + k;
    ids.push(...log.append([servedDecision(k)]).ids);
  }
  clock.time = 2000;
  await log.close();
  expect(parquetFiles(folder).length).toBeGreaterThan(3);
  const { report, rows } = await readLog(folder, ["decision_id", "timestamp"]);
  expect(report).toMatchObject({ rowsKept: 60, violations: [] });
  expect(rows.map(({ decision_id }) => decision_id)).toEqual(ids);
  expect(rows[3]?.timestamp).toBe(1002);
});

test("closing leaves open windows in the write-ahead files, and the next opening goes on with them", async () => {
  const folder = temporary();
  const clock = { time: 1000 };
  let log = await openTestLog(folder, clock);
  const { ids } = log.append(decisionsOf(0, 5));
  await log
    .feedback([{ decisionId: ids[0]!, objectives: { click: 1 } }])
    .then((results) => expect(results).toEqual(["joined"]));
  await log.close();
  await log.close();
  expect(() => log.append([servedDecision(0)])).toThrow("decision log: it is closed");
  await expect(log.feedback([])).rejects.toThrow("it is closed");
  expect(await countRows(folder)).toEqual({ rows: 5, complete: 0 });
  log = await openTestLog(folder, clock, { objectives: ["click", "watch"] });
  expect(log.metrics).toEqual({ objectives: ["click", "watch"], costs: ["harm"] });
  expect(log.statistics).toMatchObject({ openSegments: 1, files: 1 });
  expect(
    await log.feedback([{ decisionId: ids[0]! }, { decisionId: ids[1]!, objectives: { watch: 2 } }]),
  ).toEqual(["duplicate", "joined"]);
  await log.addMetrics({ objectives: ["share"], costs: ["cost"] });
  await expect(log.addMetrics({ objectives: ["Share"], costs: [] })).rejects.toThrow(
    "decision log: objectives cannot name Share: it has share",
  );
  expect(await log.feedback([{ decisionId: ids[2]!, costs: { cost: 3 } }])).toEqual(["joined"]);
  // A later segment has a number of its own, even when the files before it are taken away.
  clock.time = 1200;
  await log.maintain();
  const { rows } = await readLog(folder);
  expect(rows.map(({ objectives }) => objectives)).toEqual([
    { click: 1, watch: 0, share: 0 },
    { click: 0, watch: 2, share: 0 },
    { click: 0, watch: 0, share: 0 },
    { click: 0, watch: 0, share: 0 },
    { click: 0, watch: 0, share: 0 },
  ]);
  expect(rows[2]?.costs).toEqual({ harm: 0, cost: 3 });
  await log.close();
  for (const file of parquetFiles(folder)) rmSync(file);
  log = await openTestLog(folder, clock);
  expect(log.append([servedDecision(0)]).ids[0]).toBe(`${ids[0]!.slice(0, 12)}-2-0`);
  await log.close();
});

test("what the log cannot take is refused in one line, and nothing of the call is taken", async () => {
  const folder = temporary();
  const log = await openTestLog(folder, { time: 1000 });
  const good = servedDecision(0);
  const cases: [Partial<ServedDecision>, string][] = [
    [{ unitId: " " }, "unitId is empty"],
    [{ step: -1 }, "step is -1; allowed: a whole number from 0 to 1e9"],
    [{ creatorIds: [] }, "creatorIds has 0 entries for 2 candidates"],
    [{ featureCount: 3 }, "features has 0 numbers for 2 candidates of 3"],
    [{ slate: new Int32Array() }, "slate is empty"],
    [{ slate: Int32Array.of(0, 2) }, "slate holds 2; allowed: positions 0 … 1"],
    [{ slate: Int32Array.of(1, 1) }, "slate shows a candidate twice"],
    [{ slatePropensity: 0 }, "slatePropensity is 0; allowed: above 0 and at most 1"],
    [{ positionPropensities: Float64Array.of(0.5, Number.NaN) }, "positionPropensities holds NaN"],
  ];
  for (const [change, message] of cases)
    expect(() => log.append([good, { ...good, ...change }])).toThrow(`decision log: ${message}`);
  expect(log.append([]).ids).toEqual([]);
  const { ids, written } = log.append([good]);
  expect(ids[0]).toMatch(/^[0-9a-f]{12}-1-0$/);
  await written;
  const report = { decisionId: ids[0]! };
  await expect(log.feedback([report, { ...report, objectives: { clicks: 1 } }])).rejects.toThrow(
    "objectives.clicks is not among the log's: click",
  );
  await expect(log.feedback([{ ...report, costs: { harm: Number.NaN } }])).rejects.toThrow(
    "costs.harm is NaN; allowed: a finite number",
  );
  expect(await log.feedback([report])).toEqual(["joined"]);
  await log.close();
  await expect(openTestLog(temporary(), { time: 0 }, { objectives: [] })).rejects.toThrow(
    /objectives names none/,
  );
  const other = temporary();
  writeFileSync(join(other, "log.json"), "{}");
  await expect(openTestLog(other, { time: 0 })).rejects.toThrow(/^.*log\.json: schemaVersion: /);
  const file = join(other, "log.json");
  await expect(openTestLog(file, { time: 0 })).rejects.toThrow(
    `${file}: cannot hold a decision log (ENOTDIR in mkdir); a folder is needed`,
  );
});

test("one process at a time has the folder; a dead one's lock is taken over", async () => {
  const folder = temporary();
  const log = await openTestLog(folder, { time: 1000 });
  await expect(openTestLog(folder, { time: 1000 })).rejects.toThrow(
    `${folder}: a server uses this decision log (process ${process.pid}); one is allowed`,
  );
  const lock = readFileSync(join(folder, "lock"), "utf8");
  await log.close();
  expect(existsSync(join(folder, "lock"))).toBe(false);
  const { host } = JSON.parse(lock) as { host: string };
  for (const left of [
    JSON.stringify({ process: 2 ** 22 + 1, started: "1", host }),
    // This process's number, of a process that started at another time.
    JSON.stringify({ process: process.pid, started: "1", host }),
    "torn",
  ]) {
    writeFileSync(join(folder, "lock"), left);
    await (await openTestLog(folder, { time: 1000 })).close();
  }
  writeFileSync(join(folder, "lock"), JSON.stringify({ process: 1, started: "1", host: "elsewhere" }));
  await expect(openTestLog(folder, { time: 1000 })).rejects.toThrow(
    "(process 1 on elsewhere); one is allowed; if that is gone, remove the file lock",
  );
  expect(readdirSync(folder).filter((name) => name.startsWith("lock"))).toEqual(["lock"]);
});

test("an append that fails rejects, and the log goes on in another segment", async () => {
  const folder = temporary();
  const clock = { time: 1000 };
  const log = await openTestLog(folder, clock);
  renameSync(join(folder, "write-ahead"), join(folder, "away"));
  const failed = log.append([servedDecision(0)]);
  await expect(failed.written).rejects.toThrow("ENOENT");
  expect(log.statistics.decisions).toBe(0);
  renameSync(join(folder, "away"), join(folder, "write-ahead"));
  const { ids, written } = log.append([servedDecision(1)]);
  await written;
  renameSync(join(folder, "write-ahead"), join(folder, "away"));
  await expect(log.feedback([{ decisionId: ids[0]! }])).rejects.toThrow("ENOENT");
  renameSync(join(folder, "away"), join(folder, "write-ahead"));
  expect(await log.feedback([{ decisionId: ids[0]! }])).toEqual(["joined"]);
  clock.time = 2000;
  await log.close();
  const { rows } = await readLog(folder);
  expect(rows.map(({ decision_id }) => decision_id)).toEqual(ids);
});

test("a conversion that fails is told and tried again; nothing is lost", async () => {
  const folder = temporary();
  const clock = { time: 1000 };
  const log = await openTestLog(folder, clock);
  const { ids } = log.append(decisionsOf(0, 10));
  // A folder with something in it cannot be replaced by a file.
  const inTheWay = join(folder, "decisions-000001.parquet");
  mkdirSync(join(inTheWay, "x"), { recursive: true });
  clock.time = 1200;
  await log.maintain();
  expect(log.statistics.conversions).toMatchObject({ done: 0, failed: 1 });
  expect(log.statistics.conversions.failure).toMatch(/^E[A-Z]+ in rename$/);
  await log.maintain();
  expect(log.statistics.conversions.failed).toBe(1);
  clock.time = 1202;
  await log.maintain();
  expect(log.statistics.conversions.failed).toBe(2);
  rmSync(inTheWay, { recursive: true });
  clock.time = 1300;
  await log.maintain();
  expect(log.statistics).toMatchObject({
    openSegments: 0,
    files: 1,
    conversions: { done: 1, failure: undefined },
  });
  await log.close();
  expect((await readLog(folder)).rows.map(({ decision_id }) => decision_id)).toEqual(ids);
});

test("flushed to the disk, many decisions share a write", async () => {
  const folder = temporary();
  const log = await openServedLog(folder, {
    objectives: ["click"],
    costs: [],
    attributionSeconds: 0,
    rotateBytes: 20_000,
    rotateSeconds: 50,
    durability: "disk",
    now: () => 1000,
  });
  const appended = decisionsOf(0, 200).map((decision) => log.append([decision]));
  await Promise.all(appended.map(({ written }) => written));
  const ids = appended.flatMap((each) => each.ids);
  expect(await log.feedback(ids.map((decisionId) => ({ decisionId })))).toEqual(ids.map(() => "joined"));
  await log.close();
  expect(await countRows(folder)).toEqual({ rows: 200, complete: 0 });
});

test("a folder that is taken away is noticed: nothing more is acknowledged", async () => {
  const folder = temporary();
  const log = await openTestLog(folder, { time: 1000 });
  await log.append([servedDecision(0)]).written;
  expect(log.statistics.failure).toBeUndefined();
  rmSync(folder, { recursive: true });
  await log.maintain();
  expect(log.statistics.failure).toBe("a write-ahead file was taken away");
  await expect(log.append([servedDecision(1)]).written).rejects.toThrow("ENOENT");
  expect(log.statistics.failure).toBeDefined();
  await log.close().catch(() => {});
});

test("the features by which each policy decided stand in its files", async () => {
  const folder = temporary();
  const clock = { time: 1000 };
  const log = await openTestLog(folder, clock);
  const features = { [servedDecision(0).policyId]: { context: ["age"], candidates: ["quality", "length"] } };
  await log.addPolicies(features);
  await expect(
    log.addPolicies({
      [servedDecision(0).policyId]: { context: ["age"], candidates: ["length", "quality"] },
    }),
  ).rejects.toThrow("decided by other features before; give it another id");
  await log.append(decisionsOf(0, 3)).written;
  clock.time += 200;
  await log.maintain();
  await log.close();
  const reader = await openDecisionLog({ files: parquetFiles(folder) });
  expect(reader.policyFeatures).toEqual(features);
  reader.close();
});
