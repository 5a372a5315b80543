import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import {
  openDecisionLog,
  parseGateSpec,
  sha256OfFile,
  type DecisionLogReader,
  type FileHash,
  type Verdict,
} from "@longview/formats";
import {
  columnPolicy,
  judgeLaunch,
  launchLogFromReader,
  uniformPolicy,
  type LaunchBlock,
  type LaunchLog,
  type LoggedPolicy,
} from "../../src/index.ts";

const folder = mkdtempSync(join(tmpdir(), "launch-log-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const mapping = { reward: "click", propensity: "propensity", action: "item", unit_id: "user" };

/** Two items, shown equally often; the second is clicked. */
function write(
  name: string,
  change: (row: number) => { propensity?: string; theirs?: string } = () => ({}),
): string {
  const path = join(folder, name);
  const lines = Array.from({ length: 1000 }, (_, row) => {
    const { propensity = "0.5", theirs = row % 2 === 0 ? "0.2" : "0.8" } = change(row);
    return `${row % 2 === 0 ? "a" : "b"},${propensity},${theirs},u${row},${row % 2}\n`;
  });
  writeFileSync(path, `item,propensity,theirs,user,click\n${lines.join("")}`);
  return path;
}

const open = (path: string, changes: object = {}): Promise<DecisionLogReader> =>
  openDecisionLog({
    files: [path],
    mapping: { ...mapping, ...changes },
    probabilities: { theirs: "theirs" },
  });

async function blocksOf(log: LaunchLog, rows?: number): Promise<LaunchBlock[]> {
  const blocks: LaunchBlock[] = [];
  for await (const block of log.blocks(rows)) blocks.push(block);
  return blocks;
}
const joined = (blocks: readonly LaunchBlock[], pick: (block: LaunchBlock) => Float64Array): number[] =>
  blocks.flatMap((block) => [...pick(block)]);

describe("a launch's log from a reader", () => {
  test("gives the same rows in pieces of any size, as often as asked, and tells how far it is", async () => {
    const reader = await open(write("pieces.csv"));
    const seen: number[] = [];
    const log = await launchLogFromReader(reader, {
      candidate: columnPolicy("theirs"),
      incumbent: uniformPolicy(),
      progress: (rows) => seen.push(rows),
    });
    expect(log).toMatchObject({ rowCount: 1000, metrics: ["reward"], actions: ["a", "b"] });
    const [block] = await blocksOf(log);
    expect(block!.rowCount).toBe(1000);
    expect(seen).toEqual([1000]);
    const pieces = await blocksOf(log, 300);
    expect(pieces.map(({ rowCount }) => rowCount)).toEqual([300, 300, 300, 100]);
    expect(seen).toEqual([1000, 300, 600, 900, 1000]);
    for (const pick of [
      ({ candidate }: LaunchBlock) => candidate,
      ({ incumbent }: LaunchBlock) => incumbent!,
      ({ propensity }: LaunchBlock) => propensity,
      ({ rewards }: LaunchBlock) => rewards[0]!,
    ])
      expect(joined(pieces, pick)).toEqual([...pick(block!)]);
    expect([...block!.candidate.subarray(0, 2)]).toEqual([0.2, 0.8]);
    expect([...block!.incumbentDistribution!.subarray(0, 4)]).toEqual([0.5, 0.5, 0.5, 0.5]);
    expect(block!.candidateDistribution).toBeUndefined();
    reader.close();
  });

  test("takes estimated propensities in the log's order where the log holds none, and needs them", async () => {
    const path = write("unlogged.csv");
    const reader = await open(path, { propensity: undefined });
    const options = { candidate: uniformPolicy(), incumbent: undefined };
    const propensity = Float64Array.from({ length: 1000 }, (_, row) => (row + 1) / 1000);
    const log = await launchLogFromReader(reader, { ...options, propensity });
    expect(joined(await blocksOf(log, 64), (block) => block.propensity)).toEqual([...propensity]);
    await expect(blocksOf(await launchLogFromReader(reader, options))).rejects.toThrow(
      "log: holds no propensities; they must be estimated",
    );
    reader.close();
  });

  test("a propensity whose weight overflows is refused by file and row; a probability that vanishes is 0", async () => {
    const path = write("tiny.csv", (row) => ({
      ...(row === 6 ? { propensity: "1e-200" } : {}),
      ...(row === 7 ? { theirs: "1e-300" } : {}),
    }));
    const reader = await open(path);
    const log = await launchLogFromReader(reader, {
      candidate: columnPolicy("theirs"),
      incumbent: undefined,
    });
    await expect(blocksOf(log)).rejects.toThrow(
      `${path} row 7: its propensity is 1e-200, so small that its weight overflows; allowed: from 1e-100 to 1`,
    );
    const without = await open(path, { propensity: "theirs" });
    await expect(
      blocksOf(await launchLogFromReader(without, { candidate: uniformPolicy(), incumbent: undefined })),
    ).rejects.toThrow("row 8: its propensity is 1e-300");
    const fine = await open(write("vanishing.csv", (row) => (row === 7 ? { theirs: "1e-300" } : {})));
    const vanishing = await launchLogFromReader(fine, {
      candidate: columnPolicy("theirs"),
      incumbent: undefined,
    });
    expect(joined(await blocksOf(vanishing), (block) => block.candidate)[7]).toBe(0);
    for (const each of [reader, without, fine]) each.close();
  });

  test("a policy that gives more than 1 is refused with its name", async () => {
    const reader = await open(write("wild.csv"));
    const wild: LoggedPolicy = {
      ...uniformPolicy(),
      label: "wild",
      prepare() {},
      probabilityOfLogged: (chunk) => new Float64Array(chunk.rowCount).fill(1.5),
      distribution: undefined,
    };
    await expect(
      blocksOf(await launchLogFromReader(reader, { candidate: wild, incumbent: undefined })),
    ).rejects.toThrow(/^wild\[0\] is 1\.5: a probability must be/);
    reader.close();
  });
});

test("a policy that learned from the log it is judged on gets NO-DECISION, one that learned from another ships", async () => {
  const path = write("judged.csv");
  const spec = parseGateSpec(
    {
      name: "lineage",
      estimand: { states: "all", attributionWindow: "at once", interference: "none" },
      primary: { metric: "reward", range: [0, 1] },
      evidence: { effectiveSampleSize: 100 },
      estimators: ["ips", "snips"],
    },
    "gate.yaml",
  );
  const judge = async (learnedFrom: readonly FileHash[]): Promise<Verdict> => {
    const reader = await open(path);
    const candidate: LoggedPolicy = { ...columnPolicy("theirs"), learnedFrom };
    const log = await launchLogFromReader(reader, { candidate, incumbent: undefined });
    const { report } = reader;
    const verdict = await judgeLaunch(log, {
      spec,
      specFile: { path: "gate.yaml", sha256: "0".repeat(64) },
      candidate: { label: candidate.label, sha256: null },
      incumbent: { label: "logged", sha256: null },
      log: {
        files: [{ path, rows: 1000, sha256: sha256OfFile(path) }],
        layout: report.layout,
        rowsRead: report.rowsRead,
        rowsKept: report.rowsKept,
        rowsQuarantined: 0,
        rowsLeftOut: 0,
        quarantineFile: null,
        violations: [],
        notChecked: [],
      },
      learnedFrom,
      estimatedPropensities: undefined,
      code: { commit: null, modified: null, version: "0" },
    });
    reader.close();
    return verdict;
  };
  const other = await judge([{ path: "other.parquet", sha256: "1".repeat(64) }]);
  expect(other.verdict).toBe("SHIP");
  expect(other.metrics[0]!.lift.value).toBeCloseTo(0.3, 12);
  const seen = await judge([{ path: "renamed.csv", sha256: sha256OfFile(path) }]);
  expect(seen.verdict).toBe("NO-DECISION");
  expect(seen.reasons.map(({ code }) => code)).toEqual(["invalid:lineage"]);
  expect(seen.reasons[0]!.text).toContain(path);
});
