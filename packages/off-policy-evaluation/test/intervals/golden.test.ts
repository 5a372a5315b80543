import { existsSync, readFileSync } from "node:fs";
import { gammaExponentialLogWealth } from "@longview/statistics";
import { describe, expect, test } from "vitest";
import {
  AnytimeSequence,
  CressieReadSums,
  cressieReadInterval,
  empiricalLikelihoodValue,
  hoeffdingInterval,
  studentInterval,
  valueEnvelope,
} from "../../src/index.ts";
import { meanTerms } from "./terms-of.ts";

function golden<Shape>(name: string): Shape | undefined {
  const url = new URL(`../../../../../shared/golden/ope/${name}.json`, import.meta.url);
  if (!existsSync(url)) return undefined;
  const parsed: Shape = JSON.parse(readFileSync(url, "utf8"));
  return parsed;
}

interface Bounds {
  readonly lower: number;
  readonly upper: number;
}
interface VowpalWabbit {
  readonly inputs: { readonly p_log: number[]; readonly reward: number[]; readonly p_pred: number[] };
  readonly outputs: Readonly<Record<string, unknown>> & {
    readonly mle: number;
    readonly cressieread: number;
    readonly "cressieread:wmax20": number;
    readonly "anytime_cs_path:alpha0.05": Readonly<Record<string, [number, number]>>;
  };
}

const vw = golden<VowpalWabbit>("vw_bandit_200_binary");

describe.skipIf(vw === undefined)("vowpal wabbit's goldens (skipped where ../shared is absent)", () => {
  const inputs = vw?.inputs ?? { p_log: [], reward: [], p_pred: [] };
  const weights = inputs.p_pred.map((p, i) => p / inputs.p_log[i]!);
  const rewards = inputs.reward;
  const bounds = (key: string): Bounds => {
    const found = vw?.outputs[key];
    if (typeof found !== "object" || found === null || !("lower" in found) || !("upper" in found))
      throw new Error(`no ${key}`);
    return { lower: Number(found.lower), upper: Number(found.upper) };
  };

  /**
   * The anytime upper bound written out: 1 − the mean at which the wealth of `w (1 − r)` reaches 2/α. The library lets the guess
   * of a value pass 1, as it does ten times here on missed rewards: there its wealth is no supermartingale (see "a guess above
   * 1" in the statistics' tests). On the lower side no guess of this log passes 1.
   */
  const upperWithGuessesUpTo = (largest: number, count: number, alpha: number): number => {
    let sum = 0;
    let variation = 0;
    for (let i = 0; i < count; i++) {
      const missed = weights[i]! * (1 - rewards[i]!);
      variation += (missed - Math.min(largest, (sum + 0.5) / (i + 1))) ** 2;
      sum += missed;
    }
    let low = 0;
    let high = Math.min(1, sum / count);
    const passes = (mean: number): boolean =>
      gammaExponentialLogWealth(sum - count * mean, variation) > Math.log(2 / alpha);
    if (!passes(0)) return 1;
    if (passes(high)) return 1 - high;
    while (high - low > 1e-13) {
      const middle = (low + high) / 2;
      if (passes(middle)) low = middle;
      else high = middle;
    }
    return 1 - low;
  };

  test("empirical-likelihood values, also from merged halves", () => {
    expect(empiricalLikelihoodValue(weights, rewards)).toBeCloseTo(vw!.outputs.mle, 9);
    const whole = new CressieReadSums().add(weights, rewards);
    expect(whole.value()).toBeCloseTo(vw!.outputs.cressieread, 9);
    const halves = new CressieReadSums()
      .add(weights.slice(0, 90), rewards.slice(0, 90))
      .merge(new CressieReadSums().add(weights.slice(90), rewards.slice(90)));
    expect(halves.value()).toBeCloseTo(vw!.outputs.cressieread, 12);
    expect(halves.value()).toBeCloseTo(Number(vw!.outputs["cressieread:merged_halves"]), 9);
    expect(new CressieReadSums({ weightRange: [0, 20] }).add(weights, rewards).value()).toBeCloseTo(
      vw!.outputs["cressieread:wmax20"],
      9,
    );
  });

  test.each([0.05, 0.1])("intervals at alpha %d", (alpha) => {
    const confidence = 1 - alpha;
    const rewardRange: [number, number] = [0, 1];
    const free = cressieReadInterval(weights, rewards, { confidence, rewardRange });
    const freeGolden = bounds(`cressieread_interval:alpha${alpha}`);
    expect(free.lower).toBeCloseTo(freeGolden.lower, 9);
    expect(free.upper).toBeCloseTo(freeGolden.upper, 9);
    const capped = cressieReadInterval(weights, rewards, { confidence, rewardRange, weightRange: [0, 20] });
    const cappedGolden = bounds(`cressieread_interval:wmax20:alpha${alpha}`);
    expect(capped.lower).toBeCloseTo(cappedGolden.lower, 9);
    expect(capped.upper).toBeCloseTo(cappedGolden.upper, 9);
    const gaussian = studentInterval(meanTerms(weights.map((w, i) => w * rewards[i]!)), {
      confidence,
      distribution: "normal",
    });
    const gaussianGolden = bounds(`gaussian:alpha${alpha}`);
    expect(gaussian.lower).toBeCloseTo(gaussianGolden.lower, 9);
    expect(gaussian.upper).toBeCloseTo(gaussianGolden.upper, 9);
    const anytime = new AnytimeSequence()
      .add(valueEnvelope(weights, rewards, [0, 1]))
      .interval({ confidence });
    const anytimeGolden = bounds(`anytime_cs:alpha${alpha}`);
    expect(anytime.lower).toBeCloseTo(anytimeGolden.lower, 9);
    expect(upperWithGuessesUpTo(Infinity, 200, alpha)).toBeCloseTo(anytimeGolden.upper, 9);
    expect(anytime.upper).toBeCloseTo(upperWithGuessesUpTo(1, 200, alpha), 9);
    expect(Math.abs(anytime.upper - anytimeGolden.upper)).toBeGreaterThan(1e-4);
  });

  test("the anytime bounds after 10, 50, 100 and 200 rows", () => {
    for (const [count, [lower, upper]] of Object.entries(vw!.outputs["anytime_cs_path:alpha0.05"])) {
      const sequence = new AnytimeSequence();
      // In two parts: rows may come in any batches.
      const n = Number(count);
      sequence.add(valueEnvelope(weights.slice(0, 7), rewards.slice(0, 7), [0, 1]));
      sequence.add(valueEnvelope(weights.slice(7, n), rewards.slice(7, n), [0, 1]));
      const interval = sequence.interval();
      expect(interval.lower).toBeCloseTo(lower, 9);
      expect(upperWithGuessesUpTo(Infinity, n, 0.05)).toBeCloseTo(upper, 9);
      expect(interval.upper).toBeCloseTo(upperWithGuessesUpTo(1, n, 0.05), 9);
    }
  });
});

