/**
 * What sponsored positions earn and cost in `marketplace/content-v1`, with advertising switched on and nothing else beside
 * content-v0: for two auctions and every ad load, revenue of the first week and of the last four, pages, user value, advertiser
 * surplus, organic value displaced; paired differences from an ad load of 1; how far campaigns outspend a day's budget under
 * each kind of pacing. Every number is a mean over worlds that share their noise.
 */
import {
  heuristicActor,
  makeWholeMarketplace,
  MECHANISMS_OFF,
  type WholeMarketplaceInput,
} from "@longview/marketplace";
import { foldIn, meanInterval, rootKey } from "@longview/statistics";
import { numberOption } from "./measure.ts";
import { Report } from "./row.ts";

// with one position, second price and generalised second price are one auction
const AUCTIONS = ["generalized-second-price", "vickrey-clarke-groves"] as const;
const PACING = ["none", "adaptive", "controller", "throttling"] as const;
const LOADS = [0, 1, 2, 3, 4];

interface World {
  /** Money a user slot and day, but `pages` [pages a slot and day] and `userValue` [a slot and day]. */
  readonly firstWeek: number;
  readonly lastWeeks: number;
  readonly pages: number;
  readonly userValue: number;
  readonly satisfaction: number;
  /** Sponsored positions a page. */
  readonly positions: number;
  /** Money a page. */
  readonly surplus: number;
  readonly displaced: number;
  /** Money that was spent above the allowances of days, over what was spent. */
  readonly overspent: number;
  /** Money that ended campaigns spent above their total budgets, over what they spent. */
  readonly overdrawn: number;
  /** Share of the steps of campaigns in which they were out of money. */
  readonly idle: number;
}

type Campaigns = ReturnType<typeof makeWholeMarketplace>["privileged"]["advertising"]["campaigns"];

/** Watches what campaigns spend, step by step. */
class Accounts {
  readonly #campaigns: Campaigns;
  #alive = new Uint8Array(0);
  #spent = new Float64Array(0);
  #left = new Float64Array(0);
  #total = { spent: 0, over: 0, ended: 0, overdrawn: 0, steps: 0, idle: 0 };

  constructor(campaigns: Campaigns) {
    this.#campaigns = campaigns;
  }

  before(): void {
    const { alive, spent, allowance, spentToday } = this.#campaigns;
    this.#alive = alive.slice();
    this.#spent = spent.slice();
    this.#left = allowance.map((money, campaign) => money - spentToday[campaign]!);
  }

