import type { Catalogue } from "./catalogue.ts";
import { Draws, PURPOSE } from "./draws.ts";
import { DEMAND_FACTOR } from "./demand-columns.ts";
import { fairShareOf } from "./fair-share.ts";
import type { Mechanisms } from "./mechanisms.ts";
import type { EngineOptions } from "./options.ts";
import { Pools } from "./pools.ts";
import { FIXED_POINT } from "./tallies.ts";
import { CLOCK, type ContentState } from "./state.ts";
import { classifierScore } from "../laws/classifier.ts";
import {
  imitatedTendency,
  itemsProduced,
  leaveProbability,
  nextMotivation,
  workingSkill,
} from "../laws/creators.ts";
import { itemAppeal, itemBait, itemLength, itemQuality } from "../laws/items.ts";
import { logistic } from "../laws/parameter.ts";

const DRAWS_PER_ITEM = 10;
/** Items a day at most, of a creator who does not choose volume, and of one who does or whom a flood carries. */
const USUAL_MOST_ITEMS = 4;
const MOST_ITEMS = 24;
/** Numbers of the production keys of days before the world began, and of a catalogue's dated videos. */
const PAST_DAYS = 0x40000000;
const DATED_VIDEOS = 0x20000000;

/** The creator side: who there is, what they make, how they respond. Runs once a day, at the barrier. */
export class Supply {
  readonly #state: ContentState;
  readonly #options: EngineOptions;
  readonly #catalogue: Catalogue | undefined;
  readonly #mechanisms: Mechanisms;
  readonly #pools: Pools;
  readonly #draws: Draws;
  /** Items that a creator makes in a day at most. */
  readonly #mostItems: number;
  readonly #newSteps: number;
  /** Impressions (and a tenth of it, likes) a day that count as a creator's fair share. */
  readonly #fairShare: number;

  constructor(
    state: ContentState,
    options: EngineOptions,
    users: number,
    mechanisms: Mechanisms,
    catalogue: Catalogue | undefined,
  ) {
    this.#state = state;
    this.#options = options;
    this.#catalogue = catalogue;
    this.#newSteps = options.creators.newDays * options.stepsPerDay;
    this.#mechanisms = mechanisms;
    this.#pools = new Pools(state, options);
    const free = mechanisms.agency?.chooses === true || options.shocks.length > 0;
    this.#mostItems = free ? MOST_ITEMS : USUAL_MOST_ITEMS;
    this.#draws = new Draws(DRAWS_PER_ITEM * this.#mostItems);
    this.#fairShare = fairShareOf(options, users);
  }

