import { rootKey } from "@longview/statistics";
import { secondPriceOptions, SecondPriceAuctions } from "../packages/marketplace/src/auctiongym/index.ts";
import {
  randomSlates,
  runWholeEpisodes,
  type SlatePolicy,
} from "../packages/marketplace/src/recsim/index.ts";
import {
  highestAffinityProduct,
  mostClickableProduct,
  mostViewedProduct,
  randomProducts,
  recogymClusterOptions,
  RecogymClusters,
  RecogymLatent,
  recogymLatentOptions,
  type ProductPolicy,
} from "../packages/marketplace/src/recogym/index.ts";
import {
  mostRelevant,
  Sardine,
  singleItemBoredInfOptions,
  slateRerankStaticOptions,
  slateTopKBoredOptions,
  type SardineOptions,
} from "../packages/marketplace/src/sardine/index.ts";
import { numberOption } from "./measure.ts";
import { Report } from "./row.ts";

/** A mean and its standard error. */
type Estimate = readonly [mean: number, standardError: number];

/** Means of one figure over catalogues, with what is needed to compare them with one other catalogue. */
interface CatalogueEstimate {
  readonly estimate: Estimate;
  /** Standard deviation of a catalogue's own mean, freed of the noise of its finite number of episodes. */
  readonly betweenCatalogues: number;
}

const sum = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((total, value) => total + value, 0);

function meanAndError(values: ArrayLike<number>): Estimate {
  const mean = sum(values) / values.length;
  const squares = sum(Array.from(values, (value) => (value - mean) ** 2));
  return [mean, Math.sqrt(squares / (values.length - 1) / values.length)];
}

/** Adds a line: ours, and how far a reference is, where `spread` is a further standard deviation of the difference. */
function compare(
  report: Report,
  name: string,
  [mean, error]: Estimate,
  unit: string,
  reference?: Estimate,
  spread = 0,
): void {
  const z = reference && (mean - reference[0]) / Math.hypot(error, reference[1], spread);
  report.add({
    name,
    measured: mean,
    unit: `${unit} ± ${error.toPrecision(2)}`,
    comparedWith: reference ? `${reference[0]} ± ${reference[1]}` : "nothing",
    ratio: reference ? mean / reference[0] : null,
    bar: reference ? "|z| <= 4" : null,
    met: z === undefined ? null : Math.abs(z) <= 4,
    ...(z === undefined
      ? {}
      : { note: `z = ${z.toFixed(2)}${spread > 0 ? `, between catalogues ${spread.toPrecision(2)}` : ""}` }),
  });
}

function overCatalogues(
  options: SardineOptions,
  policy: () => SlatePolicy<Sardine>,
  catalogues: number,
  episodes: number,
): CatalogueEstimate {
  const means: number[] = [];
  let within = 0;
  for (let catalogueSeed = 0; catalogueSeed < catalogues; catalogueSeed++) {
    const world = new Sardine("sardine", { ...options, catalogueSeed }, episodes);
    world.reset({ seed: `session presets ${catalogueSeed}` });
    const [mean, error] = meanAndError(runWholeEpisodes(world, policy(), 1).returns);
    means.push(mean);
    within += error ** 2 / catalogues;
  }
  const estimate = meanAndError(means);
  const total = estimate[1] ** 2 * catalogues;
  return { estimate, betweenCatalogues: Math.sqrt(Math.max(0, total - within)) };
}

