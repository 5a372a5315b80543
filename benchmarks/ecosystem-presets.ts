import {
  boostedSimilarity,
  Ecoagent,
  ecoagentOptions,
  effectiveNumber,
  generateInstance,
  gini,
  likedAndNeedy,
  mostLiked,
  nearestItem,
  randomReturn,
  RddlEcosystem,
  rddlEcosystemOptions,
  RecsimngEcosystem,
  recsimngEcosystemOptions,
  runWorlds,
  uniformSlates,
  type RddlEcosystemOptions,
  type TwoSidedPolicy,
} from "@longview/marketplace";
import { rootKey } from "@longview/statistics";
import { numberOption } from "./measure.ts";
import { Report } from "./row.ts";

/** A mean and its standard error. */
type Estimate = readonly [mean: number, standardError: number];

const SEED = "ecosystem presets";

function estimate(values: ArrayLike<number>, scale = 1): Estimate {
  const all = Array.from(values);
  const mean = all.reduce((sum, value) => sum + value, 0) / all.length;
  const squares = all.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return [mean * scale, Math.sqrt(squares / (all.length - 1) / all.length) * scale];
}

/** One row: ours beside another's, |z| ≤ 4 where there is another. */
function addEstimate(
  report: Report,
  name: string,
  unit: string,
  [mean, error]: Estimate,
  reference?: Estimate,
): void {
  const z = reference === undefined ? undefined : (mean - reference[0]) / Math.hypot(error, reference[1]);
  report.add({
    name,
    measured: mean,
    unit: `${unit} ± ${error.toPrecision(3)}`,
    comparedWith: reference === undefined ? "nothing" : `${reference[0]} ± ${reference[1]}`,
    ratio: reference === undefined ? null : mean / reference[0],
    bar: reference === undefined ? null : "|z| <= 4",
    met: z === undefined ? null : Math.abs(z) <= 4,
    ...(z === undefined ? {} : { note: `z = ${z.toFixed(2)}` }),
  });
}

const saturated = { saturation: true, newDocumentMargin: 0.5 };
const random = () => uniformSlates(rootKey("random slates"));

interface EcoagentLine {
  readonly name: string;
  readonly options: object;
  readonly policy: () => TwoSidedPolicy<Ecoagent>;
  /** Means and standard errors of an independent implementation over 100 worlds. */
  readonly references?: Readonly<Record<"user" | "creator" | "viable" | "documents", Estimate>>;
}

const ecoagentLines: readonly EcoagentLine[] = [
  {
    name: "random",
    options: {},
    policy: random,
    references: {
      user: [42.56077, 0.091967],
      creator: [345.62735, 0.93329],
      viable: [9.94, 0.023868],
      documents: [173.37, 0.49106],
    },
  },
  {
    name: "random, saturated",
    options: saturated,
    policy: random,
    references: {
      user: [42.569165, 0.091795],
      creator: [3.965343, 0.013371],
      viable: [9.92, 0.027266],
      documents: [83.12, 0.26026],
    },
  },
  {
    name: "random, saturated, equal recommendation rewards",
    options: { ...saturated, largeRecommendationReward: 0.5 },
    policy: random,
    references: {
      user: [42.480566, 0.100004],
      creator: [3.746655, 0.011834],
      viable: [9.93, 0.025643],
      documents: [79.25, 0.25441],
    },
  },
  {
    name: "most liked",
    options: {},
    policy: mostLiked,
    references: {
      user: [49.434188, 0.101907],
      creator: [377.491938, 1.227954],
      viable: [9.56, 0.059152],
      documents: [190.71, 0.62834],
    },
  },
  {
    name: "most liked, saturated",
    options: saturated,
    policy: mostLiked,
    references: {
      user: [49.303583, 0.093444],
      creator: [3.847149, 0.032198],
      viable: [9.57, 0.065528],
      documents: [83.55, 0.52616],
    },
  },
  { name: "liked and needy, weight 1", options: {}, policy: () => likedAndNeedy(1) },
  { name: "liked and needy, weight 1, saturated", options: saturated, policy: () => likedAndNeedy(1) },
];

function runEcoagent(report: Report, worlds: number): void {
  const atOnce = Math.min(worlds, 200);
  for (const { name, options, policy, references } of ecoagentLines) {
    const parsed = ecoagentOptions.parse(options);
    const environment = new Ecoagent(parsed, atOnce * parsed.users);
    environment.reset({ seed: SEED });
    const { totals, last } = runWorlds(environment, policy(), Math.ceil(worlds / atOnce));
    const figures = {
      user: estimate(totals["userReward"]!, 1 / parsed.users),
      creator: estimate(totals["creatorReward"]!, 1 / parsed.creators),
      viable: estimate(last["viableCreators"]!),
      documents: estimate(totals["newDocuments"]!),
    };
    for (const figure of ["user", "creator", "viable", "documents"] as const)
      addEstimate(
        report,
        `ecoagent-v0: ${name}: ${figure}`,
        {
          user: "reward of a user's episode",
          creator: "reward of a creator's episode",
          viable: "viable creators at the end",
          documents: "new documents of an episode",
        }[figure],
        figures[figure],
        references?.[figure],
      );
  }
}

