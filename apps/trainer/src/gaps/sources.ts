import type { GapSource } from "@longview/scorecard/gaps";
import { UsageError } from "../exit-codes.ts";
import { loadRun, type LoadedRun } from "../run/load-run.ts";

/** Plays a run's newest policy in its environment, and says what every decision had to offer. */
export type SimulateGaps = (run: LoadedRun) => Promise<GapSource>;

/** Environments whose utilities are known exactly, by id: what plays them, loaded when it is needed. */
const SIMULATIONS: Readonly<Record<string, () => Promise<SimulateGaps>>> = {
  "marketplace/content-v0": async () =>
    (await import("./content-worlds.ts")).gapsOfContentWorlds("marketplace/content-v0"),
  "marketplace/content-v1": async () =>
    (await import("./content-worlds.ts")).gapsOfContentWorlds("marketplace/content-v1"),
};

/**
 * The source of a run's gaps.
 *
 * @throws {UsageError} for an environment whose utilities nobody tells; it says how to go by a log instead
 */
export async function gapSourceOfRun(folder: string): Promise<GapSource> {
  const run = await loadRun(folder);
  const { id } = run.configuration.environment;
  const simulation = Object.hasOwn(SIMULATIONS, id) ? SIMULATIONS[id] : undefined;
  if (simulation === undefined)
    throw new UsageError([
      `${folder}: environment ${id} doesn't tell what its items are worth to users, so a run alone shows no gaps; write a log of it and read that:`,
      `  npx longview simulate-log --run ${folder} --policy run:${folder} --sessions 2000 --out log.parquet`,
      `  npx longview gaps log.parquet --out gaps`,
    ]);
  return (await simulation())(run);
}
