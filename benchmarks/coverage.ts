/**
 * Coverage and width of intervals at nominal 95 % over simulated logs with a known value.
 *
 * The worlds, written down before any was run (contexts, actions and probabilities are drawn once, from key "coverage worlds"; `--seed` draws others):
 * - mild: 500 decisions, 10 contexts, 5 actions; logging softmax of normals, target softmax of half of them plus 0.7 normals;
 *   reward Bernoulli of sigmoid(−0.4 + 0.8 normal).
 * - sparse: as mild with 1,000 decisions and reward probabilities scaled so that the target's value is 0.01.
 * - heavy: 500 decisions; the target's one action was logged with p = max(0.005, u^(1/0.8) / 2), u uniform: weights 1/p of tail
 *   index 1.8 (no variance but for the floor); reward probability 0.5 for it, 0.3 otherwise.
 * - clustered: 150 users of 1 to 11 decisions each, one context a user, mild's policies; reward probabilities 0.3 to 0.7, with
 *   +0.3 or −0.3 of the user's own.
 *
 * The default interval's threshold was chosen on the first 1,500 worlds of seed "coverage"; another seed is a fresh test.
 *
 * Estimators: IPS, SNIPS, and DR with a model of half the true reward. Oracle: ±1.96 × the standard deviation of the estimate over the
 * worlds. Bars: the default interval covers ≥ 94.5 % in every family; its mean width ≤ 1.5 × the oracle's in mild.
 */
import { pathToFileURL } from "node:url";
import {
  bettingInterval,
  bootstrapInterval,
  cressieReadInterval,
  defaultInterval,
  empiricalBernsteinInterval,
  type EstimatorTerms,
  hoeffdingInterval,
  studentInterval,
  valueEnvelope,
} from "@longview/off-policy-evaluation";
import { foldIn, normalQuantile, type RandomKey, rootKey, uniformsInto } from "@longview/statistics";
import { Report } from "./row.ts";

const CONTEXTS = 10;
const ACTIONS = 5;
const REPLICATES = 200;

/** One simulated log. */
interface Sample {
  readonly weights: Float64Array;
  readonly rewards: Float64Array;
  /** Model's value of the target, and of the logged action. */
  readonly direct: Float64Array;
  readonly predicted: Float64Array;
  readonly clusters?: Int32Array;
}

interface Family {
  readonly value: number;
  /** Largest weight that is possible. */
  readonly largestWeight: number;
  sample(key: RandomKey): Sample;
}

function softmax(scores: readonly number[]): number[] {
  const exponentials = scores.map(Math.exp);
  const total = exponentials.reduce((a, b) => a + b, 0);
  return exponentials.map((e) => e / total);
}

function uniforms(count: number, key: RandomKey): Float64Array {
  const out = new Float64Array(count);
  uniformsInto(out, 0, count, key.first, key.second, 0, 0);
  return out;
}

