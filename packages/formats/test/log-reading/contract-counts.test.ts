import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { openDecisionLog } from "../../src/index.ts";
import { csvText, jsonText, MAPPING, readAll, testFolder, write } from "./helpers.ts";

const folder = testFolder();

const propensities = ["0.25", "1", "0", "-1", "1.5", "NaN", "", "x"];
const rowArbitrary = fc.record({
  id: fc.integer({ min: 0, max: 12 }).map((k) => `d${k}`),
  user: fc.constantFrom("a", "b"),
  time: fc.integer({ min: 0, max: 9 }),
  policy: fc.constant("p"),
  item: fc.constantFrom("x", "y"),
  position: fc.integer({ min: 0, max: 2 }),
  propensity: fc.oneof({ weight: 3, arbitrary: fc.constant("0.25") }, fc.constantFrom(...propensities)),
  click: fc.oneof({ weight: 5, arbitrary: fc.constant("1") }, fc.constantFrom("", "inf", "y")),
  complete: fc.oneof({ weight: 5, arbitrary: fc.constant("true") }, fc.constantFrom("false", "?")),
});
type Row = typeof rowArbitrary extends fc.Arbitrary<infer Value> ? Value : never;

/** The contract once more, row by row and by other means. */
function judge(rows: readonly Row[]): { bad: Map<number, string[]>; leftOut: number[] } {
  const bad = new Map<number, string[]>();
  const leftOut: number[] = [];
  const seen = new Set<string>();
  const latest = new Map<string, number>();
  rows.forEach((row, at) => {
    if (row.complete === "false") {
      leftOut.push(at + 1);
      return;
    }
    const broken: string[] = [];
    const p = Number(row.propensity);
    if (row.propensity === "") broken.push("PROPENSITY_MISSING");
    else if (row.propensity === "x") broken.push("PROPENSITY_NOT_A_NUMBER");
    else if (Number.isNaN(p)) broken.push("PROPENSITY_NAN");
    else if (p <= 0) broken.push("PROPENSITY_NOT_POSITIVE");
    else if (p > 1) broken.push("PROPENSITY_ABOVE_ONE");
    if (row.click === "") broken.push("REWARD_MISSING");
    if (row.click === "y") broken.push("REWARD_NOT_A_NUMBER");
    if (row.click === "inf") broken.push("REWARD_NOT_FINITE");
    if (row.complete === "?") broken.push("OUTCOMES_FLAG_INVALID");
    if (seen.has(row.id)) broken.push("DECISION_ID_DUPLICATE");
    seen.add(row.id);
    if (row.time < (latest.get(row.user) ?? -1)) broken.push("TIME_BACKWARD");
    latest.set(row.user, Math.max(row.time, latest.get(row.user) ?? -1));
    if (broken.length > 0) bad.set(at + 1, broken.sort());
  });
  return { bad, leftOut };
}

test("whatever is broken: each row is kept, set aside or left out, as an independent reading says", async () => {
  const quarantine = join(folder, "q.jsonl");
  await fc.assert(
    fc.asyncProperty(
      fc.array(rowArbitrary, { minLength: 1, maxLength: 14 }),
      fc.boolean(),
      async (rows, json) => {
        rmSync(quarantine, { force: true });
        const { bad, leftOut } = judge(rows);
        const file = write(join(folder, json ? "r.jsonl" : "r.csv"), (json ? jsonText : csvText)(rows));
        const settings = { files: [file], mapping: MAPPING, quarantine };
        const kept = rows.map((_, at) => at + 1).filter((row) => !bad.has(row) && !leftOut.includes(row));
        if (kept.length === 0) {
          await expect(openDecisionLog(settings)).rejects.toMatchObject({ code: "EMPTY" });
          expect(existsSync(quarantine)).toBe(false);
          return;
        }
        const { report, chunks } = await readAll(settings);
        expect(chunks.flatMap((chunk) => [...chunk.row])).toEqual(kept);
        expect(report).toMatchObject({
          rowsRead: rows.length,
          rowsKept: kept.length,
          rowsQuarantined: bad.size,
          rowsLeftOut: leftOut.length,
        });
        const counts: Record<string, number> = {};
        for (const rule of [...bad.values()].flat()) counts[rule] = (counts[rule] ?? 0) + 1;
        expect(Object.fromEntries(report.violations.map(({ code, count }) => [code, count]))).toEqual(counts);
        for (const { code, first } of report.violations)
          expect(first.row).toBe([...bad].find(([, rules]) => rules.includes(code))![0]);
        const aside = existsSync(quarantine) ? readFileSync(quarantine, "utf8").trimEnd().split("\n") : [];
        const set = aside.map((line): unknown => JSON.parse(line));
        expect(set).toMatchObject([...bad].map(([row, violated]) => ({ file, row, violated })));
      },
    ),
    { numRuns: 40, seed: 3 },
  );
}, 30_000);
