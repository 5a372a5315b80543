import { measureAllocation } from "./allocation.ts";
import { median, numberOption, ratesPerCpuSecond } from "./measure.ts";
import { Report } from "./row.ts";
import { recsimWorlds } from "./worlds.ts";

/** User steps per CPU second of RecSim's own Python on random slates, on another machine (2 vCPU AMD EPYC). */
const ORIGINAL: Readonly<Record<keyof typeof recsimWorlds, number>> = {
  "recsim/interest-evolution-v0": 3_300,
  "recsim/interest-exploration-v0": 2_250,
  "recsim/long-term-satisfaction-v0": 8_380,
};
const BAR = 800_000;

/** `npm run bench -- recsim [--rows N] [--steps N]` */
export function run(args: readonly string[]): number {
  const report = new Report("recsim", args);
  const rows = numberOption(args, "rows", 1024);
  const steps = numberOption(args, "steps", 1_000_000);
  for (const name of Object.keys(ORIGINAL).filter((key) => key in recsimWorlds)) {
    const id = name as keyof typeof recsimWorlds;
    const play = recsimWorlds[id](rows);
    play(steps / 2);
    const rate = median(ratesPerCpuSecond(7, () => play(steps)));
    const first = id === "recsim/interest-evolution-v0";
    report.add({
      name: `${id}, random slates of 3 of 10, ${rows} rows`,
      measured: rate,
      unit: "user steps / CPU second, one core, median of 7",
      comparedWith: `RecSim's Python ${ORIGINAL[id]} (measured on another machine)`,
      ratio: rate / ORIGINAL[id],
      bar: first ? `>= ${BAR}` : null,
      met: first ? rate >= BAR : null,
    });
  }
  const { decisions, bytes } = measureAllocation("recsim", 1_000_000);
  report.add({
    name: "recsim/interest-evolution-v0, heap growth",
    measured: bytes / decisions,
    unit: `bytes / user step over ${decisions}, median of 3 windows`,
    comparedWith: "nothing",
    ratio: null,
    bar: "< 1",
    met: bytes / decisions < 1,
  });
  return report.exitCode;
}
