import { Adversaries } from "./adversaries.ts";
import { Draws } from "./draws.ts";
import { INTEGRITY_DAY, ITEM_STATUS } from "./integrity-columns.ts";
import { INTEGRITY_PURPOSE, itemLabel, REVIEW_DRAW } from "./integrity-draws.ts";
import { LEVER } from "./levers.ts";
import type { EngineOptions } from "./options.ts";
import { ReviewQueue } from "./review-queue.ts";
import { CLOCK, type ContentState } from "./state.ts";
import { Strikes } from "./strikes.ts";
import { appealDelay, appealProbability, appealRestores } from "../laws/appeals.ts";
import { classifierScore } from "../laws/classifier.ts";
import { arrivalHazard, arrivedCount } from "../laws/delays.ts";
import { isHeldBack, reachOf } from "../laws/enforcement.ts";
import { reviewRemoves } from "../laws/review.ts";

/**
 * What a platform does about harm that it cannot see: scores, reports, review, strikes, appeals; and the creators who
 * work around it. Everything but a new item's score happens at the end of the day.
 */
export class Integrity {
  readonly #state: ContentState;
  readonly #options: EngineOptions;
  readonly #strikes: Strikes;
  readonly #adversaries: Adversaries;
  readonly #queue: ReviewQueue;
  readonly #reportDraws = new Draws(2);
  readonly #reviewDraws = new Draws(REVIEW_DRAW.length);
  readonly #reachDraws = new Draws(2);
  /** Chance in a day that a report arrives. */
  readonly #arrival = new Float64Array(1);
  /** Reach of each creator today. */
  readonly #reach: Float64Array;

  constructor(state: ContentState, options: EngineOptions) {
    this.#state = state;
    this.#options = options;
    this.#strikes = new Strikes(state, options);
    this.#adversaries = new Adversaries(state, options);
    this.#queue = new ReviewQueue(state, options);
    this.#arrival[0] = options.delays.enabled ? arrivalHazard(options.delays.reportDays) : 1;
    this.#reach = new Float64Array(options.creators.capacity);
  }

  /** A world begins: nobody is known. */
  start(): void {
    const { known, holds, daily, suspended, tallies } = this.#state.integrity;
    known.fill(0);
    suspended.fill(0);
    holds.fill(0);
    daily.fill(0);
    tallies.reports.fill(0);
  }

  /** A creator takes a slot. */
  enter(creator: number): void {
    this.#meet(creator);
  }

