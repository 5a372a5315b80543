/**
 * What the integrity threshold buys and costs, with and without adversaries, on paired worlds; prints a Markdown table.
 *
 * node --import tsx packages/marketplace/scripts/compare-thresholds.ts [--worlds 12] [--users 128] [--days 40]
 */
import { parseArgs } from "node:util";
import { foldIn, rootKey } from "@longview/statistics";
import { INTEGRITY_DAY } from "../src/content/integrity-columns.ts";
import { makeWholeMarketplace, myopicActor } from "../src/index.ts";

const { values } = parseArgs({
  options: {
    worlds: { type: "string", default: "12" },
    users: { type: "string", default: "128" },
    days: { type: "string", default: "40" },
  },
});
const [worlds, users, days] = [Number(values.worlds), Number(values.users), Number(values.days)];
const NAMES = [
  "impressions",
  "harmfulImpressions",
  "adversaryImpressions",
  "holds",
  "removals",
  "wrongfulRemovals",
  "appealsUpheld",
  "suspensions",
] as const;

/** Totals over days and worlds under the myopic policy, in the order of NAMES. */
function totalsOf(integrityThreshold: number, evasion: Readonly<Record<string, number>>): readonly number[] {
  const totals = new Array<number>(NAMES.length).fill(0);
  for (let n = 0; n < worlds; n++) {
    const key = foldIn(rootKey("thresholds"), n);
    const world = makeWholeMarketplace({
      users,
      options: {
        days: days + 1,
        advertising: { enabled: false },
        agency: { enabled: false },
        levers: { integrityThreshold },
        integrity: { evasion },
      },
      key,
    });
    const actor = myopicActor();
    actor.start?.(world, foldIn(key, 1));
    for (let step = 1; step <= days * world.options.stepsPerDay; step++) {
      void actor.act(world);
      world.step();
      if (step % world.options.stepsPerDay > 0) continue;
      NAMES.forEach((name, i) => {
        totals[i] = totals[i]! + world.privileged.integrity.daily[INTEGRITY_DAY[name]]!;
      });
    }
  }
  return totals;
}

/** Steps so small that an adversary's aim stays where it is: far above every score. */
const STUBBORN = { startAim: 10, firstStep: 0.001, finestStep: 0.001, largestStep: 0.001 };
const CREATORS = [
  ["no adversary", { share: 0 }],
  ["do not evade", { share: 0.05, ...STUBBORN }],
  ["search", { share: 0.05 }],
] as const;

console.log(
  "| adversaries | threshold | harmful impressions per million | of adversaries per million | held back | removed | of them harmless | appeals upheld | suspensions |",
);
console.log("| --- | --- | --- | --- | --- | --- | --- | --- | --- |");
for (const [label, evasion] of CREATORS)
  for (const threshold of [1, 0.8, 0.6, 0.4, 0.2]) {
    const [impressions, harmful, adversary, ...counts] = totalsOf(threshold, evasion);
    const perMillion = (count: number) => Math.round((1e6 * count) / impressions!);
    const cells = [label, threshold, perMillion(harmful!), perMillion(adversary!)];
    console.log(`| ${[...cells, ...counts.map((count) => Math.round(count / worlds))].join(" | ")} |`);
  }