/** The families by name; the seed draws their tables. */
export function families(seed = "coverage"): Readonly<Record<string, Family>> {
  const draws = uniforms(3 * CONTEXTS * ACTIONS, rootKey(`${seed} worlds`)).map(normalQuantile);
  const table = (part: number, context: number): number[] =>
    Array.from(
      draws.subarray((part * CONTEXTS + context) * ACTIONS, (part * CONTEXTS + context + 1) * ACTIONS),
    );
  const contexts = Array.from({ length: CONTEXTS }, (_, x) => x);
  const logging = contexts.map((x) => softmax(table(0, x)));
  const target = contexts.map((x) => softmax(table(0, x).map((s, a) => 0.5 * s + 0.7 * table(1, x)[a]!)));
  const mildRewards = contexts.map((x) => table(2, x).map((z) => 1 / (1 + Math.exp(0.4 - 0.8 * z))));
  const valueOf = (rewards: readonly number[][]): number =>
    contexts.reduce((sum, x) => sum + target[x]!.reduce((s, p, a) => s + p * rewards[x]![a]!, 0), 0) /
    CONTEXTS;
  const sparseRewards = mildRewards.map((row) => row.map((q) => (q * 0.01) / valueOf(mildRewards)));
  const clusteredRewards = mildRewards.map((row) => row.map((q) => 0.3 + 0.4 * q));
  const largestWeight = Math.max(...contexts.flatMap((x) => target[x]!.map((p, a) => p / logging[x]![a]!)));

  const contextual = (size: number, rewards: readonly number[][]): Family => ({
    value: valueOf(rewards),
    largestWeight,
    sample: (key) => fill(size, key, rewards, undefined),
  });

  function fill(
    size: number,
    key: RandomKey,
    rewards: readonly number[][],
    users: { clusters: Int32Array; context: Int32Array; effect: Float64Array } | undefined,
  ): Sample {
    const u = uniforms(3 * size, key);
    const sample = {
      weights: new Float64Array(size),
      rewards: new Float64Array(size),
      direct: new Float64Array(size),
      predicted: new Float64Array(size),
      ...(users === undefined ? {} : { clusters: users.clusters }),
    };
    for (let i = 0; i < size; i++) {
      const user = users?.clusters[i];
      const x = users === undefined ? Math.floor(u[3 * i]! * CONTEXTS) : users.context[user!]!;
      let a = 0;
      for (let left = u[3 * i + 1]! - logging[x]![0]!; left > 0 && a < ACTIONS - 1; left -= logging[x]![a]!)
        a++;
      const q = rewards[x]![a]!;
      sample.weights[i] = target[x]![a]! / logging[x]![a]!;
      sample.rewards[i] = u[3 * i + 2]! < q + (users === undefined ? 0 : users.effect[user!]!) ? 1 : 0;
      sample.predicted[i] = q / 2;
      sample.direct[i] = target[x]!.reduce((sum, p, b) => sum + (p * rewards[x]![b]!) / 2, 0);
    }
    return sample;
  }

  return {
    mild: contextual(500, mildRewards),
    sparse: contextual(1000, sparseRewards),
    heavy: {
      value: 0.5,
      largestWeight: 200,
      sample(key) {
        const size = 500;
        const u = uniforms(3 * size, key);
        const weights = new Float64Array(size);
        const rewards = new Float64Array(size);
        for (let i = 0; i < size; i++) {
          const p = Math.max(0.005, Math.pow(u[3 * i]!, 1 / 0.8) / 2);
          const taken = u[3 * i + 1]! < p;
          weights[i] = taken ? 1 / p : 0;
          rewards[i] = u[3 * i + 2]! < (taken ? 0.5 : 0.3) ? 1 : 0;
        }
        const half = new Float64Array(size).fill(0.25);
        return { weights, rewards, direct: half, predicted: half };
      },
    },
    clustered: {
      value: valueOf(clusteredRewards),
      largestWeight,
      sample(key) {
        const count = 150;
        const u = uniforms(3 * count, foldIn(key, 1));
        const sizes = Array.from({ length: count }, (_, i) => 1 + Math.floor(u[3 * i]! * 11));
        const clusters = Int32Array.from(sizes.flatMap((size, i) => new Array<number>(size).fill(i)));
        const context = Int32Array.from({ length: count }, (_, i) => Math.floor(u[3 * i + 1]! * CONTEXTS));
        const effect = Float64Array.from({ length: count }, (_, i) => (u[3 * i + 2]! < 0.5 ? -0.3 : 0.3));
        return fill(clusters.length, foldIn(key, 2), clusteredRewards, { clusters, context, effect });
      },
    },
  };
}

const inverse = (sample: Sample): EstimatorTerms => ({
  columns: [sample.weights.map((w, i) => w * sample.rewards[i]!)],
  value: (means) => means[0]!,
  gradientInto: (out) => void (out[0] = 1),
});
const selfNormalized = (sample: Sample): EstimatorTerms => ({
  columns: [sample.weights.map((w, i) => w * sample.rewards[i]!), sample.weights],
  value: (means) => means[0]! / means[1]!,
  gradientInto: (out, means) => {
    out[0] = 1 / means[1]!;
    out[1] = -means[0]! / means[1]! ** 2;
  },
});
const doublyRobust = (sample: Sample): EstimatorTerms => ({
  columns: [
    sample.weights.map((w, i) => sample.direct[i]! + w * (sample.rewards[i]! - sample.predicted[i]!)),
  ],
  value: (means) => means[0]!,
  gradientInto: (out) => void (out[0] = 1),
});

interface Bounds {
  readonly value: number;
  readonly lower: number;
  readonly upper: number;
}

/** How often an interval covered, and how wide it was. */
interface Tally {
  covered: number;
  below: number;
  width: number;
  sum: number;
  squares: number;
  count: number;
}

