import { chmodSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { BlockedItems } from "../../src/policies/blocklist.ts";
import { DecisionKeys } from "../../src/policies/decision-keys.ts";
import { unitKeys } from "../../src/policies/unit-key.ts";
import { testFolder } from "../helpers/test-server.ts";

const { folder, remove } = testFolder("state");
afterAll(remove);

test("a blocklist outlives a restart, and a file that is none is refused rather than ignored", () => {
  const file = join(folder, "blocklist.json");
  const table = {
    itemIds: ["a", "b", "c", "d"],
    creatorIds: ["x", "y", "x", "z"],
    featureNames: [],
    features: new Float32Array(0),
    eligible: [true, true, true, false],
  };
  const open = { ...table, eligible: undefined };
  const blocked = new BlockedItems(file);
  expect(blocked.eligiblePlaces(open)).toBe(undefined);
  expect(blocked.eligiblePlaces(table)).toEqual(Int32Array.of(0, 1, 2));
  blocked.replace({ item_ids: ["b"], creator_ids: ["x"] });
  const again = new BlockedItems(file);
  expect(again.list).toEqual({ item_ids: ["b"], creator_ids: ["x"] });
  expect(again.eligiblePlaces(open)).toEqual(Int32Array.of(3));
  expect(again.eligiblePlaces(table)).toEqual(new Int32Array(0));
  writeFileSync(file, "{}}");
  expect(() => new BlockedItems(file)).toThrow(/blocklist.json: is no blocklist/);
});

test("unit keys are made once, are the owner's alone, and a damaged file is refused", () => {
  const first = unitKeys(folder);
  expect(unitKeys(folder)).toEqual(first);
  const file = join(folder, "unit.key");
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(unitKeys(folder, "a").split).toEqual(unitKeys(folder, "a").split);
  expect(unitKeys(folder, "a")).not.toEqual(unitKeys(folder, "b"));
  expect(readFileSync(file, "utf8")).toMatch(/^[0-9a-f]{64}\n$/);
  chmodSync(file, 0o600);
  writeFileSync(file, "short");
  expect(() => unitKeys(folder)).toThrow(/unit.key: found no key/);
});

test("decision keys repeat by seed alone, and never within a server", () => {
  const some = (seed?: string): string[] => {
    const keys = new DecisionKeys(seed);
    return Array.from({ length: 1500 }, () => Object.values(keys.next()).join());
  };
  expect(some("a")).toEqual(some("a"));
  expect(new Set([...some("a"), ...some("b"), ...some(), ...some()]).size).toBe(6000);
});
