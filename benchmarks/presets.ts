import {
  bestTopics,
  highestLogit,
  highestQuality,
  InterestEvolution,
  interestEvolutionOptions,
  InterestExploration,
  interestExplorationOptions,
  interestOverCost,
  leastClickbait,
  LongTermSatisfaction,
  longTermSatisfactionOptions,
  longTermSatisfactionTensionOptions,
  mostClickbait,
  mostInteresting,
  randomSlates,
  runWholeEpisodes,
  worstTopics,
  type EpisodeStatistics,
} from "@longview/marketplace";
import { rootKey } from "@longview/statistics";
import { numberOption } from "./measure.ts";
import { Report } from "./row.ts";

/** A return: mean and its standard error. */
type Estimate = readonly [mean: number, standardError: number];

interface PresetLine {
  readonly name: string;
  readonly play: (rows: number, episodes: number) => EpisodeStatistics;
  /** The same line elsewhere: RecSim's own code where it was run, else an independent second implementation. */
  readonly reference?: Estimate;
}

const SEED = "presets";
const random = () => randomSlates(rootKey("random slates"));

function evolution(input: object, policy: () => ReturnType<typeof mostInteresting>): PresetLine["play"] {
  return (rows, episodes) => {
    const world = new InterestEvolution(interestEvolutionOptions.parse(input), rows);
    world.reset({ seed: SEED });
    return runWholeEpisodes(world, policy(), episodes);
  };
}

function exploration(policy: () => ReturnType<typeof highestLogit>): PresetLine["play"] {
  return (rows, episodes) => {
    const world = new InterestExploration(interestExplorationOptions.parse({}), rows);
    world.reset({ seed: SEED });
    return runWholeEpisodes(world, policy(), episodes);
  };
}

function satisfaction(tension: boolean, policy: () => ReturnType<typeof mostClickbait>): PresetLine["play"] {
  return (rows, episodes) => {
    const schema = tension ? longTermSatisfactionTensionOptions : longTermSatisfactionOptions;
    const world = new LongTermSatisfaction("long-term-satisfaction", schema.parse({}), rows);
    world.reset({ seed: SEED });
    return runWholeEpisodes(world, policy(), episodes);
  };
}

const twenty = { candidates: 20 };
const lines: readonly PresetLine[] = [
  { name: "interest-evolution: random", play: evolution({}, random), reference: [160.7175, 0.2644] },
  {
    name: "interest-evolution: random, 20 candidates",
    play: evolution(twenty, random),
    reference: [160.4494, 0.2664],
  },
  {
    name: "interest-evolution: random, slates of 2",
    play: evolution({ slots: 2 }, random),
    reference: [154.3638, 0.2491],
  },
  { name: "interest-evolution: myopic", play: evolution({}, mostInteresting), reference: [168.2747, 0.484] },
  { name: "interest-evolution: anti-quality", play: evolution({}, worstTopics), reference: [118.37, 0.03] },
  {
    name: "interest-evolution: interest over cost",
    play: evolution({}, interestOverCost),
    reference: [211.42, 0.21],
  },
  {
    name: "interest-evolution: static quality oracle",
    play: evolution({}, bestTopics),
    reference: [264.4001, 0.807],
  },
  {
    name: "interest-evolution: static quality oracle, 20 candidates",
    play: evolution(twenty, bestTopics),
    reference: [357.13, 0.63],
  },
  { name: "interest-exploration: random", play: exploration(random), reference: [30.765, 0.1313] },
  {
    name: "interest-exploration: highest quality",
    play: exploration(highestQuality),
    reference: [44.259, 0.168],
  },
  { name: "interest-exploration: full oracle", play: exploration(highestLogit), reference: [44.716, 0.1622] },
  {
    name: "long-term-satisfaction: random",
    play: satisfaction(false, random),
    reference: [948.2268, 3.6098],
  },
  {
    name: "long-term-satisfaction: choc",
    play: satisfaction(false, mostClickbait),
    reference: [1115.6082, 4.17],
  },
  {
    name: "long-term-satisfaction: kale",
    play: satisfaction(false, leastClickbait),
    reference: [785.519, 2.9417],
  },
  { name: "long-term-satisfaction-tension: random", play: satisfaction(true, random) },
  { name: "long-term-satisfaction-tension: choc", play: satisfaction(true, mostClickbait) },
  { name: "long-term-satisfaction-tension: kale", play: satisfaction(true, leastClickbait) },
];

/** `npm run bench -- presets [--episodes N]`: returns over whole episodes, |z| <= 4 against the reference. */
export function run(args: readonly string[]): number {
  const report = new Report("presets", args);
  const rows = 1000;
  const perRow = Math.ceil(numberOption(args, "episodes", 20_000) / rows);
  for (const { name, play, reference } of lines) {
    const { returns, lengths, episodes } = play(rows, perRow);
    const mean = returns.reduce((sum, value) => sum + value, 0) / episodes;
    const squares = returns.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    const error = Math.sqrt(squares / (episodes - 1) / episodes);
    const length = lengths.reduce((sum, value) => sum + value, 0) / episodes;
    const z = reference ? (mean - reference[0]) / Math.hypot(error, reference[1]) : undefined;
    report.add({
      name,
      measured: mean,
      unit: `return ± ${error.toFixed(3)} over ${episodes} whole episodes of ${length.toFixed(1)} steps`,
      comparedWith: reference ? `${reference[0]} ± ${reference[1]}` : "nothing",
      ratio: reference ? mean / reference[0] : null,
      bar: reference ? "|z| <= 4" : null,
      met: z === undefined ? null : Math.abs(z) <= 4,
      ...(z === undefined ? {} : { note: `z = ${z.toFixed(2)}` }),
    });
  }
  return report.exitCode;
}
