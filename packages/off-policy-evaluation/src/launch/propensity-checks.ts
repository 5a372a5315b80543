import { adjustedPValues } from "@longview/statistics";
import type { ValidityCheck } from "@longview/formats";
import { meanAndError } from "../intervals/units.ts";
import { check, redUnless, type EvidenceFacts } from "./check.ts";
import { EPISODE } from "./episode-sums.ts";
import { formatNumber, pValueText } from "./format-number.ts";
import type { LaunchEvidence } from "./gather-evidence.ts";
import { meanAgainst, meanTest, type MeanTest } from "./row-profile.ts";
import { aroundMean } from "./unit-estimates.ts";

/** Level of the tests of propensities: each false alarm costs a launch, and a missed fault may cost more. */
export const PROPENSITY_LEVEL = 0.01;
/** Share of one row in a sum of squares from which its variance can't be believed, as in the default interval. */
const BELIEVABLE = 0.15;
/** t test of "weights have mean 1", by unit. */
export function meanWeight({ means }: LaunchEvidence, column: number): MeanTest {
  const values = aroundMean(means.columns[column]!, means.columns[EPISODE.count]!);
  const { mean, standardError } = meanAndError(values, { count: values.length, rows: values.length });
  return meanTest(mean, standardError, values.length - 1, 1);
}

/** A mean with its standard error, of which two digits are enough. */
const plusMinus = (mean: number, standardError: number): string =>
  `${formatNumber(mean)} ± ${formatNumber(Number(standardError.toPrecision(2)))}`;

/** How a mean stands to the 1 that it should be; to have at most 1, below is as it should be too. */
function against(mean: number, good: boolean, atMost: boolean): string {
  if (mean === 1 || (atMost && good && mean < 1)) return mean === 1 ? "as it should be" : "not above 1";
  return `${mean > 1 ? "above" : "below"} 1 by ${good ? "no more" : "more"} than chance`;
}

/** Whether a policy's weights have mean 1. */
export function weightCheck({ evidence }: EvidenceFacts, policy: "candidate" | "incumbent"): ValidityCheck {
  const column = policy === "candidate" ? EPISODE.candidateWeight : EPISODE.incumbentWeight;
  const { mean, standardError, pValue } = meanWeight(evidence, column);
  const good = pValue >= PROPENSITY_LEVEL;
  return check(`${policy}-weights`, `Mean weight of the ${policy}`, redUnless(good), [
    `it is ${plusMinus(mean, standardError)}, ${against(mean, good, false)} (${pValueText(pValue)})`,
    `a mean of 1, within chance (p at least ${PROPENSITY_LEVEL})`,
    "Weights have mean 1 when propensities are right and nothing that the policy does is missing from the log.",
  ]);
}

/** By how much rows of one unit inflate the variance of a mean over rows: as much as that of the mean weight. */
export function clusterInflation(evidence: LaunchEvidence): number {
  if (evidence.unitCount >= evidence.profile.rows) return 1;
  const { variance, count } = evidence.profile.weights.diagnostics();
  const independent = variance / Math.max(1, count - 1);
  const { standardError } = meanWeight(evidence, EPISODE.candidateWeight);
  return independent > 0 ? Math.max(1, standardError ** 2 / independent) : 1;
}

/** A p-value of "at most 1", or of "equal to 1" where every item can always be shown. */
function atMostOne(test: MeanTest, every: boolean): number {
  if (every) return test.pValue;
  return test.z > 0 ? test.pValue / 2 : 1;
}

/** Whether inverse propensities add up to what they can. */
export function uniformCheck({ evidence, actionCount }: EvidenceFacts, every: boolean): ValidityCheck {
  const title = "Inverse propensities";
  const { uniformRows: rows, uniformSum: sum, uniformSquare: square } = evidence.profile;
  if (rows === 0)
    return check("inverse-propensities", title, "absent", [
      "no single item a decision",
      "items and propensities",
      "For logs of single items: the mean of 1 / propensity must not exceed the number of items that can be shown.",
    ]);
  const test = meanAgainst({ sum, square, rows }, 1, clusterInflation(evidence));
  const pValue = atMostOne(test, every);
  const good = pValue >= PROPENSITY_LEVEL;
  return check("inverse-propensities", title, redUnless(good), [
    `the mean of 1 / (items × propensity) is ${plusMinus(test.mean, test.standardError)}, ${against(test.mean, good, !every)} (${pValueText(pValue)})`,
    `${every ? "a mean of 1" : "a mean of at most 1"}, within chance (p at least ${PROPENSITY_LEVEL})`,
    `It is the share of ${actionCount === undefined ? "the" : actionCount} items that could be shown; propensities that are too small make it exceed 1.`,
  ]);
}

/** The same item by item: sharper where few items are wrong. */
export function itemCheck({ evidence }: EvidenceFacts, every: boolean): ValidityCheck {
  const title = "Propensities item by item";
  const { inverse, inverseSquare, inverseLargest, rows } = evidence.profile;
  if (inverse.length === 0)
    return check("item-propensities", title, "absent", [
      "no single item a decision",
      "items and propensities",
      "For logs of single items: each item's Σ 1/propensity must not exceed the number of decisions.",
    ]);
  const inflation = clusterInflation(evidence);
  const tests = Array.from(inverse, (sum, item) =>
    meanAgainst({ sum, square: inverseSquare[item]!, rows }, 1, inflation),
  );
  const adjusted = adjustedPValues(
    // Few rows of tiny propensity leave a mean too low as a rule: they can't show that it is.
    tests.map((test, item) =>
      atMostOne(test, every && inverseLargest[item]! ** 2 < BELIEVABLE * inverseSquare[item]!),
    ),
    "holm",
  );
  let worst = 0;
  adjusted.forEach((p, item) => {
    if (p < adjusted[worst]!) worst = item;
  });
  const { mean, standardError } = tests[worst]!;
  const good = adjusted[worst]! >= PROPENSITY_LEVEL;
  return check("item-propensities", title, redUnless(good), [
    `the worst of ${inverse.length} items has a mean of ${plusMinus(mean, standardError)}, ${against(mean, good, !every)} (corrected ${pValueText(adjusted[worst]!)})`,
    `a mean of ${every ? "1" : "at most 1"} for every item, within chance (corrected p at least ${PROPENSITY_LEVEL})`,
    "An item shown more often than its logged probabilities say has wrong probabilities.",
  ]);
}
