import { foldIn, meanInterval, rootKey, uniform } from "@longview/statistics";
import {
  MECHANISMS_OFF,
  makeWholeMarketplace,
  popularActor,
  type WholeMarketplaceInput,
} from "@longview/marketplace";
import { CreatorAgency } from "../packages/marketplace/src/content/creator-agency.ts";
import {
  betterResponses,
  bestResponseDynamics,
  enumerateContentGame,
  genreSplitExponent,
  meanQuality,
  potentialViolation,
  pureEquilibria,
  qualityDistribution,
  type ContentGame,
} from "../packages/marketplace/src/equilibrium/index.ts";
import { AGENCY_MODES } from "../packages/marketplace/src/laws/creator-strategy.ts";
import { PAYOUTS, type Payout } from "../packages/marketplace/src/laws/payouts.ts";
import { median, numberOption } from "./measure.ts";
import { Report } from "./row.ts";

/** `npm run bench -- supply-equilibrium [--games N] [--worlds N] [--creators N]` */
export function run(args: readonly string[]): number {
  const report = new Report("supply-equilibrium", args);
  genreSplits(report);
  qualities(report);
  games(report, numberOption(args, "games", 500));
  worlds(report, numberOption(args, "worlds", 30));
  barrier(report, numberOption(args, "creators", 20_000));
  return report.exitCode;
}

function genreSplits(report: Report): void {
  for (const degrees of [90, 60, 45, 30]) {
    const theta = (degrees * Math.PI) / 180;
    const published = 2 / (1 - Math.cos(theta));
    const found = genreSplitExponent({ userAngles: [0, theta], norm: 2 });
    report.add({
      name: `cost exponent at which two equal users at ${degrees}° split the genre`,
      measured: found,
      unit: "1",
      comparedWith: `2 / (1 − cos θ) = ${published.toFixed(3)} (Jagadeesan et al. 2023)`,
      ratio: found / published,
      bar: "within 0.0001",
      met: Math.abs(found - published) <= 1e-4,
    });
  }
}

function qualities(report: Report): void {
  for (const [users, creators, exponent, published] of [
    [1, 2, 2, 0.6667],
    [10, 5, 3, 0.9233],
  ] as const) {
    const competition = { users, creators, exponent };
    const highest = Math.pow(users, 1 / exponent);
    const cells = 100_000;
    let integral = 0;
    for (let i = 0; i < cells; i++)
      integral += ((1 - qualityDistribution(((i + 0.5) / cells) * highest, competition)) * highest) / cells;
    report.add({
      name: `mean quality of ${creators} creators, ${users} users, exponent ${exponent}, by integration`,
      measured: integral,
      unit: "1",
      comparedWith: `closed form ${meanQuality(competition).toFixed(4)}, reference ${published}`,
      ratio: integral / published,
      bar: "within 0.0001",
      met: Math.abs(integral - published) <= 1e-4,
    });
  }
}

/**
 * Six users who want much the same and two who want something else; each of three creators can serve the many, the few,
 * or both by halves. Everyone is shown the two contents that suit them best.
 */
function randomGame(seed: number): ContentGame {
  const key = foldIn(rootKey("supply equilibrium"), seed);
  let draws = 0;
  const draw = () => uniform(key, 0, draws++);
  const near = (many: number, few: number) => [many + 0.2 * draw(), few + 0.2 * draw()];
  return {
    users: Array.from({ length: 8 }, (_, user) => (user < 6 ? near(1, 0) : near(0, 1))),
    creators: Array.from({ length: 3 }, () =>
      [near(1, 0), near(0, 1), near(0.6, 0.6)].map((embedding) => ({ embedding, cost: 0.1 * draw() })),
    ),
    topK: 2,
    temperature: 0.1,
  };
}

