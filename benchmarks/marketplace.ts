import { measureAllocation } from "./allocation.ts";
import { median, numberOption, ratesPerCpuSecond } from "./measure.ts";
import { Report } from "./row.ts";
import { marketplacePlay } from "./worlds.ts";

const BAR = 150_000;

/** `npm run bench -- marketplace [--users N] [--decisions N]` */
export function run(args: readonly string[]): number {
  const report = new Report("marketplace", args);
  const users = numberOption(args, "users", 256);
  const decisions = numberOption(args, "decisions", 300_000);
  const play = marketplacePlay(users);
  play(decisions);
  const rate = median(ratesPerCpuSecond(5, () => play(decisions)));
  report.add({
    name: `marketplace/content-v0, random slates of 5 of 20, ${users} users`,
    measured: rate,
    unit: "decisions / CPU second, one core, median of 5",
    comparedWith: "the bar",
    ratio: rate / BAR,
    bar: `>= ${BAR}`,
    met: rate >= BAR,
  });
  const { decisions: taken, bytes } = measureAllocation("marketplace", 1_000_000);
  report.add({
    name: "marketplace/content-v0, heap growth",
    measured: bytes / taken,
    unit: `bytes / decision over ${taken}, median of 3 windows`,
    comparedWith: "nothing",
    ratio: null,
    bar: "< 1",
    met: bytes / taken < 1,
  });
  return report.exitCode;
}
