import { MARKETPLACE_IDS } from "@longview/marketplace";
import { measureAllocation } from "./allocation.ts";
import { median, numberOption, ratesPerCpuSecond } from "./measure.ts";
import { Report } from "./row.ts";
import { marketplacePlay } from "./worlds.ts";

/** Decisions a CPU second that each world must reach: v1 with every mechanism on. */
const BARS = { "marketplace/content-v0": 150_000, "marketplace/content-v1": 60_000 } as const;

/** `npm run bench -- marketplace [--users N] [--decisions N]` */
export function run(args: readonly string[]): number {
  const report = new Report("marketplace", args);
  const users = numberOption(args, "users", 256);
  const decisions = numberOption(args, "decisions", 300_000);
  for (const id of MARKETPLACE_IDS) {
    const bar = BARS[id];
    const play = marketplacePlay(id, users);
    play(decisions);
    const rate = median(ratesPerCpuSecond(5, () => play(decisions)));
    report.add({
      name: `${id}, random slates of 5 of 20, ${users} users`,
      measured: rate,
      unit: "decisions / CPU second, one core, median of 5",
      comparedWith: "the bar",
      ratio: rate / bar,
      bar: `>= ${bar}`,
      met: rate >= bar,
    });
    const { decisions: taken, bytes } = measureAllocation(id, 1_000_000);
    report.add({
      name: `${id}, heap growth`,
      measured: bytes / taken,
      unit: `bytes / decision over ${taken}, median of 3 windows`,
      comparedWith: "nothing",
      ratio: null,
      bar: "< 1",
      met: bytes / taken < 1,
    });
  }
  return report.exitCode;
}
