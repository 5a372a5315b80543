import { adjustedPValues, studentTwoSidedTail } from "@longview/statistics";
import { OffPolicyEvaluationError } from "../error.ts";
import { meanAndError, unitsOf } from "../intervals/units.ts";
import { estimateValue, influenceValues, type EstimatorTerms } from "../terms.ts";

/** An estimate of the same value by the name of its estimator. */
export interface NamedTerms {
  readonly name: string;
  readonly terms: EstimatorTerms;
}

/** The difference of two estimators on the same rows. */
export interface PairAgreement {
  readonly first: string;
  readonly second: string;
  readonly difference: number;
  /** Of the difference, paired: what both share cancels. */
  readonly standardError: number;
  /** Corrected over pairs (Holm). */
  readonly adjustedPValue: number;
}

/** Whether estimators that rest on different assumptions agree. */
export interface EstimatorAgreement {
  readonly pairs: readonly PairAgreement[];
  /** No pair differs at the level. */
  readonly agree: boolean;
  /** Largest less smallest estimate. */
  readonly spread: number;
}

/**
 * Agreement of estimators. DM rests on its model, IPS on propensities: when they differ by more than chance, one of the two
 * is wrong, and an interval from either is no evidence.
 *
 * @param estimates - at least 2, over the same rows in the same order
 * @param options.level - for `agree`. @defaultValue 0.01
 * @throws OffPolicyEvaluationError `BAD_OPTION` for fewer than 2, `BAD_LENGTH` for other rows
 */
export function estimatorAgreement(
  estimates: readonly NamedTerms[],
  options: { readonly level?: number; readonly clusters?: ArrayLike<number> } = {},
): EstimatorAgreement {
  const where = "estimatorAgreement";
  const { level = 0.01, clusters } = options;
  if (estimates.length < 2)
    throw new OffPolicyEvaluationError(
      "BAD_OPTION",
      `${where}: needs at least 2 estimates, got ${estimates.length}`,
    );
  const influences = estimates.map(({ terms }) => influenceValues(terms));
  const values = estimates.map(({ terms }) => estimateValue(terms));
  const rows = influences[0]!.length;
  influences.forEach((influence, i) => {
    if (influence.length !== rows)
      throw new OffPolicyEvaluationError(
        "BAD_LENGTH",
        `${where}: ${estimates[i]!.name} must have ${rows} rows as ${estimates[0]!.name}, got ${influence.length}`,
      );
  });
  const units = unitsOf(where, rows, clusters);
  const pairs: Omit<PairAgreement, "adjustedPValue">[] = [];
  const pValues: number[] = [];
  for (let i = 0; i < estimates.length; i++)
    for (let j = i + 1; j < estimates.length; j++) {
      const difference = values[i]! - values[j]!;
      const { standardError } = meanAndError(
        influences[i]!.map((d, k) => d - influences[j]![k]!),
        units,
      );
      pairs.push({ first: estimates[i]!.name, second: estimates[j]!.name, difference, standardError });
      const same = Math.abs(difference) <= 1e-12 * (1 + Math.abs(values[i]!));
      pValues.push(
        same ? 1 : standardError === 0 ? 0 : studentTwoSidedTail(difference / standardError, units.count - 1),
      );
    }
  const adjusted = adjustedPValues(pValues, "holm");
  return {
    pairs: pairs.map((pair, i) => ({ ...pair, adjustedPValue: adjusted[i]! })),
    agree: adjusted.every((p) => p >= level),
    spread: Math.max(...values) - Math.min(...values),
  };
}
