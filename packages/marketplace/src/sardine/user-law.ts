import type { SardineCatalogue } from "./catalogue.ts";

/** The numbers that govern a SARDINE user. */
export interface SardineLaw {
  readonly topics: number;
  /** Items of a slate, K. */
  readonly slots: number;
  /** Cosine similarity at which relevance is one half. */
  readonly relevanceOffset: number;
  /** Slope of the relevance in the cosine similarity. */
  readonly relevanceSlope: number;
  /** `[slots]`: click probability `α γ^i` of a wholly relevant item in slot `i`. */
  readonly slotFactors: Float64Array;
  /** As many items of one main topic in a slate make it monotonous. */
  readonly diversityThreshold: number;
  /** A monotonous slate's attractiveness is divided by this. */
  readonly diversityPenalty: number;
  /** ω: share of the interests that remains after a click; 1: they never move. */
  readonly interestMemory: number;
  /** `sardine`: towards the one mean of all components of all clicked items, as its code has it. `clicked-items`: towards the mean clicked item. */
  readonly driftRule: "sardine" | "clicked-items";
  /** As many recent clicks on a topic make the user bored of it. */
  readonly boredomThreshold: number;
  /** Steps that a click is recent, and that boredom lasts. */
  readonly boredomWindow: number;
  /** Clicks remembered at most. */
  readonly recentClicks: number;
  /** `churn`: no interest in anything while bored of any topic. `loss-of-interest`: none in the topics that bore. */
  readonly boredomKind: "churn" | "loss-of-interest";
}

/** State of all rows' users, row-major. */
export interface SardineUsers {
  /** `[rows, topics]`, norm 1: what the user likes when not bored. */
  readonly interests: Float64Array;
  /** `[rows, topics]`: what the user likes now. */
  readonly currentInterests: Float64Array;
  /** `[rows, recentClicks]`: main topics of the remembered clicks, oldest first. */
  readonly recentTopics: Int32Array;
  /** `[rows, recentClicks]`: the time of each. */
  readonly recentTimes: Int32Array;
  /** `[rows]`: clicks remembered. */
  readonly recentCounts: Int32Array;
  /** `[rows, topics]`: 1 where the topic bores. */
  readonly bored: Uint8Array;
  /** `[rows, topics]`: steps of boredom left; the whole window where the topic does not bore. */
  readonly timeouts: Int32Array;
  /** `[rows, topics]`: remembered clicks of each topic. */
  readonly clickCounts: Int32Array;
}

/** Users of `rowCount` rows, all zero: {@link forget} and interests make them ready. */
export function allocateUsers(law: SardineLaw, rowCount: number): SardineUsers {
  return {
    interests: new Float64Array(rowCount * law.topics),
    currentInterests: new Float64Array(rowCount * law.topics),
    recentTopics: new Int32Array(rowCount * law.recentClicks),
    recentTimes: new Int32Array(rowCount * law.recentClicks),
    recentCounts: new Int32Array(rowCount),
    bored: new Uint8Array(rowCount * law.topics),
    timeouts: new Int32Array(rowCount * law.topics),
    clickCounts: new Int32Array(rowCount * law.topics),
  };
}

/** A new user's past: no clicks, no boredom; `interests` are what the user likes now. */
export function forget(law: SardineLaw, users: SardineUsers, row: number): void {
  const { topics, boredomWindow, recentClicks } = law;
  users.recentCounts[row] = 0;
  for (let i = row * recentClicks; i < (row + 1) * recentClicks; i++) {
    users.recentTopics[i] = 0;
    users.recentTimes[i] = 0;
  }
  for (let i = row * topics; i < (row + 1) * topics; i++) {
    users.bored[i] = 0;
    users.timeouts[i] = boredomWindow;
    users.clickCounts[i] = 0;
    users.currentInterests[i] = users.interests[i]!;
  }
}

/**
 * Position-based click model: the item in slot `i` (from 0) is clicked with probability `α · relevance · γ^i`, where
 * relevance is `1 / (1 + exp(−slope · (u·e / largest norm − offset)))`, divided by the diversity penalty when at least
 * `diversityThreshold` items of the slate share their main topic.
 *
 * @param slates - item ids from `slateStart`
 * @param counts - scratch, one cell a topic
 * @see SARDINE `simulator.py`, `step` and `_compute_clicks`
 */
export function clickProbabilitiesInto(
  out: Float64Array,
  law: SardineLaw,
  users: SardineUsers,
  row: number,
  catalogue: SardineCatalogue,
  slates: Int32Array,
  slateStart: number,
  counts: Int32Array,
): void {
  const { topics, slots, relevanceOffset, relevanceSlope, slotFactors } = law;
  const { embeddings, mainTopics, largestNorm } = catalogue;
  const { currentInterests } = users;
  let most = 0;
  counts.fill(0);
  for (let i = 0; i < slots; i++) {
    const topic = mainTopics[slates[slateStart + i]!]!;
    counts[topic] = counts[topic]! + 1;
    if (counts[topic]! > most) most = counts[topic]!;
  }
  const penalty = most >= law.diversityThreshold ? law.diversityPenalty : 1;
  for (let i = 0; i < slots; i++) {
    const item = slates[slateStart + i]! * topics;
    let score = 0;
    for (let topic = 0; topic < topics; topic++)
      score += currentInterests[row * topics + topic]! * embeddings[item + topic]!;
    const relevance = 1 / (1 + Math.exp(-relevanceSlope * (score / largestNorm - relevanceOffset)));
    out[i] = (slotFactors[i]! * relevance) / penalty;
  }
}