  /**
   * A new item: its score, and whether it is held back. `items.classifier` holds the item's standard normal draw and gets the
   * score.
   */
  itemMade(item: number, creator: number): void {
    const { items, creators, levers, integrity, clock, keys } = this.#state;
    this.#meet(creator);
    integrity.label[item] = itemLabel(creator, creators.items[creator]!);
    integrity.waitingReports[item] = 0;
    integrity.newReports[item] = 0;
    integrity.countedImpressions[item] = 0;
    integrity.appealDay[item] = 0;
    integrity.strikeLapses[item] = 0;
    integrity.tallies.reports[item] = 0;
    const harmful = items.harmful[item]!;
    const evades = integrity.adversary[creator] === 1 && harmful === 1;
    if (evades) this.#adversaries.evade(item, creator);
    const score = classifierScore(harmful, items.classifier[item]!, this.#options.classifier);
    items.classifier[item] = score;
    const heldBack = isHeldBack(score, levers[LEVER.integrityThreshold]!);
    integrity.status[item] = heldBack ? ITEM_STATUS.held : ITEM_STATUS.open;
    if (heldBack) integrity.holds[0] = integrity.holds[0]! + 1;
    if (evades) this.#adversaries.noteAnswer(creator, heldBack);
    const day = Math.floor(clock[CLOCK.tick]! / this.#options.stepsPerDay);
    const reach = reachOf(this.#strikes.inForce(creator, day), this.#options.integrity.enforcement);
    this.#reach[creator] = reach;
    if (reach < 1) this.#reachDraws.choose(keys, 2, INTEGRITY_PURPOSE.reach, day);
    integrity.blocked[item] = this.#isBlocked(item) ? 1 : 0;
  }

  /** A user reports an item; it arrives after a delay. */
  report(item: number): void {
    const { reports } = this.#state.integrity.tallies;
    reports[item] = reports[item]! + 1;
  }

  /** The day's end: reports arrive, appeals and reviews are decided, creators bear the consequences. */
  endDay(day: number): void {
    const { items, creators, integrity } = this.#state;
    const { daily, holds } = integrity;
    daily.fill(0);
    daily[INTEGRITY_DAY.holds] = holds[0]!;
    holds[0] = 0;
    this.#chooseKeys(day);
    for (let creator = 0; creator < creators.alive.length; creator++)
      if (creators.alive[creator] === 1) this.#meet(creator);
    for (let item = 0; item < items.alive.length; item++) {
      if (items.alive[item] === 1) this.#bringUpToDate(item, day);
      integrity.tallies.reports[item] = 0;
    }
    const reviews = this.#queue.choose();
    for (let n = 0; n < reviews; n++) this.#review(this.#queue.chosen[n]!, day);
    for (let creator = 0; creator < creators.alive.length; creator++)
      if (creators.alive[creator] === 1) this.#settle(creator, day);
    for (let item = 0; item < items.alive.length; item++)
      if (items.alive[item] === 1) integrity.blocked[item] = this.#isBlocked(item) ? 1 : 0;
  }

  #chooseKeys(day: number): void {
    const { keys } = this.#state;
    this.#reportDraws.choose(keys, 2, INTEGRITY_PURPOSE.reports, day);
    this.#reviewDraws.choose(keys, 2, INTEGRITY_PURPOSE.review, day);
    this.#reachDraws.choose(keys, 2, INTEGRITY_PURPOSE.reach, day);
  }

  /** Notes a creator who is new in their slot. */
  #meet(creator: number): void {
    const { creators, integrity } = this.#state;
    const mark = creators.ordinal[creator]! + 1;
    if (integrity.known[creator] === mark) return;
    integrity.known[creator] = mark;
    this.#strikes.clear(creator);
    this.#adversaries.meet(creator);
  }

  #bringUpToDate(item: number, day: number): void {
    this.#countImpressions(item);
    this.#receiveReports(item);
    if (this.#state.integrity.appealDay[item] === day) this.#decideAppeal(item, day);
    this.#reconsider(item);
  }

  #countImpressions(item: number): void {
    const { items, integrity } = this.#state;
    const { daily } = integrity;
    const shown = items.impressions[item]! - integrity.countedImpressions[item]!;
    integrity.countedImpressions[item] = items.impressions[item]!;
    daily[INTEGRITY_DAY.impressions] = daily[INTEGRITY_DAY.impressions]! + shown;
    if (items.harmful[item] === 1)
      daily[INTEGRITY_DAY.harmfulImpressions] = daily[INTEGRITY_DAY.harmfulImpressions]! + shown;
    if (integrity.adversary[items.creator[item]!] === 1)
      daily[INTEGRITY_DAY.adversaryImpressions] = daily[INTEGRITY_DAY.adversaryImpressions]! + shown;
  }

  #receiveReports(item: number): void {
    const { items, creators, integrity } = this.#state;
    const { daily } = integrity;
    const waiting = integrity.waitingReports[item]! + integrity.tallies.reports[item]!;
    if (waiting === 0) return;
    this.#reportDraws.fill(0, 2, integrity.label[item]!);
    const arrived = arrivedCount(this.#reportDraws.values, waiting, this.#arrival);
    integrity.waitingReports[item] = waiting - arrived;
    integrity.newReports[item] = integrity.newReports[item]! + arrived;
    const creator = items.creator[item]!;
    items.reports[item] = items.reports[item]! + arrived;
    creators.reports[creator] = creators.reports[creator]! + arrived;
    daily[INTEGRITY_DAY.reports] = daily[INTEGRITY_DAY.reports]! + arrived;
    if (items.harmful[item] === 0)
      daily[INTEGRITY_DAY.falseReports] = daily[INTEGRITY_DAY.falseReports]! + arrived;
  }