/** Returns of 500 episodes of SARDINE's own code on its shipped catalogue: random slates, and the short-term oracle. */
const sardineLines: readonly {
  readonly name: string;
  readonly options: SardineOptions;
  readonly random: Estimate;
  /** Rounded to 100.0 in the first line, where every step is clicked: no standard error to compare with. */
  readonly oracle?: Estimate;
}[] = [
  {
    name: "SingleItem-Static",
    options: singleItemBoredInfOptions.parse({ interestMemory: 1, boredomThreshold: 11 }),
    random: [8.39, 0.13],
  },
  {
    name: "SingleItem-BoredInf",
    options: singleItemBoredInfOptions.parse({}),
    random: [8.66, 0.14],
    oracle: [50.71, 0.06],
  },
  {
    name: "SingleItem-Uncertain",
    options: singleItemBoredInfOptions.parse({
      interestMemory: 1,
      boredomThreshold: 11,
      relevanceSlope: 10,
    }),
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

function sardine(report: Report, catalogues: number): void {
  for (const { name, options, random, oracle } of sardineLines) {
    const plays: [string, () => SlatePolicy<Sardine>, Estimate | undefined][] = [
      ["random slates", () => randomSlates(rootKey("random slates")), random],
      ["short-term oracle", mostRelevant, oracle],
    ];
    for (const [policy, make, reference] of plays) {
      const found = overCatalogues(options, make, catalogues, 100);
      const unit = `return, ${catalogues} catalogues of 100 episodes,`;
      compare(report, `sardine/${name}: ${policy}`, found.estimate, unit, reference, found.betweenCatalogues);
    }
  }
}

/** Click rate and recommendations a user over whole visits; users who leave before the first recommendation count as 0. */
function visits<World extends RecogymClusters | RecogymLatent>(
  world: World,
  policy: ProductPolicy<World>,
  visitsPerRow: number,
): { clickRate: Estimate; length: Estimate } {
  world.reset({ seed: "session presets" });
  const { returns: clicks, lengths } = runWholeEpisodes(world, policy, visitsPerRow);
  const rate = sum(clicks) / sum(lengths);
  const [length, lengthError] = meanAndError(lengths);
  const [, residual] = meanAndError(clicks.map((count, i) => count - rate * lengths[i]!));
  const met = 0.25 / 0.26; // chance that a user meets a recommendation before leaving
  return { clickRate: [rate, residual / length], length: [met * length, met * lengthError] };
}

function recogym(report: Report, perRow: number): void {
  const v0 = () => new RecogymClusters(recogymClusterOptions.parse({}), 1000);
  const v1 = (input: object, rows: number) => new RecogymLatent(recogymLatentOptions.parse(input), rows);
  const random = (products: number) => randomProducts(products, rootKey("random products"));
  const lines: [string, ReturnType<typeof visits>, Estimate?, Estimate?][] = [
    ["v0: random", visits(v0(), random(10), perRow), [0.01121, 0.00021], [80.5, 1.5]],
    ["v0: most viewed", visits(v0(), mostViewedProduct(10), perRow)],
    ["v0: privileged", visits(v0(), mostClickableProduct(10), perRow)],
    ["v1: random", visits(v1({}, 1000), random(10), perRow), [0.01154, 0.00022], [76.7, 1.4]],
    ["v1: most viewed", visits(v1({}, 1000), mostViewedProduct(10), perRow)],
    ["v1: privileged", visits(v1({ showInterests: true }, 1000), highestAffinityProduct(10), perRow)],
    [
      "v1, 1,000 products: random",
      visits(v1({ products: 1000 }, 250), random(1000), perRow),
      [0.0108, 0.00022],
      [76.2, 1.4],
    ],
  ];
  for (const [name, { clickRate, length }, referenceRate, referenceLength] of lines) {
    compare(report, `recogym/${name}`, clickRate, "clicks / recommendation", referenceRate);
    compare(report, `recogym/${name}`, length, "recommendations / user", referenceLength);
  }
}

/** Means a round of revenue, welfare and advertisers' surplus at one reserve, each over catalogues. */
function auctions(reserve: number, catalogues: number, steps: number): Estimate[] {
  const rows = 100;
  const means = [0, 1, 2].map(() => new Float64Array(catalogues));
  for (let catalogueSeed = 0; catalogueSeed < catalogues; catalogueSeed++) {
    const world = new SecondPriceAuctions(secondPriceOptions.parse({ catalogueSeed }), rows);
    world.reset({ seed: `session presets ${catalogueSeed}` });
    world.action.fill(reserve);
    for (let i = 0; i < steps; i++) {
      world.step();
      for (let at = 0; at < world.objectives.length; at++)
        means[at % 3]![catalogueSeed]! += world.objectives[at]! / (rows * steps);
    }
  }
  return means.map(meanAndError);
}

function auctiongym(report: Report, catalogues: number): void {
  const names = ["revenue", "welfare", "advertiser surplus"];
  const goldens: Estimate[] = [
    [0.4021, 0.002],
    [0.6968, 0.003],
    [0.2948, 0.0016],
  ];
  for (const reserve of [0, 0.2, 0.3, 0.4, 0.5, 0.8]) {
    auctions(reserve, 4 * catalogues, 100).forEach((estimate, i) => {
      const unit = `a round, ${4 * catalogues} catalogues of 10,000 rounds,`;
      compare(
        report,
        `auctiongym: ${names[i]}, reserve ${reserve}`,
        estimate,
        unit,
        reserve === 0 ? goldens[i] : undefined,
      );
    });
  }
}

/** `npm run bench -- session-presets [--catalogues N]`: SARDINE, RecoGym and AuctionGym against their own code, |z| <= 4. */
export function run(args: readonly string[]): number {
  const report = new Report("session-presets", args);
  const catalogues = numberOption(args, "catalogues", 100);
  sardine(report, catalogues);
  recogym(report, 40);
  auctiongym(report, catalogues);
  return report.exitCode;
}
