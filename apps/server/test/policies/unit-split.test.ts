import { expect, test } from "vitest";
import { rootKey } from "@longview/statistics";
import { UnitSplit, type SplitPart } from "../../src/policies/unit-split.ts";

const key = rootKey("split");
const UNITS = Array.from({ length: 20_000 }, (_, i) => `unit-${i}`);
const namesOf = (parts: readonly SplitPart[], own = key): string[] => {
  const split = new UnitSplit(parts, own);
  return UNITS.map((unit) => split.partOf(unit).name);
};
const two = (share: number): SplitPart[] => [
  { name: "main", share: 1 - share },
  { name: "canary", share },
];

test("units are split by the shares, always alike, and otherwise by another key", () => {
  const parts = [...two(0.2), { name: "off", share: 0 }];
  const names = namesOf(parts);
  expect(namesOf(parts)).toEqual(names);
  expect(names).not.toContain("off");
  // Five standard errors of a binomial share.
  const share = names.filter((name) => name === "canary").length / UNITS.length;
  expect(Math.abs(share - 0.2)).toBeLessThan(5 * Math.sqrt((0.2 * 0.8) / UNITS.length));
  const both = namesOf(parts, rootKey("another")).filter(
    (name, i) => name === "canary" && names[i] === "canary",
  ).length;
  expect(Math.abs(both / UNITS.length - 0.04)).toBeLessThan(5 * Math.sqrt((0.04 * 0.96) / UNITS.length));
});

test("a canary that grows keeps every unit it had; one that is taken back gives its units to where they were", () => {
  const shares = [0.01, 0.05, 0.2, 0.5, 0.9];
  const grown = shares.map((share) => namesOf(two(share)));
  for (let i = 1; i < grown.length; i++)
    UNITS.forEach((_, u) => {
      if (grown[i - 1]![u] === "canary") expect(grown[i]![u]).toBe("canary");
    });
  expect(new Set(namesOf([{ name: "main", share: 1 }]))).toEqual(new Set(["main"]));
});

test("the order of the parts does not matter, and someone must get the units", () => {
  expect(namesOf(two(0.3).toReversed())).toEqual(namesOf(two(0.3)));
  expect(() => new UnitSplit([{ name: "main", share: 0 }], key)).toThrow("no part has a share");
});
