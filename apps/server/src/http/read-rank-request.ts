import {
  MAXIMUM_CANDIDATES,
  MAXIMUM_FEATURE,
  MAXIMUM_FEATURES,
  MAXIMUM_SLOTS,
  MAXIMUM_STEP,
} from "@longview/formats";
import type { CandidateTable, RankQuery } from "../policies/rank-query.ts";
import { badRequest, ServingProblem } from "../serving-problem.ts";
import { NumberRows } from "./number-rows.ts";
import {
  found,
  readBooleans,
  readName,
  readNames,
  readObject,
  refuseUnknownKeys,
  type JsonObject,
} from "./read-values.ts";

const QUERY_KEYS = ["unit_id", "session_id", "step", "mode", "seed", "slots", "context", "candidates"];
const ROW_KEYS = ["features", "item_ids", "creator_ids", "rows", "eligible"];
const NAMED_KEYS = ["item_id", "creator_id", "features", "eligible"];

/**
 * Reads the body of `POST /v1/rank`: accepts and refuses exactly what `rankRequestSchema` does, and copies the numbers
 * straight into typed arrays, since walking some thousands of numbers through a schema costs more than ranking them.
 *
 * @param at - what stands before a place in a message, as `requests.3.`
 * @throws ServingProblem BAD_REQUEST or TOO_LARGE with the exact place
 */
export function readRankRequest(body: unknown, at = ""): RankQuery {
  const request = readObject(body, at === "" ? "body" : at.slice(0, -1));
  refuseUnknownKeys(request, QUERY_KEYS, at);
  const { unit_id, session_id, step, mode, seed, slots, context, candidates } = request;
  return {
    unitId: readName(unit_id, at, "unit_id"),
    sessionId: session_id === undefined ? undefined : readName(session_id, at, "session_id"),
    step: step === undefined ? 0 : readWhole(step, { at, name: "step", least: 0, most: MAXIMUM_STEP }),
    mode: mode === undefined ? "explore" : readMode(mode, at),
    seed: seed === undefined ? undefined : readName(seed, at, "seed"),
    slots:
      slots === undefined
        ? undefined
        : readWhole(slots, { at, name: "slots", least: 1, most: MAXIMUM_SLOTS }),
    context: readContext(context, at),
    candidates: Array.isArray(candidates)
      ? readNamedCandidates(candidates, `${at}candidates`)
      : readCandidateRows(readObject(candidates, `${at}candidates`), `${at}candidates`),
  };
}

function readMode(value: unknown, at: string): "explore" | "greedy" {
  if (value === "explore" || value === "greedy") return value;
  throw badRequest(`${at}mode: found ${found(value)}, allowed: explore or greedy`);
}

function readWhole(
  value: unknown,
  { at, name, least, most }: { at: string; name: string; least: number; most: number },
): number {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= least && value <= most)
    return value;
  throw badRequest(`${at}${name}: found ${found(value)}, allowed: a whole number from ${least} to ${most}`);
}

const isFeature = (value: unknown): value is number =>
  typeof value === "number" && value >= -MAXIMUM_FEATURE && value <= MAXIMUM_FEATURE;

const oddFeature = (place: string, value: unknown): ServingProblem =>
  badRequest(`${place}: found ${found(value)}, allowed: a finite number that fits a float32`);

function readContext(value: unknown, at: string): RankQuery["context"] {
  if (!Array.isArray(value)) return readNamedFeatures(value, `${at}context`);
  if (value.length > MAXIMUM_FEATURES)
    throw badRequest(`${at}context: has ${value.length} numbers, allowed: at most ${MAXIMUM_FEATURES}`);
  const numbers = new Float32Array(value.length);
  for (let i = 0; i < numbers.length; i++) {
    const number: unknown = value[i];
    if (!isFeature(number)) throw oddFeature(`${at}context.${i}`, number);
    numbers[i] = number;
  }
  return numbers;
}

function readNamedFeatures(value: unknown, place: string): Readonly<Record<string, number>> {
  const features = readObject(value, place);
  const names = Object.keys(features);
  if (names.length > MAXIMUM_FEATURES)
    throw badRequest(`${place}: has ${names.length} features, allowed: at most ${MAXIMUM_FEATURES}`);
  for (const name of names) {
    readName(name, `${place}.`, JSON.stringify(name));
    if (!isFeature(features[name])) throw oddFeature(`${place}.${name}`, features[name]);
  }
  return numbersOf(features);
}

/** What was checked above to hold numbers alone. */
function numbersOf(features: JsonObject): Readonly<Record<string, number>> {
  const numbers: Record<string, number> = Object.create(null);
  for (const name of Object.keys(features)) numbers[name] = Number(features[name]);
  return numbers;
}

function refuseCount(count: number, place: string): void {
  if (count > MAXIMUM_CANDIDATES)
    throw new ServingProblem(
      "TOO_LARGE",
      `${place}: has ${count} candidates, allowed: at most ${MAXIMUM_CANDIDATES}`,
    );
  if (count === 0) throw badRequest(`${place}: has no candidates, allowed: 1 to ${MAXIMUM_CANDIDATES}`);
}

