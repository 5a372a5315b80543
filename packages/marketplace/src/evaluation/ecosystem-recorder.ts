import { lorenzCurve, type LifeEvents, type PageEvents } from "@longview/scorecard";
import type { EngineOptions } from "../content/options.ts";
import { CLOCK, type ContentState } from "../content/state.ts";
import { readEcosystem } from "./ecosystem.ts";
import type { LifeNumbers } from "./life-numbers.ts";
import type { EcosystemSink } from "./scorecard-feed.ts";

/** What is recorded of every day. Users, creators, items and latent means are as of the day's end, the rest of the day. */
export const DAILY_SERIES = [
  "usersInSession",
  "users",
  "satisfaction",
  "trust",
  "creators",
  "newCreatorShare",
  "exposureGini",
  "items",
  "quality",
  "revenue",
  "payouts",
  "harmPerMillion",
] as const;
export type DailySeries = (typeof DAILY_SERIES)[number];

/** Ages at which the columns of a {@link TopicAgeMap} begin [days]. */
export const AGE_EDGES = [0, 1, 2, 3, 5, 7, 10, 14, 21] as const;
/** Last days over which the maps are taken. */
export const MAP_DAYS = 7;
/** Parts that a Lorenz curve is recorded in. */
const LORENZ_PARTS = 50;

/** Numbers by topic and age, `[topics, AGE_EDGES.length]`. */
export type TopicAgeMap = readonly (readonly number[])[];

/** Ages of subjects [days], an entry each: when watching began and ended, and 1 where it ended because the subject left. */
export interface WatchedLives {
  readonly entry: readonly number[];
  readonly exit: readonly number[];
  readonly event: readonly number[];
}

/** What a world looked like: plain data. */
export interface EcosystemRecording {
  readonly daily: Readonly<Record<DailySeries, readonly number[]>>;
  /** Items that could be shown: mean of the ends of the last {@link MAP_DAYS} days. */
  readonly supply: TopicAgeMap;
  /** Impressions a day, mean of the last {@link MAP_DAYS} days. */
  readonly exposure: TopicAgeMap;
  /** Lorenz curves over all creators there have been, at shares 0, 1/50 … 1; null where nothing was given out. */
  readonly exposureLorenz: readonly number[] | null;
  readonly payoutLorenz: readonly number[] | null;
  /** Lives from joining to leaving, watched for the days recorded: for a Kaplan–Meier curve. */
  readonly creatorLives: WatchedLives;
  readonly userLives: WatchedLives;
}

interface LifeDays {
  readonly joined: number[];
  readonly left: number[];
}

