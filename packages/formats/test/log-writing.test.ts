import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { rootKey, uniform } from "@longview/statistics";
import {
  decisionLogRowSchema,
  openDecisionLog,
  openDecisionLogWriter,
  type DecisionLogRow,
} from "../src/index.ts";

const folder = mkdtempSync(join(tmpdir(), "longview-writing-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const key = rootKey("log writing");
const draw = (number: number, at: number): number => uniform(key, number, at);

/** A row with numbers that need all 53 bits, and candidates whose number varies. */
function row(number: number, costs: boolean): DecisionLogRow {
  const count = 2 + (number % 3);
  const first = draw(number, 0);
  const second = draw(number, 1) / 3;
  return {
    decision_id: `u${number % 7}-${number}`,
    unit_id: `u${number % 7}`,
    session_id: `u${number % 7}-e0`,
    step: Math.floor(number / 7),
    timestamp: number / 3,
    policy_id: number % 7 < 3 ? "a" : "it's",
    random_key: `00ff/${number}`,
    context: [0.5, Math.fround(draw(number, 2)), -number],
    candidates: Array.from({ length: count }, (_, m) => ({
      item_id: `i${m}`,
      creator_id: `c"${m}`,
      features: number % 5 === 0 ? [] : [Math.fround(draw(number, 3 + m)), 1e-30],
    })),
    slate: [count - 1, 0],
    slate_propensity: first * second,
    position_propensities: [first, second],
    objectives: { reward: draw(number, 10) * 1e-7, "two words": -number },
    costs: costs ? { harm: draw(number, 11) } : {},
    terminated: number % 10 === 9,
    truncated: false,
    outcomes_complete: true,
  };
}

const rowsOf = (count: number, costs: boolean): DecisionLogRow[] =>
  Array.from({ length: count }, (_, number) => row(number, costs));

async function write(
  name: string,
  rows: readonly DecisionLogRow[],
  costs: readonly string[],
): Promise<string> {
  const path = join(folder, name);
  const writer = await openDecisionLogWriter(path, { objectives: ["reward", "two words"], costs });
  for (let at = 0; at < rows.length; at += 100) writer.append(rows.slice(at, at + 100));
  expect(writer.rowCount).toBe(rows.length);
  expect(existsSync(path)).toBe(false);
  await writer.close();
  return path;
}

test.each([true, false])(
  "what is written reads back exactly, without a mapping (costs: %s)",
  async (costs) => {
    const rows = rowsOf(5000, costs);
    for (const each of rows.slice(0, 50)) decisionLogRowSchema.parse(each);
    const path = await write(`whole-${costs}.parquet`, rows, costs ? ["harm"] : []);
    const carry = [
      "decision_id",
      "session_id",
      "step",
      "random_key",
      "context",
      "candidates",
      "slate",
      "position_propensities",
      "terminated",
      "truncated",
    ];
    const log = await openDecisionLog({ files: [path], carry });
    expect(log.report).toMatchObject({
      layout: "decision-log",
      rowsRead: 5000,
      rowsKept: 5000,
      violations: [],
    });
    expect(log.metrics).toEqual(["reward", "two words", ...(costs ? ["harm"] : [])]);
    expect(log.policies).toEqual([
      { id: "a", rows: rows.filter(({ policy_id }) => policy_id === "a").length },
      { id: "it's", rows: rows.filter(({ policy_id }) => policy_id !== "a").length },
    ]);
    let at = 0;
    for await (const chunk of log.chunks()) {
      for (let i = 0; i < chunk.rowCount; i++, at++) {
        const expected = rows[at]!;
        expect(chunk.propensity![i]).toBe(expected.slate_propensity);
        expect(chunk.rewards.map((values) => values[i])).toEqual([
          expected.objectives["reward"],
          expected.objectives["two words"],
          ...(costs ? [expected.costs["harm"]] : []),
        ]);
        expect(chunk.time![i]).toBe(expected.timestamp);
        const { context, candidates, ...exact } = Object.fromEntries(
          carry.map((name) => [name, chunk.carried[name]![i]]),
        );
        expect(exact).toEqual(
          Object.fromEntries(Object.keys(exact).map((name) => [name, Reflect.get(expected, name)])),
        );
        // Float32 numbers come back as decimals that round to the same float32.
        expect(rounded(context)).toEqual(rounded(expected.context));
        expect(rounded(candidates)).toEqual(rounded(expected.candidates));
      }
    }
    expect(at).toBe(5000);
    log.close();
  },
);

function rounded(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (_, entry: unknown) =>
    typeof entry === "number" ? Math.fround(entry) : entry,
  );
}

test("the same rows give the same bytes, however they were handed over", async () => {
  const rows = rowsOf(3000, true);
  const one = await write("one.parquet", rows, ["harm"]);
  const other = join(folder, "other.parquet");
  const writer = await openDecisionLogWriter(other, { objectives: ["reward", "two words"], costs: ["harm"] });
  writer.append(rows);
  await writer.close();
  expect(readFileSync(other).equals(readFileSync(one))).toBe(true);
});

test("giving up leaves nothing, and what stood there stays until the new file is whole", async () => {
  const place = mkdtempSync(join(folder, "abort-"));
  const path = join(place, "log.parquet");
  writeFileSync(path, "before");
  const metrics = { objectives: ["reward", "two words"], costs: ["harm"] };
  const writer = await openDecisionLogWriter(path, metrics);
  writer.append(rowsOf(600, true));
  expect(readFileSync(path, "utf8")).toBe("before");
  writer.abort();
  writer.abort();
  expect(readdirSync(place)).toEqual(["log.parquet"]);
  expect(readFileSync(path, "utf8")).toBe("before");
  expect(() => writer.append(rowsOf(1, true))).toThrow(/log.parquet: the log is closed/);
  // A killed writer's leavings do not stop the next one.
  await openDecisionLogWriter(path, metrics);
  const next = await openDecisionLogWriter(path, metrics);
  next.append(rowsOf(2, true));
  await next.close();
  expect(readdirSync(place)).toEqual(["log.parquet"]);
});

test("a row that breaks the contract is refused in one line that names it", async () => {
  const writer = await openDecisionLogWriter(join(folder, "refused.parquet"), {
    objectives: ["reward", "two words"],
    costs: ["harm"],
  });
  const good = row(8, true);
  const broken: [Partial<DecisionLogRow>, RegExp][] = [
    [{ slate_propensity: 0 }, /^decision log: u1-8: slate_propensity is 0; allowed: above 0 and at most 1$/],
    [{ position_propensities: [1] }, /position_propensities has 1 entries for a slate of 2/],
    [{ position_propensities: [1, 1.5] }, /position_propensities holds 1.5/],
    [{ slate: [0, 9] }, /slate holds 9; allowed: positions 0 … 3/],
    [{ slate: [1, 1] }, /slate shows a candidate twice/],
    [{ context: [Number.NaN] }, /context holds a number that is not finite/],
    [{ objectives: { reward: 1 } }, /objectives.two words is undefined; allowed: a finite number/],
    [{ costs: { harm: 1, other: 2 } }, /costs.other is not among the log's: harm/],
    [{ decision_id: "" }, /^decision log: row 1: decision_id is empty/],
  ];
  for (const [change, message] of broken) {
    expect(() => writer.append([{ ...good, ...change }])).toThrow(message);
  }
  expect(writer.rowCount).toBe(0);
  writer.abort();
  await expect(
    openDecisionLogWriter(join(folder, "x.parquet"), { objectives: [], costs: [] }),
  ).rejects.toThrow(/objectives names none/);
  await expect(
    openDecisionLogWriter(join(folder, "x.parquet"), { objectives: ["a", "A"], costs: [] }),
  ).rejects.toThrow(/objectives names A twice/);
});