function readCandidateRows(candidates: JsonObject, place: string): CandidateTable {
  refuseUnknownKeys(candidates, ROW_KEYS, `${place}.`);
  const { item_ids, creator_ids, rows, eligible, features } = candidates;
  if (Array.isArray(item_ids)) refuseCount(item_ids.length, `${place}.item_ids`);
  const itemIds = readNames(item_ids, `${place}.item_ids`);
  refuseTwice(itemIds, `${place}.item_ids`);
  const count = itemIds.length;
  const featureNames = readNames(features, `${place}.features`);
  if (featureNames.length > MAXIMUM_FEATURES)
    throw badRequest(
      `${place}.features: has ${featureNames.length} names, allowed: at most ${MAXIMUM_FEATURES}`,
    );
  refuseTwice(featureNames, `${place}.features`);
  const creatorIds = creator_ids === undefined ? undefined : readNames(creator_ids, `${place}.creator_ids`);
  const mask = eligible === undefined ? undefined : readBooleans(eligible, `${place}.eligible`);
  const scanned = rows instanceof NumberRows ? rows : undefined;
  if (scanned === undefined && !Array.isArray(rows))
    throw badRequest(`${place}.rows: found ${found(rows)}, allowed: a list of rows`);
  const list: readonly unknown[] = Array.isArray(rows) ? rows : [];
  for (const [name, each] of [
    ["creator_ids", creatorIds],
    ["rows", scanned === undefined ? list : { length: scanned.count }],
    ["eligible", mask],
  ] as const)
    if (each !== undefined && each.length !== count)
      throw badRequest(`${place}.${name}: has ${each.length} entries for ${count} items`);
  return {
    itemIds,
    creatorIds,
    featureNames,
    features:
      scanned === undefined
        ? readRows(list, featureNames.length, `${place}.rows`)
        : scannedFeatures(scanned, featureNames.length, `${place}.rows`),
    eligible: mask,
  };
}

function scannedFeatures({ width, data }: NumberRows, expected: number, place: string): Float32Array {
  if (width !== expected) throw badRequest(`${place}.0: has ${width} numbers for ${expected} features`);
  return data;
}

function readRows(rows: readonly unknown[], width: number, place: string): Float32Array {
  const out = new Float32Array(rows.length * width);
  let at = 0;
  for (let m = 0; m < rows.length; m++) {
    const row = rows[m];
    if (!Array.isArray(row))
      throw badRequest(`${place}.${m}: found ${found(row)}, allowed: a list of numbers`);
    if (row.length !== width)
      throw badRequest(`${place}.${m}: has ${row.length} numbers for ${width} features`);
    for (let f = 0; f < width; f++) {
      const value: unknown = row[f];
      if (!(typeof value === "number" && value >= -MAXIMUM_FEATURE && value <= MAXIMUM_FEATURE))
        throw oddFeature(`${place}.${m}.${f}`, value);
      out[at++] = value;
    }
  }
  return out;
}

function refuseTwice(names: readonly string[], place: string): void {
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name)) throw badRequest(`${place}: names ${JSON.stringify(name)} twice`);
    seen.add(name);
  }
}

function readNamedCandidates(list: readonly unknown[], place: string): CandidateTable {
  refuseCount(list.length, place);
  const itemIds: string[] = [];
  const creatorIds: string[] = [];
  const eligible: boolean[] = [];
  let featureNames: readonly string[] = [];
  let features = new Float32Array(0);
  for (const [m, each] of list.entries()) {
    const own = `${place}.${m}`;
    const candidate = readObject(each, own);
    refuseUnknownKeys(candidate, NAMED_KEYS, `${own}.`);
    itemIds.push(readName(candidate["item_id"], `${own}.`, "item_id"));
    const { creator_id, eligible: allowed } = candidate;
    creatorIds.push(creator_id === undefined ? NO_CREATOR : readName(creator_id, `${own}.`, "creator_id"));
    if (allowed !== undefined && typeof allowed !== "boolean")
      throw badRequest(`${own}.eligible: found ${found(allowed)}, allowed: true or false`);
    eligible.push(allowed ?? true);
    const named = readNamedFeatures(candidate["features"], `${own}.features`);
    const names = Object.keys(named);
    if (m === 0) {
      featureNames = names;
      features = new Float32Array(list.length * names.length);
    }
    const width = featureNames.length;
    const missing = featureNames.find((name) => named[name] === undefined);
    if (missing !== undefined || names.length !== width)
      throw badRequest(
        `${own}.features: ${missing === undefined ? `names ${JSON.stringify(names.find((name) => !featureNames.includes(name)))}, which candidates.0 does not` : `lacks ${JSON.stringify(missing)}, which candidates.0 names`}`,
      );
    for (let f = 0; f < width; f++) features[m * width + f] = named[featureNames[f]!]!;
  }
  refuseTwice(itemIds, place);
  return { itemIds, creatorIds, featureNames, features, eligible };
}

/** What stands for the creator in a log where a request names none. */
export const NO_CREATOR = "none";
