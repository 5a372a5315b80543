import fc from "fast-check";
import { expect, test } from "vitest";
import { rankRequestSchema } from "@longview/formats";
import { readRankRequest } from "../../src/http/read-rank-request.ts";
import { ServingProblem } from "../../src/serving-problem.ts";
import { namedBody, rankBody } from "../helpers/rank-bodies.ts";

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** What stands where something else is expected. */
const odd: fc.Arbitrary<Json> = fc.oneof(
  fc.constantFrom<Json>(
    null,
    true,
    false,
    0,
    -1,
    1.5,
    3,
    51,
    1e9,
    1e9 + 1,
    3.4028234663852886e38,
    3.4028234663852887e38,
    3.5e38,
    -1e39,
    Infinity,
    Number.NaN,
    "",
    " ",
    "\u00a0",
    "x",
    "explore",
    "greedy",
    "x".repeat(256),
    "x".repeat(257),
    [],
    {},
    [1],
    ["a"],
    [true],
    { a: 1 },
    { " ": 1 },
    { a: "b" },
  ),
  fc.double(),
  fc.string({ maxLength: 5 }),
);

/** Every place of a value: the keys that lead there. */
function placesOf(value: Json, here: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== "object" || value === null) return [here];
  return [here, ...Object.keys(value).flatMap((key) => placesOf(childOf(value, key), [...here, key]))];
}

const childOf = (value: Json, key: string): Json =>
  Array.isArray(value)
    ? value[Number(key)]!
    : typeof value === "object" && value !== null
      ? value[key]!
      : null;

type Change = { at: number; kind: "replace" | "remove" | "add" | "repeat"; value: Json };

/** A copy of a body with one place changed. */
function changed(body: Json, { at, kind, value }: Change): Json {
  const places = placesOf(body);
  const place = places[at % places.length]!;
  if (place.length === 0) return kind === "replace" ? value : body;
  const copy: Json = structuredClone(body);
  const key = place.at(-1)!;
  const parent = place.slice(0, -1).reduce<Json>(childOf, copy);
  if (Array.isArray(parent)) {
    if (kind === "remove") parent.splice(Number(key), 1);
    else if (kind === "replace") parent[Number(key)] = value;
    else parent.push(kind === "add" ? value : parent[Number(key)]!);
  } else if (typeof parent === "object" && parent !== null) {
    if (kind === "remove") delete parent[key];
    else if (kind === "replace") parent[key] = value;
    else parent[kind === "add" ? "other" : `${key}2`] = kind === "add" ? value : parent[key]!;
  }
  return copy;
}

const asJson = (value: unknown): Json => JSON.parse(JSON.stringify(value));
const full = { ...rankBody(1, 4), session_id: "s", step: 2, mode: "greedy", seed: "7", slots: 2 };
const bodies: readonly Json[] = [
  asJson(rankBody(0, 3)),
  asJson({ ...full, candidates: { ...full.candidates, eligible: [true, false, true, true] } }),
  asJson(namedBody(rankBody(2, 3))),
  asJson({ ...namedBody(rankBody(3, 2)), context: [1, 2, 3] }),
];

function accepts(body: unknown): boolean {
  try {
    readRankRequest(body);
    return true;
  } catch (error) {
    if (!(error instanceof ServingProblem)) throw error;
    expect(error.message).not.toContain("\n");
    return false;
  }
}

test("the reading by hand accepts and refuses exactly what the schema does", () => {
  const change = fc.record({
    at: fc.nat(1000),
    kind: fc.constantFrom("replace", "remove", "add", "repeat"),
    value: odd,
  }) satisfies fc.Arbitrary<Change>;
  let accepted = 0;
  fc.assert(
    fc.property(fc.constantFrom(...bodies), fc.array(change, { maxLength: 3 }), (body, changes) => {
      const tried = changes.reduce(changed, body);
      const expected = rankRequestSchema.safeParse(tried).success;
      if (expected) accepted++;
      expect(accepts(tried)).toBe(expected);
    }),
    { numRuns: 3000, seed: 4 },
  );
  expect(accepted).toBeGreaterThan(300);
});

test("numbers come out as float32 in rows and by name alike, whatever the order of names", () => {
  const body = rankBody(5, 4);
  const rows = readRankRequest(body);
  const named = readRankRequest(namedBody(body));
  expect(rows.candidates.features).toEqual(Float32Array.from(body.candidates.rows.flat()));
  expect(named.candidates.itemIds).toEqual(rows.candidates.itemIds);
  expect(named.candidates.featureNames).toEqual(body.candidates.features.toReversed());
  expect(named.candidates.features).toEqual(
    Float32Array.from(body.candidates.rows.flatMap((row) => row.toReversed())),
  );
  expect(rows.context).toEqual(Float32Array.from(body.context));
});

test("what is wrong is named with its exact place, in one line", () => {
  const body = rankBody(1, 3);
  const { candidates } = body;
  const problem = (change: object): string => {
    try {
      readRankRequest({ ...body, ...change });
      return "accepted";
    } catch (error) {
      return error instanceof ServingProblem ? `${error.code} ${error.message}` : String(error);
    }
  };
  const rowsOf = (rows: unknown) => ({ candidates: { ...candidates, rows } });
  expect(problem(rowsOf([[1, 2, 3, 4], [1, 2, "3", 4], candidates.rows[2]]))).toBe(
    'BAD_REQUEST candidates.rows.1.2: found "3", allowed: a finite number that fits a float32',
  );
  expect(problem(rowsOf([[1, 2, 3, 4], [1], candidates.rows[2]]))).toBe(
    "BAD_REQUEST candidates.rows.1: has 1 numbers for 4 features",
  );
  expect(problem(rowsOf([[1, 2, 3, 4]]))).toBe("BAD_REQUEST candidates.rows: has 1 entries for 3 items");
  expect(problem({ slots: 51 })).toBe("BAD_REQUEST slots: found 51, allowed: a whole number from 1 to 50");
  expect(problem({ unti_id: "u" })).toMatch(/^BAD_REQUEST unti_id: is unknown, allowed: unit_id, /);
  expect(problem({ unit_id: undefined })).toMatch(/^BAD_REQUEST unit_id: found nothing/);
  expect(problem({ candidates: { ...candidates, features: ["a", "b", "a", "c"] } })).toBe(
    'BAD_REQUEST candidates.features: names "a" twice',
  );
  expect(problem({ candidates: [] })).toBe("BAD_REQUEST candidates: has no candidates, allowed: 1 to 2000");
  const many = Array.from({ length: 2001 }, (_, m) => `i${m}`);
  expect(problem({ candidates: { ...candidates, item_ids: many, rows: many.map(() => []) } })).toBe(
    "TOO_LARGE candidates.item_ids: has 2001 candidates, allowed: at most 2000",
  );
  expect(
    problem({
      candidates: [
        { item_id: "a", features: { x: 1 } },
        { item_id: "b", features: { y: 1 } },
      ],
    }),
  ).toBe('BAD_REQUEST candidates.1.features: lacks "x", which candidates.0 names');
});