interface Scope {
  readonly cases: Readonly<
    Record<
      string,
      {
        readonly samples: number[];
        readonly "CORRECT_hoeffding:alpha0.05": { readonly half_width_with_x_max: number };
        readonly "CORRECT_ttest:alpha0.05": Bounds;
        readonly "CORRECT_hoeffding:alpha0.1": { readonly half_width_with_x_max: number };
        readonly "CORRECT_ttest:alpha0.1": Bounds;
        readonly "hoeffding:alpha0.05": Bounds;
        readonly "hoeffding:alpha0.1": Bounds;
        readonly "ttest:alpha0.05": Bounds;
        readonly "ttest:alpha0.1": Bounds;
      }
    >
  >;
}

const scope = golden<Scope>("scope_confidence_intervals");

describe.skipIf(scope === undefined)(
  "scope-rl's corrected intervals (skipped where ../shared is absent)",
  () => {
    test.each(Object.keys(scope?.cases ?? {}))("%s: t takes 1 − α/2 and Hoeffding divides by √n", (name) => {
      const found = scope!.cases[name]!;
      const terms = meanTerms(found.samples);
      const largest = Math.max(...found.samples);
      for (const alpha of [0.05, 0.1] as const) {
        const confidence = 1 - alpha;
        const student = studentInterval(terms, { confidence });
        expect(student.lower).toBeCloseTo(found[`CORRECT_ttest:alpha${alpha}`].lower, 9);
        expect(student.upper).toBeCloseTo(found[`CORRECT_ttest:alpha${alpha}`].upper, 9);
        // The golden takes a range as long as the largest value; ours must be a true range, here one of the same length.
        const least = Math.min(...found.samples);
        const range: [number, number] = [Math.min(0, least), Math.max(largest, 0)];
        const golden = found[`CORRECT_hoeffding:alpha${alpha}`].half_width_with_x_max;
        const { value, upper } = hoeffdingInterval(terms, { confidence, range });
        const half = (golden * (range[1] - range[0])) / largest;
        expect(upper).toBeCloseTo(Math.min(range[1], value + half), 9);
        // Their defects: Hoeffding's width times n, Student's quantile at 1 − α (a 90 % interval called 95 %), and the sample's
        // largest value for the range of Bernstein's.
        const count = found.samples.length;
        const theirs = found[`hoeffding:alpha${alpha}`];
        expect((theirs.upper - theirs.lower) / 2 / (golden * count)).toBeCloseTo(1, 9);
        const narrow = studentInterval(terms, { confidence: 1 - 2 * alpha });
        expect(narrow.lower).toBeCloseTo(found[`ttest:alpha${alpha}`].lower, 9);
        expect(narrow.upper).toBeCloseTo(found[`ttest:alpha${alpha}`].upper, 9);
        expect(student.upper - student.lower).toBeGreaterThan(1.15 * (narrow.upper - narrow.lower));
      }
    });
  },
);
