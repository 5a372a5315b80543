import { existsSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import {
  BanditLog,
  estimateValue,
  influenceValues,
  inversePropensity,
  pairedLift,
  selfNormalizedInversePropensity,
  type EstimatorTerms,
} from "../../src/index.ts";
import { expectClose, flatAt, golden, hasGoldens } from "./golden.ts";

const folder = new URL("../../../../../shared/data/open-bandit/", import.meta.url);

interface Logged {
  readonly item: readonly number[];
  /** From 0. */
  readonly position: readonly number[];
  readonly reward: Float64Array;
  readonly propensity: Float64Array;
}

/** Columns of a file as published; its first five hold no quotes and no commas. */
function read(name: string): Logged {
  const [header, ...lines] = gunzipSync(readFileSync(new URL(`${name}.csv.gz`, folder)))
    .toString()
    .trim()
    .split("\n")
    .map((line) => line.split(","));
  const column = (title: string): number[] => lines.map((line) => Number(line[header!.indexOf(title)]));
  return {
    item: column("item_id"),
    position: column("position").map((position) => position - 1),
    reward: Float64Array.from(column("click")),
    propensity: Float64Array.from(column("propensity_score")),
  };
}

const logFor = (logged: Logged, probability: (item: number, position: number) => number): BanditLog =>
  new BanditLog({
    reward: logged.reward,
    propensity: logged.propensity,
    actionProbability: Float64Array.from(logged.item, (item, i) => probability(item, logged.position[i]!)),
  });

const sumOf = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0);
const effectiveSampleSize = (weight: Float64Array): number =>
  sumOf(weight) ** 2 / sumOf(weight.map((w) => w * w));
const standardError = (terms: EstimatorTerms): number => {
  const influence = influenceValues(terms);
  return Math.sqrt(sumOf(influence.map((value) => value * value))) / influence.length;
};

const present = existsSync(folder) && hasGoldens;

describe.skipIf(!present)("Open Bandit samples, all 10,000 rows (skipped where ../shared is absent)", () => {
  if (!present) return; // a skipped suite's body is run too, to collect its tests
  const men = read("obd_random_men");
  const goldenTable = flatAt(golden("obd_men_random_bts_2000"), "inputs", "action_dist");
  const bts = (item: number, position: number): number => goldenTable[item * 3 + position]!;

  test("men, random to BTS with the golden's table", () => {
    const log = logFor(men, bts);
    expectClose(estimateValue(inversePropensity(log)), 0.0045336, 5e-8);
    expectClose(estimateValue(selfNormalizedInversePropensity(log)), 0.0046042, 5e-8);
    expectClose(effectiveSampleSize(log.weight), 2467, 0.5);
  });

  test("men, random to BTS with item frequencies by position in the BTS log", () => {
    const logged = read("obd_bts_men");
    const counts = new Float64Array(34 * 3);
    const totals = new Float64Array(3);
    logged.item.forEach((item, i) => {
      const position = logged.position[i]!;
      counts[item * 3 + position] = counts[item * 3 + position]! + 1;
      totals[position] = totals[position]! + 1;
    });
    const log = logFor(men, (item, position) => counts[item * 3 + position]! / totals[position]!);
    expectClose(estimateValue(selfNormalizedInversePropensity(log)), 0.00574, 5e-6);
    expectClose(effectiveSampleSize(log.weight), 2869, 0.5);
    expectClose(sumOf(logged.reward) / logged.reward.length, 0.0069, 1e-12);
  });

  test("women, BTS to uniform: two rows' worth of evidence", () => {
    const log = logFor(read("obd_bts_women"), () => 1 / 46);
    expectClose(effectiveSampleSize(log.weight), 2.08, 0.005);
    expectClose(Math.max(...log.weight) / sumOf(log.weight), 0.69, 0.005);
  });

  test("men, 90 % incumbent + 10 % BTS: the lift's standard error is over 5 times below two separate estimates'", () => {
    const mixed = (item: number, position: number): number => 0.9 / 34 + 0.1 * bts(item, position);
    const candidate = logFor(men, mixed);
    const incumbent = logFor(men, () => 1 / 34);
    const paired = pairedLift({
      reward: men.reward,
      propensity: men.propensity,
      candidateProbability: candidate.actionProbability,
      incumbentProbability: incumbent.actionProbability,
    });
    const separate = Math.hypot(
      standardError(inversePropensity(candidate)),
      standardError(inversePropensity(incumbent)),
    );
    expect(separate / standardError(paired)).toBeGreaterThan(5);
  });
});