  /** Starts a world: creators of every age, and the items that they made before. */
  start(): void {
    const state = this.#state;
    const { creators, items, clock } = state;
    const options = this.#options;
    items.alive.fill(0);
    creators.alive.fill(0);
    creators.ordinal.fill(0);
    clock[CLOCK.itemCursor] = 0;
    state.shownBait.fill(0);
    this.#mechanisms.demand.start();
    this.#mechanisms.agency?.start();
    this.#mechanisms.integrity?.start();
    this.#mechanisms.advertising?.start();
    const capacity = options.creators.capacity;
    const present = Math.max(1, Math.round(capacity * options.creators.startShare));
    for (let creator = 0; creator < present; creator++) {
      this.#enter(creator);
      this.#draws.choose(state.keys, 2, PURPOSE.world, 0);
      this.#draws.fill(0, 2, creator);
      const age = Math.floor(this.#draws.values[0]! * 6 * this.#newSteps);
      creators.joinedAt[creator] = -age;
      creators.motivation[creator] = 0.3 + 0.6 * this.#draws.values[1]!;
      creators.items[creator] = Math.floor((age / options.stepsPerDay) * options.creators.production * 0.5);
      creators.memoryExposure[creator] = this.#fairShare * 0.7;
      creators.memoryLikes[creator] = this.#fairShare * 0.07;
    }
    // the past is replayed day by day, oldest first, so the pool's ages are what production would have left
    const catalogue = this.#catalogue;
    const datedDays = catalogue === undefined ? 0 : catalogue.ageDays[catalogue.oldestFirst[0]!]!;
    for (let day = Math.ceil(options.items.longestAge); day > datedDays; day--)
      this.#produce(-day * options.stepsPerDay, PAST_DAYS + day);
    if (catalogue !== undefined) this.#placeDated(catalogue);
    this.#refreshNew(0);
    this.#pools.list(0);
  }

  /** The catalogue's own videos of the creators there are, at their real ages. */
  #placeDated(catalogue: Catalogue): void {
    for (let n = 0; n < catalogue.videoCount; n++) {
      const video = catalogue.oldestFirst[n]!;
      const age = catalogue.ageDays[video]!;
      const creator = this.#slotOf(catalogue.author[video]!);
      if (creator < 0 || age > this.#options.items.longestAge) continue;
      this.#makeItem(creator, 0, -Math.round(age * this.#options.stepsPerDay), DATED_VIDEOS + video, video);
    }
  }

  /** The barrier at the end of a day: response to the day's exposure, production, leaving, entry, new lists. */
  endDay(tick: number): void {
    const day = tick / this.#options.stepsPerDay;
    const { advertising, agency, integrity, demand } = this.#mechanisms;
    advertising?.endDay(day);
    agency?.respond(tick, day);
    this.#respond();
    demand.endDay(day);
    integrity?.endDay(day);
    this.#produce(tick, day);
    this.#leaveAndEnter(tick, day);
    this.#refreshNew(tick);
    this.#pools.list(tick);
  }

  #enter(creator: number): void {
    const { creators, keys } = this.#state;
    const options = this.#options.creators;
    const draws = this.#draws;
    draws.choose(keys, 2, PURPOSE.creator, creators.ordinal[creator]!);
    draws.fill(0, 6, creator);
    draws.normals(0, 3);
    creators.alive[creator] = 1;
    creators.items[creator] = 0;
    creators.skill[creator] = options.skillSpread * draws.values[0]!;
    creators.bait[creator] = options.baitMean + options.baitSpread * draws.values[1]!;
    creators.risk[creator] = options.riskMean + options.riskSpread * draws.values[2]!;
    creators.topic[creator] = Math.floor(draws.values[3]! * this.#options.topics);
    creators.motivation[creator] = options.motivationStart;
    creators.activity[creator] = 1;
    creators.author[creator] = -1;
    creators.dayImpressions[creator] = 0;
    creators.dayLikes[creator] = 0;
    creators.memoryExposure[creator] = 0;
    creators.memoryLikes[creator] = 0;
    creators.impressions[creator] = 0;
    creators.clicks[creator] = 0;
    creators.likes[creator] = 0;
    creators.hides[creator] = 0;
    creators.reports[creator] = 0;
    creators.completion[creator] = 0;
    if (this.#catalogue !== undefined) this.#becomeAuthor(creator, this.#catalogue);
    this.#mechanisms.agency?.enter(creator);
    this.#mechanisms.integrity?.enter(creator);
  }

  /** Takes a drawn author of the catalogue, or the next one who is not there already. */
  #becomeAuthor(creator: number, catalogue: Catalogue): void {
    const { creators } = this.#state;
    let author = Math.floor(this.#draws.values[4]! * catalogue.authorCount);
    while (this.#slotOf(author) >= 0) author = author + 1 === catalogue.authorCount ? 0 : author + 1;
    const first = catalogue.authorStart[author]!;
    const videos = catalogue.authorStart[author + 1]! - first;
    creators.author[creator] = author;
    creators.activity[creator] = (videos * catalogue.authorCount) / catalogue.videoCount;
    creators.topic[creator] = catalogue.topic[first]!;
  }

  #slotOf(author: number): number {
    const { creators } = this.#state;
    for (let creator = 0; creator < creators.alive.length; creator++)
      if (creators.alive[creator] === 1 && creators.author[creator] === author) return creator;
    return -1;
  }

  #produce(bornAt: number, day: number): void {
    const { creators, keys, agency, integrity, demand } = this.#state;
    const options = this.#options.creators;
    const draws = this.#draws;
    const choosing = this.#mechanisms.agency?.chooses === true;
    const guarded = this.#mechanisms.integrity !== undefined;
    for (let creator = 0; creator < options.capacity; creator++) {
      if (creators.alive[creator] === 0 || creators.joinedAt[creator]! > bornAt) continue;
      if (guarded && integrity.suspended[creator] === 1) continue;
      const factor = demand.factors[DEMAND_FACTOR.production]! * demand.productionBoost[creator]!;
      draws.choose(keys, 2, PURPOSE.production, day);
      draws.fill(0, 2, creator);
      const count = itemsProduced(
        draws.values[0]!,
        choosing ? agency.volume[creator]! : creators.motivation[creator]!,
        creators.activity[creator]! * factor,
        this.#mostItems,
        options,
      );
      for (let n = 0; n < count; n++) this.#makeItem(creator, n, bornAt, day, -1);
    }
  }

  /** One item, keyed by (creator, day, n); `video` is its place in the catalogue, −1: the author's next. */
  #makeItem(creator: number, n: number, bornAt: number, day: number, video: number): void {
    const { creators, items, keys, clock } = this.#state;
    const options = this.#options;
    const draws = this.#draws;
    const first = n * DRAWS_PER_ITEM;
    draws.choose(keys, 2, PURPOSE.item, day);
    draws.fill(first, DRAWS_PER_ITEM, creator);
    draws.normals(first + 3, 3);
    draws.normals(first + 7, 1);
    const values = draws.values;
    const item = clock[CLOCK.itemCursor]!;
    clock[CLOCK.itemCursor] = (item + 1) % options.items.capacity;
    items.alive[item] = 1;
    items.creator[item] = creator;
    items.bornAt[item] = bornAt;
    const topics = options.topics;
    items.topic[item] =
      values[first]! < options.items.offTopic
        ? Math.floor(values[first + 1]! * topics)
        : creators.topic[creator]!;
    items.secondTopic[item] = Math.floor(values[first + 2]! * topics);
    items.logMinutes[item] = itemLength(values[first + 3]!, options.items);
    if (this.#catalogue !== undefined) this.#copyVideo(creator, item, video, this.#catalogue);
    const skill =
      workingSkill(creators.skill[creator]!, creators.items[creator]!, options.creators) +
      options.creators.effort *
        ((this.#mechanisms.agency?.chooses === true
          ? this.#state.agency.effort[creator]!
          : creators.motivation[creator]!) -
          0.5);
    const harmful = values[first + 6]! < logistic(creators.risk[creator]!) ? 1 : 0;
    const quality = itemQuality(skill, values[first + 4]!, options.items);
    const bait = itemBait(creators.bait[creator]!, values[first + 5]!, options.items);
    items.quality[item] = quality;
    items.bait[item] = bait;
    items.harmful[item] = harmful;
    items.appeal[item] = itemAppeal(quality, bait, harmful, options.items);
    if (this.#mechanisms.integrity !== undefined) {
      // the draw is handed over in the column that the score goes to: a number of its own would be boxed
      items.classifier[item] = values[first + 7]!;
      this.#mechanisms.integrity.itemMade(item, creator);
    } else items.classifier[item] = classifierScore(harmful, values[first + 7]!, options.classifier);
    items.impressions[item] = 0;
    items.clicks[item] = 0;
    items.likes[item] = 0;
    items.hides[item] = 0;
    items.reports[item] = 0;
    items.completion[item] = 0;
    items.dayClicks[item] = 0;
    items.recentClicks[item] = 0;
    creators.items[creator] = creators.items[creator]! + 1;
  }

  #copyVideo(creator: number, item: number, video: number, catalogue: Catalogue): void {
    const { creators, items } = this.#state;
    const author = creators.author[creator]!;
    const start = catalogue.authorStart[author]!;
    const next = start + (creators.items[creator]! % (catalogue.authorStart[author + 1]! - start));
    const from = video < 0 ? next : video;
    items.topic[item] = catalogue.topic[from]!;
    items.secondTopic[item] = catalogue.secondTopic[from]!;
    items.logMinutes[item] = catalogue.logMinutes[from]!;
  }

