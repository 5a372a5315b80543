/**
 * The gap atlas in worlds whose gaps are known (`gaps/world.ts` has their sizes and effects), and shadow prices against problems that
 * are solved again.
 *
 * Bars: in 200 worlds with planted gaps, at Benjamini–Hochberg q = 0.05, at most 10 % of what is reported is false (mean over
 * worlds), and of the planted gaps that are reported at least 90 % have the planted cause; of 500 worlds without gaps at most 7 %
 * report one; each shadow price is the finite difference of the re-solved problem to 1e-6.
 *
 * Beside these, logs (`gaps/log-world.ts`), a fifth as many as worlds without gaps: the same bar for those without.
 *
 * `--worlds N` and `--null-worlds N` change the counts.
 */
import { foldIn, rootKey } from "@longview/statistics";
import { buildAtlas, collectLogEvidence } from "@longview/scorecard/gaps";
import { drawLog, LOST_AT } from "./gaps/log-world.ts";
import { drawSupply, largestPriceError } from "./gaps/supply-draw.ts";
import { judgeWorld, type WorldScore } from "./gaps/judge-world.ts";
import { drawGapWorld, type WorldKind } from "./gaps/world.ts";
import { numberOption } from "./measure.ts";
import { Report } from "./row.ts";

async function scoresOf(kind: WorldKind, worlds: number): Promise<WorldScore[]> {
  const key = rootKey(`gap worlds, ${kind}`);
  const scores: WorldScore[] = [];
  for (let world = 0; world < worlds; world++)
    scores.push(await judgeWorld(drawGapWorld(foldIn(key, world), kind)));
  return scores;
}

/** Cells reported in a log; of those of a topic that a stage loses how many have it among the causes named, and how many name another. */
async function logScore(
  world: number,
  gaps: boolean,
): Promise<{ found: number; lost: number; right: number; wrong: number }> {
  const { evidence } = await collectLogEvidence(drawLog(foldIn(rootKey("gap logs"), world), gaps));
  const found = buildAtlas(evidence).cells.filter((cell) => cell.found);
  const lost = found.filter(({ topic }) => LOST_AT[topic] !== "none");
  const right = lost.filter(({ topic, cause }) => cause.stages.some((stage) => stage === LOST_AT[topic]));
  const wrong = lost.filter((cell) => cell.cause.clear && !right.includes(cell));
  return { found: found.length, lost: lost.length, right: right.length, wrong: wrong.length };
}

const sum = (scores: readonly WorldScore[], of: (score: WorldScore) => number): number =>
  scores.reduce((total, score) => total + of(score), 0);

/** Prints the figures. */
export async function run(args: readonly string[]): Promise<number> {
  const report = new Report("gaps", args);
  const worlds = numberOption(args, "worlds", 200);
  const nullWorlds = numberOption(args, "null-worlds", 500);
  const row = (name: string, measured: number, comparedWith: string, bar: string, met: boolean): void =>
    report.add({ name, measured, unit: "share", comparedWith, ratio: null, bar, met });
  const plain = (name: string, measured: number, comparedWith: string): void =>
    report.add({ name, measured, unit: "share", comparedWith, ratio: null, bar: null, met: null });

  const planted = await scoresOf("planted", worlds);
  const falseShare = sum(planted, ({ falselyFound, found }) => falselyFound / Math.max(1, found)) / worlds;
  row(
    "false among reported gaps",
    falseShare,
    `${worlds} worlds of 10 planted gaps`,
    "<= 0.10",
    falseShare <= 0.1,
  );
  const right = sum(planted, (s) => s.causeRight) / sum(planted, (s) => s.plantedFound);
  row("planted gaps reported with their cause", right, "planted gaps reported", ">= 0.90", right >= 0.9);
  plain(
    "planted gaps reported",
    sum(planted, (s) => s.plantedFound) / sum(planted, (s) => s.planted),
    "all planted gaps, those in cells of one or two decisions too",
  );
  const tested = sum(planted, (s) => s.tested);
  plain("95 % intervals of a loss that cover", sum(planted, (s) => s.lossCovered) / tested, "tested cells");
  plain("95 % intervals of a gap that cover", sum(planted, (s) => s.gapCovered) / tested, "tested cells");
  plain(
    "95 % intervals of a reported gap that cover",
    sum(planted, (s) => s.foundCovered) / sum(planted, (s) => s.found),
    "reported cells",
  );

  for (const [kind, what] of [
    ["none", "worlds without gaps"],
    ["margin", "worlds in which every cell loses exactly the margin"],
  ] as const) {
    const none = await scoresOf(kind, nullWorlds);
    const any = sum(none, ({ found }) => (found > 0 ? 1 : 0)) / nullWorlds;
    row(`${what} that report one`, any, `${nullWorlds} worlds`, "<= 0.07", any <= 0.07);
  }

  const logs = Math.ceil(nullWorlds / 5);
  let reporting = 0;
  let lost = 0;
  let causeAmong = 0;
  let causeWrong = 0;
  for (let world = 0; world < logs; world++) {
    if ((await logScore(world, false)).found > 0) reporting++;
    const withGaps = await logScore(world, true);
    lost += withGaps.lost;
    causeAmong += withGaps.right;
    causeWrong += withGaps.wrong;
  }
  row(
    "logs without gaps that report one",
    reporting / logs,
    `${logs} logs`,
    "<= 0.07",
    reporting / logs <= 0.07,
  );
  const ofThem = `${lost} gaps reported from ${logs} logs`;
  plain("gaps of logs with the planted cause among those named", causeAmong / lost, ofThem);
  plain(
    "gaps of logs for which one cause is named, and it is not the planted one",
    causeWrong / lost,
    ofThem,
  );

  let error = 0;
  let prices = 0;
  let corners = 0;
  for (let world = 0; world < worlds; world++) {
    const found = await largestPriceError(
      drawSupply(foldIn(rootKey("supply problems"), world), world % 2 ? 1 : 0.6),
    );
    error = Math.max(error, found.error);
    prices += found.prices;
    corners += found.corners;
  }
  report.add({
    name: "largest difference of a shadow price from the finite difference",
    measured: error,
    unit: "utility an exposure",
    comparedWith: `re-solved problems, ${prices} prices in ${worlds} problems of 12 users and 8 suppliers`,
    ratio: null,
    bar: "<= 1e-6",
    met: error <= 1e-6,
    note: `${corners} at a corner of the value`,
  });
  return report.exitCode;
}
