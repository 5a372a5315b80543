import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import {
  openDecisionLog,
  openDecisionLogWriter,
  type ColumnMappingInput,
  type DecisionLogChunk,
  type DecisionLogReader,
} from "@longview/formats";
import {
  columnPolicy,
  loggingPolicy,
  OffPolicyEvaluationError,
  parseCandidateTable,
  tablePolicy,
  uniformPolicy,
  type LoggedPolicy,
} from "../../src/index.ts";

const folder = mkdtempSync(join(tmpdir(), "simple-policies-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const path = join(folder, "log.csv");
writeFileSync(
  path,
  ["item,position,propensity,theirs,click", "a,1,.5,.1,0", "b,1,.25,.2,1", "c,2,.25,.3,0", "a,2,.5,1,1"].join(
    "\n",
  ),
);
const whole = {
  reward: "click",
  propensity: "propensity",
  action: "item",
  position: "position",
  position_base: 1,
};
const open = (mapping: ColumnMappingInput = whole): Promise<DecisionLogReader> =>
  openDecisionLog({ files: [path], mapping, probabilities: { theirs: "theirs" } });

async function chunkOf(reader: DecisionLogReader): Promise<DecisionLogChunk> {
  for await (const chunk of reader.chunks()) return chunk;
  throw new Error("no rows");
}

/** Probabilities of what was logged, and the whole distributions row by row. */
async function made(
  policy: LoggedPolicy,
  reader: DecisionLogReader,
): Promise<{ logged: number[]; rows: number[][] | undefined }> {
  try {
    await policy.prepare(reader);
    const chunk = await chunkOf(reader);
    const logged = [...(await policy.probabilityOfLogged(chunk))];
    const flat = await policy.distribution?.(chunk);
    const width = reader.actions?.length ?? 0;
    return {
      logged,
      rows:
        flat === undefined ? undefined : logged.map((_, i) => [...flat.subarray(i * width, (i + 1) * width)]),
    };
  } finally {
    reader.close();
  }
}

const table = (...lines: string[]): LoggedPolicy =>
  tablePolicy(
    parseCandidateTable(["item_id,position,probability", ...lines].join("\n"), "t.csv"),
    "table:t.csv",
    "0",
  );

describe("policies as a log sees them", () => {
  test("uniform: 1 / items, over all of them", async () => {
    const third = 1 / 3;
    expect(await made(uniformPolicy(), await open())).toEqual({
      logged: [third, third, third, third],
      rows: Array.from({ length: 4 }, () => [third, third, third]),
    });
  });

  test("uniform over slates: one of m (m − 1) … orders, with no distribution over single items", async () => {
    const slates = join(folder, "slates.parquet");
    const writer = await openDecisionLogWriter(slates, { objectives: ["reward"], costs: [] });
    writer.append(
      [
        [4, 2],
        [3, 3],
        [5, 1],
      ].map(([candidates = 0, slots = 0], k) => ({
        decision_id: `d${k}`,
        unit_id: `u${k}`,
        session_id: "s",
        step: 0,
        timestamp: k,
        policy_id: "p",
        random_key: "",
        context: [],
        candidates: Array.from({ length: candidates }, (_, m) => ({
          item_id: `i${m}`,
          creator_id: "",
          features: [],
        })),
        slate: Array.from({ length: slots }, (_, m) => m),
        slate_propensity: 0.1,
        position_propensities: Array.from({ length: slots }, () => 0.5),
        objectives: { reward: 0 },
        costs: {},
        terminated: true,
        truncated: false,
        outcomes_complete: true,
      })),
    );
    await writer.close();
    const { logged, rows } = await made(uniformPolicy(), await openDecisionLog({ files: [slates] }));
    [1 / 12, 1 / 6, 1 / 5].forEach((expected, i) => expect(logged[i]).toBeCloseTo(expected, 15));
    expect(rows).toBeUndefined();
  });

  test("logged: the propensities themselves; a column: its numbers; neither knows the whole distribution", async () => {
    expect(await made(loggingPolicy(), await open())).toEqual({
      logged: [0.5, 0.25, 0.25, 0.5],
      rows: undefined,
    });
    expect(await made(columnPolicy("theirs"), await open())).toEqual({
      logged: [0.1, 0.2, 0.3, 1],
      rows: undefined,
    });
  });

  test("a table: each position's own line, in the log's own counting; what the log never shows has no column", async () => {
    const { logged, rows } = await made(table("b,1,.75", "a,1,.25", "c,2,.5", "x,2,.5"), await open());
    expect(logged).toEqual([0.25, 0.75, 0.5, 0]);
    expect(rows).toEqual([
      [0.25, 0.75, 0],
      [0.25, 0.75, 0],
      [0, 0, 0.5],
      [0, 0, 0.5],
    ]);
  });

  test("a table for positions far down needs no more memory than for the first", async () => {
    const far = join(folder, "far.csv");
    writeFileSync(far, "item,position,propensity,theirs,click\na,900000,.5,.1,0\nb,1000000,.25,.2,1\n");
    const reader = await openDecisionLog({ files: [far], mapping: { ...whole, position_base: 0 } });
    const { logged } = await made(table("a,900000,1", "b,1000000,.5", "a,1000000,.5"), reader);
    expect(logged).toEqual([1, 0.5]);
  });

  test("a policy can be prepared for another log", async () => {
    const policy = table("a,1,1", "b,2,1");
    expect((await made(policy, await open())).logged).toEqual([1, 0, 0, 0]);
    const swapped = join(folder, "swapped.csv");
    writeFileSync(swapped, "item,position,propensity,theirs,click\n0,1,.5,.1,0\na,1,.5,.1,0\nb,2,.25,.2,1\n");
    const reader = await openDecisionLog({ files: [swapped], mapping: whole });
    expect((await made(policy, reader)).logged).toEqual([0, 1, 1]);
  });

  test.each<[string, LoggedPolicy, ColumnMappingInput, string]>([
    [
      "uniform without items",
      uniformPolicy(),
      { reward: "click" },
      "uniform: the log has no action column, so the number of items is unknown",
    ],
    [
      "a table without items",
      table("a,1,1"),
      { reward: "click" },
      "table:t.csv: the log has no action column, so a table says nothing of it",
    ],
    [
      "a table without a position",
      table("a,1,1"),
      whole,
      "table:t.csv: has no position 2, which the log shows; it has: 1",
    ],
    [
      "a table of other items",
      table("x,1,1", "x,2,1"),
      whole,
      'table:t.csv: none of its items is in the log (its first is "x", the log\'s "a")',
    ],
    [
      "a column that was not opened",
      columnPolicy("ours"),
      whole,
      "column:ours: the log was opened without it",
    ],
    [
      "logged without propensities",
      loggingPolicy(),
      { reward: "click" },
      "logged: the log holds no propensities, so what its policy would do is not known; choose another policy",
    ],
  ])("%s is refused in one line with the policy's name", async (_name, policy, mapping, message) => {
    const reason: unknown = await made(policy, await open(mapping)).catch((cause: unknown) => cause);
    expect(reason).toBeInstanceOf(OffPolicyEvaluationError);
    expect(reason).toMatchObject({ message });
  });
});
