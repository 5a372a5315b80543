import { CONTROL, TREATMENT } from "@longview/experiments";
import type { RandomKey } from "@longview/statistics";
import { writeTopSlate, type ScoreInto } from "../baselines/actor.ts";
import { readCatalogue } from "../content/catalogue.ts";
import type { ContentMarketplace } from "../content/content-marketplace.ts";
import { CLOCK, OUTCOME } from "../content/state.ts";
import { talliesOf } from "../content/tallies.ts";
import { ContentWorld } from "../content/world.ts";
import { LEVER_NAMES } from "../laws/levers.ts";
import { assign, type Assignment, type MarketplaceDesign } from "./assignment.ts";
import { MARKET_FEATURES, MarketFeatures, PAGE_LEVERS } from "./market-features.ts";
import { leverValues, setLevers, type PlatformPolicy } from "./platform-policy.ts";

/** An experiment in a marketplace. */
export interface ExperimentOptions {
  readonly design: MarketplaceDesign;
  readonly control: PlatformPolicy;
  readonly treatment: PlatformPolicy;
  /** How long it runs [days]. */
  readonly days: number;
  /** Key of the assignment. */
  readonly key: RandomKey;
  /** Which luck from now on, as in `world.fork`. @defaultValue the world's own */
  readonly future?: number;
}

/** Pages of an experiment in the order in which they were decided, as struct of arrays. */
export interface ExperimentPages {
  readonly count: number;
  readonly user: Int32Array;
  /** Steps since the experiment began. */
  readonly tick: Int32Array;
  readonly arm: Uint8Array;
  /** `reward` and every objective, by name. */
  readonly outcomes: Readonly<Record<string, Float64Array>>;
  /** State of the market before the page, `[count, MARKET_FEATURES.length]`. */
  readonly features: Float64Array;
}

/** What an experiment showed. */
export interface ExperimentRun {
  readonly assignment: Assignment;
  readonly days: number;
  readonly stepsPerDay: number;
  /** User and creator slots. */
  readonly users: number;
  readonly creators: number;
  readonly pages: ExperimentPages;
  /** Positions looked at by user and creator, `[users, creators]`. */
  readonly looks: Int32Array;
  /** The world as the experiment left it. */
  readonly world: ContentMarketplace;
}

/**
 * Runs an experiment on a fork of a world, from its present state on; the world itself does not change.
 *
 * A pair of user and creator is treated where the design says: the page's arm decides how all of its candidates are scored and
 * where the levers stand, or in designs of creators each candidate is scored by its own pair's arm. In `budget-split` each
 * campaign bids in one arm only (arms answer one after the other within a step, so exposure that creators are owed is counted
 * up to there); in `co-diverted` candidates of the other part of the corpus are masked. Whoever is in no arm has control.
 *
 * @throws RangeError when the world would be over within the days, for levers that the design cannot set by arm, and in
 * `co-diverted` for a page with fewer candidates of its own part than slots
 */
export function runExperiment(world: ContentMarketplace, options: ExperimentOptions): ExperimentRun {
  const { days, future } = options;
  const { stepsPerDay, creators } = world.options;
  const left = world.options.days * stepsPerDay - world.privileged.clock[CLOCK.tick]!;
  if (!(days >= 1 && days * stepsPerDay < left))
    throw new RangeError(
      `experiment: days must be from 1 to fewer than ${left / stepsPerDay}, which are left of the world, got ${days}`,
    );
  const assignment = assign(world, options.design, options.key);
  const twin = world.fork(future);
  const running = new RunningExperiment(twin, assignment, options);
  for (let tick = 0; tick < days * stepsPerDay; tick++) running.step(tick);
  return {
    assignment,
    days,
    stepsPerDay,
    users: twin.rowCount,
    creators: creators.capacity,
    pages: running.pages(),
    looks: running.looks,
    world: twin,
  };
}

/** A world whose pages are decided by arm. It drives the world's own state, so that levers may differ from page to page. */
class RunningExperiment {
  readonly looks: Int32Array;
  readonly #twin: ContentMarketplace;
  readonly #engine: ContentWorld;
  readonly #assignment: Assignment;
  readonly #scores: readonly [ScoreInto, ScoreInto];
  readonly #levers: readonly [Float64Array, Float64Array];
  readonly #features: MarketFeatures;
  readonly #byPair: boolean;
  readonly #written: readonly [Float64Array, Float64Array];
  readonly #allowance: Float64Array;
  readonly #arms: Uint8Array;
  readonly #user: Int32Array;
  readonly #tick: Int32Array;
  readonly #arm: Uint8Array;
  readonly #names: readonly string[];
  readonly #outcomes: readonly Float64Array[];
  readonly #rows: Float64Array;
  #count = 0;