  #respond(): void {
    const { creators, shownBait } = this.#state;
    const options = this.#options.creators;
    const memory = options.exposureMemory;
    const shown = shownBait[1]! > 0 ? shownBait[0]! / FIXED_POINT / shownBait[1]! : -1;
    const choosing = this.#mechanisms.agency?.chooses === true;
    for (let creator = 0; creator < options.capacity; creator++) {
      if (creators.alive[creator] === 0) continue;
      const exposure =
        memory * creators.memoryExposure[creator]! + (1 - memory) * creators.dayImpressions[creator]!;
      const likes = memory * creators.memoryLikes[creator]! + (1 - memory) * creators.dayLikes[creator]!;
      creators.memoryExposure[creator] = exposure;
      creators.memoryLikes[creator] = likes;
      creators.dayImpressions[creator] = 0;
      creators.dayLikes[creator] = 0;
      if (choosing) continue; // agents are motivated by utility, and choose their clickbait
      creators.motivation[creator] = nextMotivation(
        creators.motivation[creator]!,
        exposure / this.#fairShare,
        likes / (0.1 * this.#fairShare),
        options,
      );
      if (shown >= 0) {
        const tendency = creators.bait[creator]!;
        creators.bait[creator] = imitatedTendency(tendency, logistic(tendency), shown, options);
      }
    }
    shownBait.fill(0);
  }

  #leaveAndEnter(tick: number, day: number): void {
    const { creators, keys } = this.#state;
    const options = this.#options.creators;
    const draws = this.#draws;
    for (let creator = 0; creator < options.capacity; creator++) {
      draws.choose(keys, 2, PURPOSE.leaving, day);
      draws.fill(0, 2, creator);
      if (creators.alive[creator] === 1) {
        if (draws.values[0]! < leaveProbability(creators.motivation[creator]!, options)) {
          creators.alive[creator] = 0;
          creators.ordinal[creator] = creators.ordinal[creator]! + 1;
          this.#withdraw(creator);
        }
      } else if (draws.values[1]! < options.entryRate) {
        this.#enter(creator);
        creators.joinedAt[creator] = tick;
      }
    }
  }

  /** A creator who leaves takes their items along. */
  #withdraw(creator: number): void {
    const { items } = this.#state;
    for (let item = 0; item < items.alive.length; item++)
      if (items.creator[item] === creator) items.alive[item] = 0;
  }

  #refreshNew(tick: number): void {
    const { creators } = this.#state;
    for (let creator = 0; creator < creators.alive.length; creator++)
      creators.isNew[creator] =
        creators.alive[creator] === 1 && tick - creators.joinedAt[creator]! < this.#newSteps ? 1 : 0;
  }
}
