import { foldIn, normalQuantile, type RandomKey, uniformsInto } from "@longview/statistics";
import type { HarmSource, LaunchKind, LaunchSettings } from "./launch-kinds.ts";
import { tilted } from "./tilt.ts";

/** Metrics of a decision, in the order of a log's rewards. */
export const METRICS = ["engagement", "longRunValue", "newCreatorShare", "harm"] as const;
export type MetricName = (typeof METRICS)[number];

export const GROUPS = 6;
export const FLOOR = 0.1;
/** Half the width of longRunValue around its mean. */
export const NOISE = 0.2;
/** What a user's decisions share of engagement. */
export const USER_EFFECT = 0.1;

/** A world and a candidate; tables are [groups, items], row-major. */
export interface LaunchWorld {
  readonly items: number;
  /** Scores behind the logging policy's softmax. */
  readonly scores: Float64Array;
  /** Probabilities with which decisions were made. */
  readonly logging: Float64Array;
  readonly candidate: Float64Array;
  /** Mean outcome by group and item. */
  readonly means: Readonly<Record<MetricName, Float64Array>>;
}

/** `(1 − floor) softmax(scores) + floor / items` by group, over the items with a finite score. */
export function flooredSoftmax(scores: Float64Array, items: number, floor = FLOOR): Float64Array {
  const out = new Float64Array(scores.length);
  for (let start = 0; start < scores.length; start += items) {
    const row = scores.subarray(start, start + items);
    const largest = Math.max(...row);
    const shown = row.filter((score) => score > -Infinity).length;
    let total = 0;
    for (const score of row) total += Math.exp(score - largest);
    for (let k = 0; k < items; k++)
      out[start + k] =
        row[k] === -Infinity ? 0 : ((1 - floor) * Math.exp(row[k]! - largest)) / total + floor / shown;
  }
  return out;
}

/** Mean over groups of `Σ policy · table`: a policy's exact value. */
export function valueOf(policy: Float64Array, table: Float64Array): number {
  let value = 0;
  for (let cell = 0; cell < table.length; cell++) value += policy[cell]! * table[cell]!;
  return value / GROUPS;
}

/** Normals from a key. */
export function normals(count: number, key: RandomKey): Float64Array {
  const out = new Float64Array(count);
  uniformsInto(out, 0, count, key.first, key.second, 0, 0);
  return out.map(normalQuantile);
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
const LARGEST_ATTEMPTS = 100;

/**
 * A world and a candidate of a kind.
 *
 * @throws Error when 100 worlds in a row allow no candidate with the effects asked for
 */
export function drawWorld(launch: LaunchKind, settings: LaunchSettings, key: RandomKey): LaunchWorld {
  for (let attempt = 0; attempt < LARGEST_ATTEMPTS; attempt++) {
    const world = attemptWorld(launch, settings, foldIn(key, attempt));
    if (world !== undefined) return world;
  }
  throw new Error(
    `gate: no world of ${launch.kind}, ${launch.variant} has effects ${JSON.stringify(settings.effects)}`,
  );
}

function attemptWorld(launch: LaunchKind, settings: LaunchSettings, key: RandomKey): LaunchWorld | undefined {
  const { items } = settings;
  const cells = GROUPS * items;
  const taste = normals(cells, foldIn(key, 0));
  const liking = normals(cells, foldIn(key, 1));
  const habit = normals(cells, foldIn(key, 2));
  const scores = taste.map((value, cell) => 0.6 * value + 0.6 * habit[cell]!);
  const risky = riskyCells(launch.harmSource, items);
  if (launch.harmSource === "rare items")
    for (let cell = 0; cell < cells; cell++) if (risky[cell] === 1) scores[cell] = -8;
  const unseen = unseenCells(launch, items);
  for (let cell = 0; cell < cells; cell++) if (unseen[cell] === 1) scores[cell] = -Infinity;
  const logging = flooredSoftmax(scores, items);
  const rawHarm = risky.map((value) => 0.05 * value + 0.001);
  const harmScale = launch.harmLogged / valueOf(logging, rawHarm);
  const harm = rawHarm.map((value) => value * harmScale);
  if (harm.some((value) => value > 1)) return undefined;
  const means = {
    engagement: taste.map((value) => 0.15 + 0.45 * sigmoid(value)),
    longRunValue: taste.map((value, cell) => 0.25 + 0.5 * sigmoid(0.5 * value + liking[cell]!)),
    newCreatorShare: new Float64Array(cells).map((_, cell) => (cell % items < items / 4 ? 1 : 0)),
    harm,
  };
  const { effects, distance, mass } = settings;
  const noise = normals(cells, foldIn(key, 3)).map((value) => distance * value);
  const supported = tilted(
    logging,
    noise,
    METRICS.map((metric) => means[metric]),
    METRICS.map((metric) =>
      metric === "harm" ? effects.harm : valueOf(logging, means[metric]) + effects[metric],
    ),
    GROUPS,
  );
  if (supported === undefined) return undefined;
  return { items, scores, logging, means, candidate: withGap(supported, unseen, items, mass) };
}

/** 1 where an item does harm to a group. New creators' items come first, harmful ones last. */
function riskyCells(source: HarmSource, items: number): Float64Array {
  const count =
    source === "rare items" ? 2 : Math.max(1, Math.round(items * (source === "items" ? 0.1 : 0.2)));
  return new Float64Array(GROUPS * items).map((_, cell) =>
    cell % items >= items - count && (source !== "one group" || cell < items) ? 1 : 0,
  );
}

/** 1 where the log's policy never shows an item: three items in the middle, to all groups or to half of them. */
function unseenCells({ gap }: LaunchKind, items: number): Float64Array {
  const first = Math.floor(items / 2);
  return new Float64Array(GROUPS * items).map((_, cell) => {
    if (gap === undefined) return 0;
    const item = cell % items;
    const group = Math.floor(cell / items);
    return item >= first && item < first + 3 && (gap === "never shown" || group < GROUPS / 2) ? 1 : 0;
  });
}

/** Gives the share `mass` of each group's decisions to what the log never shows it. */
function withGap(policy: Float64Array, unseen: Float64Array, items: number, mass: number): Float64Array {
  return policy.map((value, cell) => {
    const start = cell - (cell % items);
    let count = 0;
    for (let k = start; k < start + items; k++) count += unseen[k]!;
    if (count === 0) return value;
    return unseen[cell] === 1 ? mass / count : (1 - mass) * value;
  });
}