  after(): void {
    const { alive, spent, totalBudget } = this.#campaigns;
    const total = this.#total;
    for (let campaign = 0; campaign < alive.length; campaign++) {
      if (this.#alive[campaign] === 0) continue;
      const now = spent[campaign]! - this.#spent[campaign]!;
      total.steps++;
      if (this.#left[campaign]! <= 0) total.idle++;
      total.spent += now;
      total.over += Math.max(0, now - Math.max(0, this.#left[campaign]!));
      if (alive[campaign] === 1) continue;
      total.ended += spent[campaign]!;
      total.overdrawn += Math.max(0, spent[campaign]! - totalBudget[campaign]!);
    }
  }

  shares(): Pick<World, "overspent" | "overdrawn" | "idle"> {
    const { spent, over, ended, overdrawn, steps, idle } = this.#total;
    return {
      overspent: spent > 0 ? over / spent : 0,
      overdrawn: ended > 0 ? overdrawn / ended : 0,
      idle: steps > 0 ? idle / steps : 0,
    };
  }
}

interface Settings {
  readonly slots: number;
  readonly days: number;
  readonly adLoad: number;
  readonly advertising: WholeMarketplaceInput["advertising"];
}

function live(number: number, { slots, days, adLoad, advertising }: Settings): World {
  const world = makeWholeMarketplace({
    users: slots,
    options: {
      ...MECHANISMS_OFF,
      delays: { enabled: true },
      levers: { ...MECHANISMS_OFF.levers, adLoad },
      advertising,
      days: days + 1,
    },
    key: foldIn(rootKey("advertising benchmark"), number),
  });
  const { stepsPerDay } = world.options;
  const actor = heuristicActor();
  const { users, advertising: state } = world.privileged;
  const { campaigns } = state;
  let [firstWeek, lastWeeks, pages, userValue, positions, surplus, displaced] = [0, 0, 0, 0, 0, 0, 0];
  const accounts = new Accounts(campaigns);
  for (let day = 0; day < days; day++) {
    for (let t = 0; t < stepsPerDay; t++) {
      for (let row = 0; row < slots; row++) pages += world.active[row]!;
      void actor.act(world);
      accounts.before();
      world.step();
      accounts.after();
      for (let row = 0; row < slots; row++) userValue += world.objectives[row * world.objectiveNames.length]!;
    }
    const [revenue, taken, , left, shown] = state.daily;
    if (day < 7) firstWeek += revenue! / 7 / slots;
    if (day >= days - 28) lastWeeks += revenue! / 28 / slots;
    positions += shown!;
    surplus += left!;
    displaced += taken!;
  }
  let satisfaction = 0;
  let there = 0;
  for (let user = 0; user < slots; user++) {
    satisfaction += users.alive[user]! * users.satisfaction[user]!;
    there += users.alive[user]!;
  }
  return {
    firstWeek,
    lastWeeks,
    pages: pages / days / slots,
    userValue: userValue / days / slots,
    satisfaction: satisfaction / there,
    positions: positions / pages,
    surplus: surplus / pages,
    displaced: displaced / pages,
    ...accounts.shares(),
  };
}

const mean = (worlds: readonly World[], of: keyof World) =>
  worlds.reduce((sum, world) => sum + world[of], 0) / worlds.length;

function describe(worlds: readonly World[]): string {
  const of = (name: keyof World) => mean(worlds, name).toFixed(4);
  return `first week ${of("firstWeek")}, pages ${of("pages")}, user value ${of("userValue")}, satisfaction ${of("satisfaction")}, a page: ${of("positions")} positions, surplus ${of("surplus")}, displaced ${of("displaced")}`;
}

/** `--worlds N` (12), `--days N` (56, at least 35), `--users N` (256 user slots). */
export function run(args: readonly string[]): number {
  const report = new Report("advertising", args);
  const count = numberOption(args, "worlds", 12);
  const days = numberOption(args, "days", 56);
  const slots = numberOption(args, "users", 256);
  const runs = (adLoad: number, advertising: Settings["advertising"]) =>
    Array.from({ length: count }, (_, number) => live(number, { slots, days, adLoad, advertising }));
  for (const auction of AUCTIONS) {
    const byLoad = new Map(LOADS.map((load) => [load, runs(load, { auction })]));
    const base = byLoad.get(1)!;
    for (const [load, worlds] of byLoad) {
      const gain = (of: keyof World) =>
        meanInterval(worlds.map((world, n) => world[of] - base[n]![of]))
          .interval.map((x) => x.toFixed(4))
          .join(" … ");
      report.add({
        name: `advertising: ${auction}, ad load ${load}: revenue of the last four weeks`,
        measured: mean(worlds, "lastWeeks"),
        unit: "money a user slot and day",
        comparedWith:
          load === 1
            ? "itself"
            : `ad load 1, 95 % of paired differences: first week ${gain("firstWeek")}, last four ${gain("lastWeeks")}, pages ${gain("pages")}, user value ${gain("userValue")}`,
        ratio: load === 1 ? null : mean(worlds, "lastWeeks") / mean(base, "lastWeeks"),
        bar: null,
        met: null,
        note: describe(worlds),
      });
    }
  }
  for (const method of PACING) {
    const worlds = runs(2, { pacing: { method } });
    report.add({
      name: `advertising: pacing ${method}, ad load 2: spent above a day's allowance`,
      measured: 100 * mean(worlds, "overspent"),
      unit: "% of what was spent",
      comparedWith: "an allowance that is never passed",
      ratio: null,
      bar: null,
      met: null,
      note: `above total budgets ${(100 * mean(worlds, "overdrawn")).toFixed(1)} % of what ended campaigns spent; out of money in ${(100 * mean(worlds, "idle")).toFixed(1)} % of their steps; revenue of the last four weeks ${mean(worlds, "lastWeeks").toFixed(4)}, surplus a page ${mean(worlds, "surplus").toFixed(4)}`,
    });
  }
  return report.exitCode;
}
