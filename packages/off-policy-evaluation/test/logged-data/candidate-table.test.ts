import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  candidateTableText,
  itemFrequencyTable,
  OffPolicyEvaluationError,
  parseCandidateTable,
  tableActionProbability,
  tableDistributions,
  uniformActionProbability,
} from "../../src/index.ts";

const log = {
  actions: ["a", "b", "c"],
  action: Int32Array.of(0, 1, 2, 0, 0),
  position: Int32Array.of(0, 0, 1, 1, 0),
  positionBase: 1,
};

const read = (...lines: string[]): ReturnType<typeof parseCandidateTable> =>
  parseCandidateTable(["item_id,position,probability", ...lines].join("\n"), "c.csv");

describe("a candidate's table", () => {
  test("gives each logged action its probability at its position, in the log's own counting", () => {
    const table = read("b,1,0.75", "a,1,0.25", "c,2,1");
    expect([...tableActionProbability(table, log)]).toEqual([0.25, 0.75, 1, 0, 0.25]);
    expect([...tableDistributions(table, log)]).toEqual([0.25, 0.75, 0, 0, 0, 1]);
  });

  test("without positions is the same everywhere", () => {
    const table = parseCandidateTable("probability,item_id\n0.5,a\n0.5,c\n", "c.csv");
    expect([...tableActionProbability(table, log)]).toEqual([0.5, 0, 0.5, 0.5, 0.5]);
    expect([...tableActionProbability(table, { ...log, position: undefined })]).toEqual([
      0.5, 0, 0.5, 0.5, 0.5,
    ]);
  });

  test("of a log's frequencies counts each position by itself", () => {
    const table = itemFrequencyTable(log);
    expect(table.positions).toEqual([1, 2]);
    const thirds = [2 / 3, 1 / 3, 0, 0.5, 0, 0.5];
    thirds.forEach((expected, at) => expect(table.probabilities[at]).toBeCloseTo(expected, 15));
  });

  test("written as text reads back to the same numbers", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.stringMatching(/^[a-z",0-9]{1,6}$/), { minLength: 1, maxLength: 5 }),
        fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 10, maxLength: 10 }),
        (items, counts) => {
          const probabilities = new Float64Array(2 * items.length);
          for (const line of [0, 1]) {
            const own = items.map((_, k) => counts[line * 5 + k]!);
            const total = own.reduce((sum, count) => sum + count, 0);
            own.forEach((count, k) => (probabilities[line * items.length + k] = count / total));
          }
          const table = { items, positions: [1, 2], probabilities };
          expect(parseCandidateTable(candidateTableText(table), "c.csv")).toEqual(table);
        },
      ),
    );
  });

  test.each([
    [["a,1,1.5"], 'c.csv: row 1: probability is "1.5"; allowed: from 0 to 1'],
    [["a,1,-0.1"], 'c.csv: row 1: probability is "-0.1"; allowed: from 0 to 1'],
    [["a,1,"], 'c.csv: row 1: probability is ""; allowed: from 0 to 1'],
    [["a,1,x"], 'c.csv: row 1: probability is "x"; allowed: from 0 to 1'],
    [["a,1,NaN"], 'c.csv: row 1: probability is "NaN"; allowed: from 0 to 1'],
    [["a,1.5,1"], 'c.csv: row 1: position is "1.5"; allowed: a whole number from 0'],
    [[",1,1"], "c.csv: row 1: item_id is missing"],
    [["a,1,0.5", "a,1,0.5"], 'c.csv: row 2: item "a" at position 1 is listed before'],
    [
      ["a,1,0.5", "b,1,0.4"],
      "c.csv: the probabilities at position 1 sum to 0.9; they must sum to 1 within 0.000001",
    ],
    [["a,1"], "c.csv: line 2 has 2 fields; its header has 3"],
    [[], "c.csv: has no rows; a header and rows are needed"],
  ])("%j is refused in one line that says where", (lines, message) => {
    expect(() => read(...lines)).toThrow(message);
  });

  test("a column that is missing comes with the nearest name", () => {
    expect(() => parseCandidateTable("item_id,prob\na,1\n", "c.csv")).toThrow(
      'c.csv: there is no column "probability"; did you mean "prob"? it has: item_id, prob',
    );
  });

  test("what the log cannot answer is an error with a code, not a zero", () => {
    const code = (run: () => unknown): string | undefined => {
      try {
        run();
        return undefined;
      } catch (error) {
        return error instanceof OffPolicyEvaluationError ? error.code : undefined;
      }
    };
    expect(code(() => tableActionProbability(read("a,1,1"), log))).toBe("BAD_VALUE");
    expect(code(() => tableActionProbability(read("z,1,1", "z,2,1"), log))).toBe("NO_SUPPORT");
    expect(code(() => tableActionProbability(read("a,1,1", "a,2,1"), { ...log, position: undefined }))).toBe(
      "NOT_COMPUTABLE",
    );
    expect(code(() => tableActionProbability(read("a,1,1"), { ...log, action: undefined }))).toBe(
      "NOT_COMPUTABLE",
    );
    expect(code(() => uniformActionProbability(log, 2))).toBe("BAD_OPTION");
    expect([...uniformActionProbability(log, 4)]).toEqual([0.25, 0.25, 0.25, 0.25, 0.25]);
  });
});
