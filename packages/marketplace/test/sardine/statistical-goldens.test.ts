import { rootKey } from "@longview/statistics";
import { describe, expect, test, vi } from "vitest";
import { randomSlates, runWholeEpisodes, type SlatePolicy } from "../../src/recsim/index.ts";
import {
  mostRelevant,
  Sardine,
  singleItemBoredInfOptions,
  slateRerankStaticOptions,
  slateTopKBoredOptions,
  type SardineOptions,
} from "../../src/sardine/index.ts";

vi.setConfig({ testTimeout: 60_000 }); // a busy machine is several times slower

/** Mean of 500 episodes of SARDINE's own code on its shipped catalogue, and its standard error. */
type Golden = readonly [mean: number, standardError: number];

interface Line {
  readonly name: string;
  readonly options: SardineOptions;
  readonly random: Golden;
  readonly oracle?: Golden;
}

const still = { interestMemory: 1, boredomThreshold: 11 };
const lines: readonly Line[] = [
  { name: "SingleItem-Static", options: singleItemBoredInfOptions.parse(still), random: [8.39, 0.13] },
  {
    name: "SingleItem-BoredInf",
    options: singleItemBoredInfOptions.parse({}),
    random: [8.66, 0.14],
    oracle: [50.71, 0.06],
  },
  {
    name: "SingleItem-Uncertain",
    options: singleItemBoredInfOptions.parse({ ...still, relevanceSlope: 10 }),
    random: [11.45, 0.15],
    oracle: [94.53, 0.16],
  },
  {
    name: "SlateTopK-Bored",
    options: slateTopKBoredOptions.parse({}),
    random: [43.03, 0.35],
    oracle: [143, 1.4],
  },
  {
    name: "SlateRerank-Static",
    options: slateRerankStaticOptions.parse({}),
    random: [14.44, 0.17],
    oracle: [21.54, 0.17],
  },
  {
    name: "SlateRerank-Bored",
    options: slateRerankStaticOptions.parse({ boredomThreshold: 4 }),
    random: [12.97, 0.15],
    oracle: [13.97, 0.15],
  },
];

/**
 * Standard errors between SARDINE's one catalogue and ours. Its catalogue is one draw of many, so the variance of a
 * catalogue's mean counts beside the errors of both means. It is measured: that of our catalogues' means, less the part
 * that their finite numbers of episodes explain.
 */
function distance(
  options: SardineOptions,
  policy: () => SlatePolicy<Sardine>,
  [golden, error]: Golden,
  catalogues: number,
  episodes: number,
): number {
  const means: number[] = [];
  let within = 0;
  for (let catalogueSeed = 0; catalogueSeed < catalogues; catalogueSeed++) {
    const world = new Sardine("sardine-v0", { ...options, catalogueSeed }, episodes);
    world.reset({ seed: `golden ${catalogueSeed}` });
    const { returns } = runWholeEpisodes(world, policy(), 1);
    const mean = returns.reduce((sum, value) => sum + value, 0) / episodes;
    means.push(mean);
    within += returns.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (episodes - 1) / episodes;
  }
  const mean = means.reduce((sum, value) => sum + value, 0) / catalogues;
  const total = means.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (catalogues - 1);
  const between = Math.max(0, total - within / catalogues);
  return Math.abs(mean - golden) / Math.sqrt(total / catalogues + error ** 2 + between);
}

describe("SARDINE's own code, |z| ≤ 4: eleven comparisons of a fixed seed, false alarm 0.1 % in all", () => {
  test.each(lines)("$name: random slates", ({ options, random }) => {
    const policy = () => randomSlates(rootKey("random slates"));
    expect(distance(options, policy, random, 20, options.items === 10 ? 400 : 50)).toBeLessThanOrEqual(4);
  });

  test.each(lines.filter((line) => line.oracle !== undefined))(
    "$name: the short-term oracle",
    ({ options, oracle }) => {
      const episodes = options.items === 10 ? 400 : 20;
      expect(distance(options, mostRelevant, oracle!, 12, episodes)).toBeLessThanOrEqual(4);
    },
  );
});

test("SingleItem-Static: the oracle is clicked at every one of 100 steps, as in SARDINE's own code (100.0)", () => {
  const world = new Sardine("sardine-v0", lines[0]!.options, 50);
  world.reset({ seed: 1 });
  const { returns } = runWholeEpisodes(world, mostRelevant(), 1);
  expect(returns.reduce((sum, value) => sum + value, 0) / 50).toBeGreaterThan(99.95);
});