/** Records what pictures of an ecosystem are made of, from the pages and lives that a feed hands over and the world's own state. */
export class EcosystemRecorder implements EcosystemSink {
  readonly #state: ContentState;
  readonly #options: EngineOptions;
  readonly #days: number;
  readonly #daily: Record<DailySeries, number[]>;
  readonly #supply: Float64Array;
  readonly #exposure: Float64Array;
  readonly #impressionsOf: number[] = [];
  readonly #payoutsOf: number[] = [];
  readonly #lives: Record<"user" | "creator", LifeDays> = {
    user: { joined: [], left: [] },
    creator: { joined: [], left: [] },
  };
  #pages = 0;
  #impressions = 0;
  #harmful = 0;
  #revenue = 0;

  /** @param days - how many will be recorded */
  constructor(state: ContentState, options: EngineOptions, days: number) {
    this.#state = state;
    this.#options = options;
    this.#days = days;
    const cells = options.topics * AGE_EDGES.length;
    this.#supply = new Float64Array(cells);
    this.#exposure = new Float64Array(cells);
    const none = DAILY_SERIES.map((name): [DailySeries, number[]] => [name, []]);
    this.#daily = Object.fromEntries(none) as Record<DailySeries, number[]>;
  }

  addPages({ pageCount, day, page, offsets, creator, impression, topics, topicCount = 0 }: PageEvents): void {
    const impressions = offsets[pageCount]!;
    this.#pages += pageCount;
    this.#impressions += impressions;
    for (let i = 0; i < pageCount; i++) this.#revenue += page.revenue?.[i] ?? 0;
    const mapped = day![0]! >= this.#days - MAP_DAYS;
    for (let i = 0; i < impressions; i++) {
      this.#harmful += impression.harmful![i]!;
      const by = creator![i]!;
      this.#impressionsOf[by] = (this.#impressionsOf[by] ?? 0) + 1;
      if (!mapped) continue;
      const column = ageColumn(impression.age![i]!);
      for (let topic = 0; topic < topicCount; topic++)
        this.#exposure[topic * AGE_EDGES.length + column]! += topics![i * topicCount + topic]!;
    }
  }

  addLives({ subject, kind, id, day }: LifeEvents): void {
    if (subject === "item" || (kind !== "joined" && kind !== "left")) return;
    const days = this.#lives[subject][kind];
    for (let i = 0; i < id.length; i++) days[id[i]!] = day[i]!;
  }

  /** At a day's end, before the feed's: pays out to the creators of the day that has ended. */
  notePayouts({ creator }: LifeNumbers): void {
    const { payout } = this.#state.agency;
    for (let slot = 0; slot < payout.length; slot++) {
      const number = creator[slot]!;
      if (number < 0) continue;
      this.#payoutsOf[number] = (this.#payoutsOf[number] ?? 0) + payout[slot]!;
    }
  }

  /** At a day's end, after the feed's. */
  endDay({ creator }: LifeNumbers): void {
    const { clock, agency } = this.#state;
    const { stepsPerDay } = this.#options;
    const day = clock[CLOCK.tick]! / stepsPerDay;
    const ecosystem = readEcosystem(this.#state, day, this.#pages);
    let payouts = 0;
    for (let slot = 0; slot < agency.payout.length; slot++)
      if (creator[slot]! >= 0) payouts += agency.payout[slot]!;
    const values: Record<DailySeries, number> = {
      usersInSession: this.#pages / stepsPerDay,
      users: ecosystem.users,
      satisfaction: ecosystem.satisfaction,
      trust: ecosystem.trust,
      creators: ecosystem.creators,
      newCreatorShare: ecosystem.newCreatorShare,
      exposureGini: ecosystem.exposureGini,
      items: ecosystem.items,
      quality: ecosystem.quality,
      revenue: this.#revenue,
      payouts,
      harmPerMillion: this.#impressions > 0 ? (1e6 * this.#harmful) / this.#impressions : 0,
    };
    for (const name of DAILY_SERIES) this.#daily[name].push(values[name]);
    if (day > this.#days - MAP_DAYS) this.#mapSupply();
    this.#pages = 0;
    this.#impressions = 0;
    this.#harmful = 0;
    this.#revenue = 0;
  }

  /** The latest value of a series. */
  latest(name: DailySeries): number {
    return this.#daily[name].at(-1) ?? Number.NaN;
  }

  recording(): EcosystemRecording {
    const days = Math.min(MAP_DAYS, this.#days);
    return {
      daily: this.#daily,
      supply: rowsOf(this.#supply, days),
      exposure: rowsOf(this.#exposure, days),
      exposureLorenz: lorenzOf(this.#impressionsOf, this.#lives.creator.joined.length),
      payoutLorenz: lorenzOf(this.#payoutsOf, this.#lives.creator.joined.length),
      creatorLives: watchedLives(this.#lives.creator, this.#days),
      userLives: watchedLives(this.#lives.user, this.#days),
    };
  }

  #mapSupply(): void {
    const { items, clock } = this.#state;
    const { stepsPerDay, items: law } = this.#options;
    for (let item = 0; item < items.alive.length; item++) {
      if (items.alive[item] === 0) continue;
      const column = ageColumn((clock[CLOCK.tick]! - items.bornAt[item]!) / stepsPerDay);
      this.#supply[items.topic[item]! * AGE_EDGES.length + column]! += 1 - law.secondaryWeight;
      this.#supply[items.secondTopic[item]! * AGE_EDGES.length + column]! += law.secondaryWeight;
    }
  }
}

function ageColumn(age: number): number {
  let column = AGE_EDGES.length - 1;
  while (age < AGE_EDGES[column]!) column--;
  return column;
}

function rowsOf(cells: Float64Array, days: number): number[][] {
  const width = AGE_EDGES.length;
  return Array.from({ length: cells.length / width }, (_, row) =>
    Array.from(cells.subarray(row * width, (row + 1) * width), (sum) => sum / days),
  );
}

function lorenzOf(amounts: readonly (number | undefined)[], count: number): number[] | null {
  const all = Array.from({ length: count }, (_, i) => amounts[i] ?? 0);
  if (!all.some((amount) => amount > 0)) return null;
  const curve = lorenzCurve(all);
  return Array.from({ length: LORENZ_PARTS + 1 }, (_, part) => {
    const at = (part / LORENZ_PARTS) * (curve.length - 1);
    const below = Math.min(curve.length - 2, Math.floor(at));
    return curve[below]! + (at - below) * (curve[below + 1]! - curve[below]!);
  });
}

function watchedLives({ joined, left }: LifeDays, end: number): WatchedLives {
  const lives = { entry: [] as number[], exit: [] as number[], event: [] as number[] };
  joined.forEach((from, i) => {
    const gone = left[i];
    const entry = Math.max(0, -from);
    const exit = (gone ?? end) - from;
    if (!(exit > entry)) return;
    lives.entry.push(entry);
    lives.exit.push(exit);
    lives.event.push(gone === undefined ? 0 : 1);
  });
  return lives;
}