function games(report: Report, count: number): void {
  for (const payout of PAYOUTS) {
    let violation = 0;
    let falls = 0;
    let steps = 0;
    let cycles = 0;
    const worst: number[] = [];
    const best: number[] = [];
    for (let seed = 0; seed < count; seed++) {
      const { game, welfare, costs } = enumerateContentGame(randomGame(seed), payout);
      const surplus = welfare.map((value, profile) => value - costs[profile]!);
      violation = Math.max(violation, potentialViolation(game, surplus));
      for (let profile = 0; profile < surplus.length; profile++)
        for (const { profile: next } of betterResponses(game, profile, 1e-9)) {
          steps++;
          if (surplus[next]! < surplus[profile]! - 1e-9) falls++;
        }
      if (!bestResponseDynamics(game, 0).converged) cycles++;
      const reached = pureEquilibria(game).map((profile) => surplus[profile]! / Math.max(...surplus));
      if (reached.length === 0) continue;
      worst.push(Math.min(...reached));
      best.push(Math.max(...reached));
    }
    const exact = payout === "welfare";
    report.add({
      name: `better responses that lower welfare minus costs, paid by ${payout}, ${count} games with a majority and a niche`,
      measured: falls / steps,
      unit: `share of ${steps}; largest departure from a potential ${violation.toExponential(1)}; best responses cycle in ${cycles}`,
      comparedWith: "an exact potential: none",
      ratio: null,
      bar: exact ? "0, departure < 1e-12" : "> 0",
      met: exact ? falls === 0 && violation < 1e-12 : falls > 0,
    });
    for (const [which, shares] of [
      ["worst", worst],
      ["best", best],
    ] as const)
      report.add({
        name: `${which} equilibrium's welfare minus costs, paid by ${payout}`,
        measured: shares.reduce((sum, share) => sum + share, 0) / shares.length,
        unit: `share of the best profile's, mean over ${shares.length} games with a pure equilibrium`,
        comparedWith: "1",
        ratio: null,
        bar: null,
        met: null,
      });
  }
}

const DAYS = 60;

function liveWorld(users: number, seed: number, options: WholeMarketplaceInput) {
  return makeWholeMarketplace({
    users,
    options: { ...MECHANISMS_OFF, days: DAYS + 1, ...options },
    key: foldIn(rootKey("supply equilibrium world"), seed),
  });
}

/** What there is after sixty days under a ranking by clicks. */
function readWorld(by: Payout, seed: number) {
  const world = liveWorld(128, seed, { agency: { payout: { by } } });
  const actor = popularActor();
  actor.start?.(world, rootKey("supply equilibrium actor"));
  let reward = 0;
  for (let step = 0; step < DAYS * world.options.stepsPerDay; step++) {
    void actor.act(world);
    world.step();
    for (let row = 0; row < world.rowCount; row++) reward += world.reward[row]!;
  }
  const { items, creators, agency } = world.privileged;
  const alive = [...items.alive.keys()].filter((item) => items.alive[item] === 1);
  const present = [...creators.alive.keys()].filter((creator) => creators.alive[creator] === 1);
  const mean = (places: readonly number[], values: Float64Array) =>
    places.reduce((sum, place) => sum + values[place]!, 0) / places.length;
  return {
    volume: mean(present, agency.volume),
    effort: mean(present, agency.effort),
    quality: mean(alive, items.quality),
    clickbait: mean(alive, items.bait),
    value: reward / world.rowCount,
  };
}

function worlds(report: Report, count: number): void {
  const seeds = Array.from({ length: count }, (_, seed) => seed);
  const exposure = seeds.map((seed) => readWorld("exposure", seed));
  const welfare = seeds.map((seed) => readWorld("welfare", seed));
  for (const [name, sign] of [
    ["volume", 1],
    ["effort", -1],
    ["quality", -1],
    ["clickbait", 1],
    ["value", -1],
  ] as const) {
    const { mean, interval } = meanInterval(
      seeds.map((seed) => exposure[seed]![name] - welfare[seed]![name]),
    );
    const level = welfare.reduce((sum, world) => sum + world[name], 0) / count;
    report.add({
      name: `${name} after ${DAYS} days paid by exposure minus paid by welfare, best response`,
      measured: mean,
      unit: `95 % interval [${interval.map((end) => end.toFixed(3)).join(", ")}] over ${count} paired worlds`,
      comparedWith: `its level paid by welfare, ${level.toFixed(3)}`,
      ratio: null,
      bar: sign > 0 ? "interval above 0" : "interval below 0",
      met: sign > 0 ? interval[0] > 0 : interval[1] < 0,
    });
  }
}

/** The day's end of creators, apart from the rest of the world. */
function barrier(report: Report, creators: number): void {
  for (const mode of AGENCY_MODES) {
    const world = liveWorld(2_000, 0, {
      creators: { capacity: creators, startShare: 1 },
      items: { capacity: 10 * creators },
      agency: { mode },
    });
    const actor = popularActor();
    for (let step = 0; step < 3; step++) {
      void actor.act(world);
      world.step();
    }
    const agency = new CreatorAgency(world.privileged, world.options, world.rowCount);
    const times: number[] = [];
    for (let day = 1; day <= 12; day++) {
      const before = process.cpuUsage();
      agency.respond(4, day);
      const used = process.cpuUsage(before);
      if (day > 3) times.push((used.user + used.system) / 1000);
    }
    report.add({
      name: `the day's end of ${creators} creators with ${10 * creators} item places, mode ${mode}`,
      measured: median(times),
      unit: "CPU milliseconds, median of 9 after 3",
      comparedWith: "the bar",
      ratio: 50 / median(times),
      bar: "<= 50",
      met: median(times) <= 50,
    });
  }
}