  #decideAppeal(item: number, day: number): void {
    const { items, integrity } = this.#state;
    integrity.appealDay[item] = 0;
    this.#reviewDraws.fill(0, REVIEW_DRAW.length, integrity.label[item]!);
    const uniform = this.#reviewDraws.values[REVIEW_DRAW.appealVerdict]!;
    if (!appealRestores(uniform, items.harmful[item]!, this.#options.integrity.appeals)) {
      this.#note(INTEGRITY_DAY.appealsRejected);
      return;
    }
    this.#note(INTEGRITY_DAY.appealsUpheld);
    integrity.status[item] = ITEM_STATUS.cleared;
    integrity.newReports[item] = 0;
    this.#strikes.takeBack(items.creator[item]!, integrity.strikeLapses[item]!, day);
  }

  /** Holds an item back, or no more, as the threshold and its reports stand today. */
  #reconsider(item: number): void {
    const { items, levers, integrity } = this.#state;
    const status = integrity.status[item]!;
    if (status === ITEM_STATUS.removed) return;
    const reported = integrity.newReports[item]! >= this.#options.integrity.reports.holdAt;
    const suspect =
      status !== ITEM_STATUS.cleared &&
      isHeldBack(items.classifier[item]!, levers[LEVER.integrityThreshold]!);
    if (reported || suspect) {
      if (status !== ITEM_STATUS.held) this.#note(INTEGRITY_DAY.holds);
      integrity.status[item] = ITEM_STATUS.held;
    } else if (status === ITEM_STATUS.held) integrity.status[item] = ITEM_STATUS.open;
  }

  #review(item: number, day: number): void {
    const { items, integrity } = this.#state;
    const { review, appeals } = this.#options.integrity;
    const harmful = items.harmful[item]!;
    const draws = this.#reviewDraws;
    draws.fill(0, REVIEW_DRAW.length, integrity.label[item]!);
    this.#note(INTEGRITY_DAY.reviews);
    integrity.newReports[item] = 0;
    if (!reviewRemoves(draws.values[REVIEW_DRAW.verdict]!, harmful, review)) {
      integrity.status[item] = ITEM_STATUS.cleared;
      return;
    }
    integrity.status[item] = ITEM_STATUS.removed;
    this.#note(INTEGRITY_DAY.removals);
    if (harmful === 0) this.#note(INTEGRITY_DAY.wrongfulRemovals);
    integrity.strikeLapses[item] = this.#strikes.add(items.creator[item]!, day);
    if (draws.values[REVIEW_DRAW.appeals]! >= appealProbability(harmful, appeals)) return;
    integrity.appealDay[item] = day + appealDelay(draws.values[REVIEW_DRAW.appealDelay]!, appeals);
    this.#note(INTEGRITY_DAY.appeals);
  }

  /** What the day means for a creator: suspension, reach, and the next aim of an adversary. */
  #settle(creator: number, day: number): void {
    if (this.#strikes.settle(creator, day)) this.#note(INTEGRITY_DAY.suspensions);
    this.#reach[creator] = reachOf(this.#strikes.inForce(creator, day), this.#options.integrity.enforcement);
    this.#adversaries.learn(creator);
  }

  /** Whether an item is in no list for retrieval: held back, removed, suspended with its creator, or out of reach today. */
  #isBlocked(item: number): boolean {
    const { items, integrity } = this.#state;
    const status = integrity.status[item]!;
    if (status === ITEM_STATUS.held || status === ITEM_STATUS.removed) return true;
    const creator = items.creator[item]!;
    if (integrity.suspended[creator] === 1) return true;
    const reach = this.#reach[creator]!;
    if (reach >= 1) return false;
    this.#reachDraws.fill(0, 2, integrity.label[item]!);
    return this.#reachDraws.values[0]! >= reach;
  }

  #note(place: number): void {
    const { daily } = this.#state.integrity;
    daily[place] = daily[place]! + 1;
  }
}