  constructor(
    twin: ContentMarketplace,
    assignment: Assignment,
    { control, treatment, days }: ExperimentOptions,
  ) {
    const { options, rowCount, privileged: state } = twin;
    this.#twin = twin;
    this.#assignment = assignment;
    this.#engine = new ContentWorld({
      id: twin.id,
      options,
      users: rowCount,
      catalogue:
        options.catalogue === undefined ? undefined : readCatalogue(options.catalogue, options.topics),
      shard: { state, tallies: talliesOf(state) },
    });
    this.#scores = [control.makeScore(), treatment.makeScore()];
    this.#levers = [leversOf(control, state.levers), leversOf(treatment, state.levers)];
    this.#byPair = assignment.design.kind === "creator" || assignment.design.kind === "two-sided";
    this.#checkLevers();
    this.#features = new MarketFeatures(twin);
    this.#written = [new Float64Array(options.candidates), new Float64Array(options.candidates)];
    this.#allowance = new Float64Array(assignment.campaignArm.length);
    this.#arms = new Uint8Array(rowCount);
    this.looks = new Int32Array(rowCount * options.creators.capacity);
    const most = days * options.stepsPerDay * rowCount;
    this.#user = new Int32Array(most);
    this.#tick = new Int32Array(most);
    this.#arm = new Uint8Array(most);
    this.#names = ["reward", ...twin.objectiveNames];
    this.#outcomes = this.#names.map(() => new Float64Array(most));
    this.#rows = new Float64Array(most * MARKET_FEATURES.length);
  }

  pages(): ExperimentPages {
    const count = this.#count;
    return {
      count,
      user: this.#user.subarray(0, count),
      tick: this.#tick.subarray(0, count),
      arm: this.#arm.subarray(0, count),
      outcomes: Object.fromEntries(
        this.#names.map((name, i) => [name, this.#outcomes[i]!.subarray(0, count)]),
      ),
      features: this.#rows.subarray(0, count * MARKET_FEATURES.length),
    };
  }

  /** Levers differ only where the design can set them by arm. */
  #checkLevers(): void {
    const { kind } = this.#assignment.design;
    if (kind === "everyone" || kind === "switchback") return;
    const [control, treatment] = this.#levers;
    LEVER_NAMES.forEach((name, place) => {
      if (control[place] === treatment[place]) return;
      if (this.#byPair || !PAGE_LEVERS.includes(place))
        throw new RangeError(
          `experiment: the design ${kind} cannot set the lever ${name} by arm; allowed: everyone or switchback` +
            (PAGE_LEVERS.includes(place) ? ", and designs whose pages have one arm" : ""),
        );
    });
  }

  step(tick: number): void {
    const { reward, objectives, costs, terminated, rowCount, active } = this.#twin;
    reward.fill(0);
    objectives.fill(0);
    costs.fill(0);
    terminated.fill(0);
    for (let row = 0; row < rowCount; row++) {
      if (active[row] !== 1) continue;
      this.#arms[row] = this.#assignment.pageArm(row, tick);
      if (this.#assignment.design.kind === "co-diverted") this.#mask(row);
      this.#rank(row);
    }
    this.#features.startTick(tick);
    if (this.#assignment.design.kind === "budget-split")
      for (const arm of [CONTROL, TREATMENT]) this.#answerWithOwnBudgets(arm, tick);
    else {
      this.#engine.startAnswers();
      for (let row = 0; row < rowCount; row++)
        if (active[row] === 1) this.#answer(row, this.#arms[row]!, tick);
    }
    this.#endTick(tick);
  }

  /** Candidates of the other part of the corpus cannot be shown. */
  #mask(row: number): void {
    const { candidateItem, items, observation } = this.#twin.privileged;
    const { candidates, slots } = this.#twin.options;
    const { userArm, creatorArm } = this.#assignment;
    let left = 0;
    for (let m = row * candidates; m < (row + 1) * candidates; m++) {
      if (observation.mask[m] !== 1) continue;
      if (creatorArm[items.creator[candidateItem[m]!]!] === userArm[row]) left++;
      else observation.mask[m] = 0;
    }
    if (left < slots)
      throw new RangeError(
        `experiment: co-diverted: a page has ${left} candidates of its own part for ${slots} slots; set the option candidates higher than ${candidates} (24 a slot or more)`,
      );
  }

  #rank(row: number): void {
    const twin = this.#twin;
    const [control, treatment] = this.#written;
    const pageArm = this.#arms[row]!;
    if (!this.#byPair) {
      const arm = pageArm === TREATMENT ? TREATMENT : CONTROL;
      this.#scores[arm](this.#written[arm], twin, row);
      writeTopSlate(twin, row, this.#written[arm]);
      return;
    }
    const { userArm, creatorArm, design } = this.#assignment;
    const { candidateItem, items } = twin.privileged;
    this.#scores[CONTROL](control, twin, row);
    if (design.kind === "creator" || userArm[row] === TREATMENT) {
      this.#scores[TREATMENT](treatment, twin, row);
      for (let m = 0; m < control.length; m++) {
        const item = candidateItem[row * control.length + m]!;
        if (item >= 0 && creatorArm[items.creator[item]!] === TREATMENT) control[m] = treatment[m]!;
      }
    }
    writeTopSlate(twin, row, control);
  }

  /** Pages of one arm, for which the campaigns of the other have no money. */
  #answerWithOwnBudgets(arm: number, tick: number): void {
    const { active, rowCount, privileged } = this.#twin;
    const { allowance } = privileged.advertising.campaigns;
    const { campaignArm } = this.#assignment;
    this.#allowance.set(allowance);
    for (let campaign = 0; campaign < allowance.length; campaign++)
      if (campaignArm[campaign] !== arm) allowance[campaign] = 0;
    this.#engine.startAnswers();
    allowance.set(this.#allowance);
    for (let row = 0; row < rowCount; row++) {
      if (active[row] !== 1) continue;
      // who is outside sees control's campaigns
      const own = this.#arms[row] === TREATMENT ? TREATMENT : CONTROL;
      if (own === arm) this.#answer(row, this.#arms[row]!, tick);
    }
  }

  #answer(row: number, arm: number, tick: number): void {
    const twin = this.#twin;
    const at = this.#count++;
    this.#features.writeInto(this.#rows, at * MARKET_FEATURES.length);
    twin.privileged.levers.set(this.#levers[arm === TREATMENT ? TREATMENT : CONTROL]);
    this.#engine.answer(row, row);
    this.#user[at] = row;
    this.#tick[at] = tick;
    this.#arm[at] = arm;
    const width = twin.objectiveNames.length;
    this.#outcomes[0]![at] = twin.reward[row]!;
    for (let i = 0; i < width; i++) this.#outcomes[i + 1]![at] = twin.objectives[row * width + i]!;
    // the fourth objective, where there is one, is revenue
    this.#features.notePage(row, twin.objectives[row * width + 3] ?? 0);
    this.#noteLooks(row);
  }

  #noteLooks(row: number): void {
    const { outcome, shownItem, items, creators } = this.#twin.privileged;
    const { slots } = this.#twin.options;
    for (let at = row * slots; at < (row + 1) * slots; at++) {
      if ((outcome[at]! & OUTCOME.looked) === 0 || shownItem[at]! < 0) continue;
      const pair = row * creators.alive.length + items.creator[shownItem[at]!]!;
      this.looks[pair] = this.looks[pair]! + 1;
    }
  }

  /** The barrier, with the levers of the arm that all have, or control's where arms differ. */
  #endTick(tick: number): void {
    const { active, rowCount, privileged } = this.#twin;
    const { kind } = this.#assignment.design;
    const common = kind === "everyone" || kind === "switchback" ? this.#assignment.pageArm(0, tick) : CONTROL;
    privileged.levers.set(this.#levers[common === TREATMENT ? TREATMENT : CONTROL]);
    this.#engine.endTick();
    this.#engine.startPages();
    for (let row = 0; row < rowCount; row++) if (active[row] === 1) this.#engine.observe(row, row);
  }
}

/** All levers under a policy: its own, the others where they stand. */
function leversOf(policy: PlatformPolicy, now: Float64Array): Float64Array {
  const all = now.slice();
  setLevers(all, leverValues(policy));
  return all;
}