/** RecSim NG by boost cap: cumulative utility and concentration of choices, of a re-derivation over 16 worlds. */
const recsimngLines: readonly {
  readonly cap: number;
  readonly utility: Estimate;
  readonly gini: Estimate;
  readonly effective: Estimate;
}[] = [
  { cap: 0, utility: [109.1046, 16.0347], gini: [0.801096, 0.006344], effective: [20.28545, 0.623] },
  { cap: 0.3, utility: [114.3711, 16.4316], gini: [0.792149, 0.006593], effective: [21.38848, 0.68587] },
  { cap: 1.2, utility: [133.3774, 18.6883], gini: [0.542463, 0.027525], effective: [44.81108, 2.20353] },
  { cap: 3, utility: [69.6193, 19.3309], gini: [0.323313, 0.015203], effective: [59.73852, 1.13983] },
  { cap: 10, utility: [-187.2063, 24.5539], gini: [0.25996, 0.015069], effective: [63.65084, 1.12532] },
];

function runRecsimng(report: Report, worlds: number): void {
  const providerMeans = [
    [1, 0],
    [0, 1],
    [1, 1],
    [0, 0],
  ];
  const test = new RecsimngEcosystem(recsimngEcosystemOptions.parse({ providerMeans, horizon: 2 }), 20_000);
  test.reset({ seed: SEED });
  const [mean, error] = estimate(
    runWorlds(test, boostedSimilarity(rootKey("test"), 1.2), 20).totals["reward"]!,
    1 / 2000,
  );
  report.add({
    name: "recsimng/ecosystem-v0: the original's test",
    measured: mean,
    unit: `cumulative utility of a user ± ${error.toPrecision(3)}, horizon 2`,
    comparedWith: "-14",
    ratio: mean / -14,
    bar: "within 5 %",
    met: Math.abs(-14 - mean) <= 0.05 * Math.abs(mean),
  });
  const myopic: number[] = [];
  for (const { cap, ...references } of recsimngLines) {
    const options = recsimngEcosystemOptions.parse({});
    const environment = new RecsimngEcosystem(options, options.users);
    const policy = boostedSimilarity(rootKey("boosts"), cap);
    const utilities: number[] = [];
    const ginis: number[] = [];
    const effective: number[] = [];
    environment.reset({ seed: SEED });
    for (let world = 0; world < worlds; world++) {
      let sum = 0;
      for (let step = 0; step < options.horizon; step++) {
        if (step === options.horizon - 1) {
          const { pulls, providers } = environment.truth; // all choices but those of the last step
          ginis.push(gini(pulls));
          effective.push(effectiveNumber(pulls, 0, providers));
        }
        policy(environment);
        environment.step();
        for (const reward of environment.reward) sum += reward;
      }
      utilities.push(sum / options.users);
    }
    if (cap === 0) myopic.push(...utilities);
    const name = `recsimng/ecosystem-v0: boost cap ${cap}`;
    addEstimate(
      report,
      `${name}: utility`,
      "cumulative utility of a user",
      estimate(utilities),
      references.utility,
    );
    addEstimate(report, `${name}: gini`, "Gini of the providers' choices", estimate(ginis), references.gini);
    addEstimate(
      report,
      `${name}: effective providers`,
      "exponential of the entropy of choices",
      estimate(effective),
      references.effective,
    );
    if (cap > 0)
      addEstimate(
        report,
        `${name}: utility over the myopic recommender's`,
        "difference on the same worlds",
        estimate(utilities.map((utility, i) => utility - myopic[i]!)),
      );
  }
}

function runRddl(report: Report, worlds: number): void {
  const play = (options: RddlEcosystemOptions, policy: TwoSidedPolicy<RddlEcosystem>, seed: string) => {
    const environment = new RddlEcosystem(options, generateInstance(options), worlds * options.consumers);
    environment.reset({ seed });
    return runWorlds(environment, policy, 1);
  };
  for (const featureOwner of ["previous", "current"] as const) {
    const options = rddlEcosystemOptions.parse({ featureOwner });
    const tried = [0, 0.1, 0.2, 0.5, 1, 2, 5].map((weight) => ({
      weight,
      mean: estimate(play(options, nearestItem(weight), "tuning").totals["reward"]!)[0],
    }));
    const { weight: tuned } = tried.reduce((best, each) => (each.mean > best.mean ? each : best));
    const exact: Estimate = [randomReturn(generateInstance(options), options), 0];
    const lines: [string, TwoSidedPolicy<RddlEcosystem>, Estimate?][] = [
      ["random", random(), exact],
      ["greedy", nearestItem(0)],
      [`vote of weight ${tuned}, tuned on other seeds`, nearestItem(tuned)],
    ];
    for (const [name, policy, reference] of lines) {
      const { totals, last } = play(options, policy, SEED);
      const title = `rddl/recsim-ecosystem-v0: features of the ${featureOwner} owner: ${name}`;
      addEstimate(report, title, "return of an episode of 200 steps", estimate(totals["reward"]!), reference);
      addEstimate(
        report,
        `${title}: providers`,
        "effective providers at the end",
        estimate(last["effectiveProviders"]!),
      );
    }
  }
}

/**
 * `npm run bench -- ecosystem-presets [--ecoagent-worlds N] [--recsimng-worlds N] [--rddl-worlds N]`: the two-sided
 * presets against independent implementations, |z| <= 4, and their policies side by side.
 */
export function run(args: readonly string[]): number {
  const report = new Report("ecosystem-presets", args);
  runEcoagent(report, numberOption(args, "ecoagent-worlds", 2000));
  runRddl(report, numberOption(args, "rddl-worlds", 40));
  runRecsimng(report, numberOption(args, "recsimng-worlds", 16));
  return report.exitCode;
}
