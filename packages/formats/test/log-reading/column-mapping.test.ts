import { describe, expect, test } from "vitest";
import { parseColumnMapping, parseTextTable } from "../../src/index.ts";
import { nearMiss } from "../../src/log-reading/near-miss.ts";
import { splitRecord } from "../../src/log-reading/delimited.ts";

describe("a column mapping", () => {
  test("is filled with its defaults", () => {
    expect(parseColumnMapping({ reward: "click" })).toEqual({ reward: "click", position_base: 0 });
  });

  test.each([
    [{ propensity: "p" }, "m.yaml: reward: must name a column, or be entries `metric: column`"],
    [
      { reward: "r", propensty: "p" },
      /^m\.yaml: there is no entry "propensty"; did you mean "propensity"\? allowed: reward, /,
    ],
    [{ reward: "" }, "m.yaml: reward: must name a column, or be entries `metric: column`"],
    [{ reward: {} }, "m.yaml: reward names no column; at least one is needed"],
    [{ reward: "r", position_base: -1 }, /^m\.yaml: position_base: /],
    [null, "m.yaml: must be entries such as `reward: click`"],
  ])("%j is refused in one line", (value, message) => {
    expect(() => parseColumnMapping(value, "m.yaml")).toThrow(message);
  });
});

test("a near miss differs in case, punctuation or a few letters, or holds the other name; nothing else is one", () => {
  const known = ["timestamp", "item_id", "position", "click", "propensity_score"];
  expect(nearMiss("propensity", known)).toBe("propensity_score");
  expect(nearMiss("itemId", known)).toBe("item_id");
  expect(nearMiss("clik", known)).toBe("click");
  expect(nearMiss("revenue", known)).toBeUndefined();
});

test("quoted fields keep separators and quotes; a row of another width is refused with its line", () => {
  expect(splitRecord('"a,b",c,"say ""x""",')).toEqual(["a,b", "c", 'say "x"', ""]);
  expect(parseTextTable("\uFEFFa,b\r\n1,2\r\n\r\n3,4\r\n", "t.csv").rows).toEqual([
    ["1", "2"],
    ["3", "4"],
  ]);
  expect(() => parseTextTable("a,b\n1,2\n3\n", "t.csv")).toThrow(
    "t.csv: line 3 has 1 fields; its header has 2",
  );
});