/** Every interval of one world, by name. */
function intervals(sample: Sample, family: Family, key: RandomKey): Record<string, Bounds> {
  const { weights, rewards, clusters } = sample;
  const grouped = clusters === undefined ? {} : { clusters };
  const envelope = valueEnvelope(weights, rewards, [0, 1]);
  const ips = inverse(sample);
  const range: [number, number] = [0, family.largestWeight];
  const resampled = { ...grouped, key, replicates: REPLICATES };
  return {
    "default IPS": defaultInterval(ips, { ...grouped, envelope }),
    "default SNIPS": defaultInterval(selfNormalized(sample), { ...grouped, envelope }),
    "default DR": defaultInterval(doublyRobust(sample), { ...grouped, envelope }),
    "t IPS": studentInterval(ips, grouped),
    "t SNIPS": studentInterval(selfNormalized(sample), grouped),
    "percentile bootstrap IPS": bootstrapInterval(ips, { ...resampled, kind: "percentile" }),
    "BCa bootstrap IPS": bootstrapInterval(ips, resampled),
    "empirical Bernstein IPS": empiricalBernsteinInterval(ips, { ...grouped, range }),
    "Hoeffding IPS": hoeffdingInterval(ips, { ...grouped, range }),
    ...(clusters === undefined
      ? {
          "betting IPS": bettingInterval(ips, { range }),
          "Cressie-Read": cressieReadInterval(weights, rewards, { rewardRange: [0, 1] }),
        }
      : { "t IPS, clusters ignored": studentInterval(ips) }),
  };
}

/** Coverage of every interval over `worlds` logs of a family. */
export function coverageOf(
  name: string,
  family: Family,
  worlds: number,
  seed = "coverage",
): Map<string, Tally> {
  const tallies = new Map<string, Tally>();
  const root = rootKey(`${seed} ${name}`);
  for (let world = 0; world < worlds; world++) {
    const key = foldIn(root, world);
    const found = intervals(family.sample(key), family, foldIn(key, 3));
    for (const [method, { value, lower, upper }] of Object.entries(found)) {
      let tally = tallies.get(method);
      if (tally === undefined)
        tallies.set(method, (tally = { covered: 0, below: 0, width: 0, sum: 0, squares: 0, count: 0 }));
      tally.count++;
      if (lower <= family.value && family.value <= upper) tally.covered++;
      if (upper < family.value) tally.below++;
      tally.width += upper - lower;
      tally.sum += value - family.value;
      tally.squares += (value - family.value) ** 2;
    }
  }
  return tallies;
}

/** Prints coverage and mean width of each interval in each family. `--worlds N` (default 10,000), `--family NAME`, `--seed TEXT`. */
export async function run(args: readonly string[]): Promise<number> {
  const option = (name: string): string | undefined => {
    const at = args.indexOf(name);
    return at < 0 ? undefined : args[at + 1];
  };
  const worlds = Number(option("--worlds") ?? 10_000);
  const only = option("--family");
  const seed = option("--seed") ?? "coverage";
  if (!Number.isSafeInteger(worlds) || worlds < 1)
    throw new RangeError(`coverage: --worlds must be a whole number >= 1, got ${option("--worlds")}`);
  const report = new Report("coverage", args);
  for (const [name, family] of Object.entries(families(seed))) {
    if (only !== undefined && only !== name) continue;
    for (const [method, tally] of coverageOf(name, family, worlds, seed)) {
      const coverage = tally.covered / worlds;
      const deviation = Math.sqrt(tally.squares / worlds - (tally.sum / worlds) ** 2);
      const width = tally.width / worlds;
      const oracle = 2 * 1.959963984540054 * deviation;
      const isDefault = method.startsWith("default");
      report.add({
        name: `${name}: ${method}`,
        measured: coverage,
        unit: "coverage",
        comparedWith: `value ${family.value.toFixed(4)}; ${worlds} worlds`,
        ratio: null,
        bar: isDefault ? ">= 0.945" : null,
        met: isDefault ? coverage >= 0.945 : null,
        note: `mean width ${width.toPrecision(4)}; too low ${tally.below}, too high ${worlds - tally.covered - tally.below}`,
      });
      if (isDefault)
        report.add({
          name: `${name}: ${method}, width`,
          measured: width,
          unit: "mean width",
          comparedWith: `oracle's standard error, ${oracle.toPrecision(4)}`,
          ratio: width / oracle,
          bar: name === "mild" ? "<= 1.5 of the oracle's" : null,
          met: name === "mild" ? width <= 1.5 * oracle : null,
        });
    }
  }
  return report.exitCode;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href)
  process.exitCode = await run(process.argv.slice(2));