/**
 * The user remembers the clicks of time `time`, forgets old ones, grows bored or recovers, and drifts.
 *
 * With `t = time + 1`: clicks before `t − window` are forgotten; a boring topic has one step less to go and bores no more
 * at 0; a topic with `boredomThreshold` remembered clicks bores (again), for `window` steps. Interests move to
 * `normalize(ω·u + (1 − ω)·m)`, `m` by the drift rule. Boredom does not touch `interests`, only `currentInterests`.
 *
 * @param clicks - `[slots]` from `slateStart`, 1 where clicked
 * @see SARDINE `simulator.py`, `_update_user_state`; the mean over everything is its line 237, `np.mean` without an axis
 */
export function updateUser(
  law: SardineLaw,
  users: SardineUsers,
  row: number,
  catalogue: SardineCatalogue,
  slates: Int32Array,
  clicks: Uint8Array,
  slateStart: number,
  time: number,
): void {
  remember(law, users, row, catalogue, slates, clicks, slateStart, time);
  const { topics, boredomThreshold, boredomWindow } = law;
  const { interests, currentInterests, bored, timeouts, clickCounts } = users;
  let boring = 0;
  for (let i = row * topics; i < (row + 1) * topics; i++) {
    if (bored[i] === 1) {
      timeouts[i] = timeouts[i]! - 1;
      if (timeouts[i] === 0) {
        bored[i] = 0;
        timeouts[i] = boredomWindow;
      }
    }
    if (clickCounts[i]! >= boredomThreshold) bored[i] = 1;
    boring += bored[i]!;
  }
  if (law.interestMemory < 1) drift(law, users, row, catalogue, slates, clicks, slateStart);
  const churned = law.boredomKind === "churn" && boring > 0;
  for (let i = row * topics; i < (row + 1) * topics; i++)
    currentInterests[i] = churned || bored[i] === 1 ? 0 : interests[i]!;
}

/** Appends the clicks, of which at most `recentClicks` stay, drops the old ones and counts the rest by topic. */
function remember(
  law: SardineLaw,
  users: SardineUsers,
  row: number,
  catalogue: SardineCatalogue,
  slates: Int32Array,
  clicks: Uint8Array,
  slateStart: number,
  time: number,
): void {
  const { topics, slots, boredomWindow, recentClicks } = law;
  const { recentTopics, recentTimes, recentCounts, clickCounts } = users;
  const start = row * recentClicks;
  let count = recentCounts[row]!;
  for (let i = slateStart; i < slateStart + slots; i++) {
    if (clicks[i] === 0) continue;
    if (count === recentClicks) {
      recentTopics.copyWithin(start, start + 1, start + count);
      recentTimes.copyWithin(start, start + 1, start + count);
      count--;
    }
    recentTopics[start + count] = catalogue.mainTopics[slates[i]!]!;
    recentTimes[start + count] = time;
    count++;
  }
  let old = 0;
  while (old < count && recentTimes[start + old]! < time + 1 - boredomWindow) old++;
  if (old > 0) {
    recentTopics.copyWithin(start, start + old, start + count);
    recentTimes.copyWithin(start, start + old, start + count);
    count -= old;
  }
  recentCounts[row] = count;
  for (let i = row * topics; i < (row + 1) * topics; i++) clickCounts[i] = 0;
  for (let i = start; i < start + count; i++) {
    const at = row * topics + recentTopics[i]!;
    clickCounts[at] = clickCounts[at]! + 1;
  }
}

function drift(
  law: SardineLaw,
  users: SardineUsers,
  row: number,
  catalogue: SardineCatalogue,
  slates: Int32Array,
  clicks: Uint8Array,
  slateStart: number,
): void {
  const { topics, slots, interestMemory } = law;
  const { interests } = users;
  const { embeddings } = catalogue;
  let clicked = 0;
  let total = 0;
  for (let i = slateStart; i < slateStart + slots; i++) {
    if (clicks[i] === 0) continue;
    clicked++;
    for (let topic = 0; topic < topics; topic++) total += embeddings[slates[i]! * topics + topic]!;
  }
  if (clicked === 0) return;
  let squares = 0;
  for (let topic = 0; topic < topics; topic++) {
    let mean = total / (clicked * topics);
    if (law.driftRule === "clicked-items") {
      mean = 0;
      for (let i = slateStart; i < slateStart + slots; i++)
        if (clicks[i] === 1) mean += embeddings[slates[i]! * topics + topic]! / clicked;
    }
    const at = row * topics + topic;
    const moved = interestMemory * interests[at]! + (1 - interestMemory) * mean;
    interests[at] = moved;
    squares += moved * moved;
  }
  const norm = Math.sqrt(squares);
  for (let i = row * topics; i < (row + 1) * topics; i++) interests[i] = interests[i]! / norm;
}
