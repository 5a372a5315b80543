import { OffPolicyEvaluationError } from "../error.ts";
import { columnMeans, type EstimatorTerms } from "../terms.ts";

/**
 * The per-unit values whose plain mean is the estimate: what finite-sample bounds are about.
 *
 * @throws OffPolicyEvaluationError `NOT_COMPUTABLE` for an estimate that is not a mean, such as a self-normalised one: a
 * concentration inequality says nothing about a ratio
 */
export function linearValues(where: string, terms: EstimatorTerms): Float64Array {
  const means = columnMeans(terms);
  const width = means.length;
  const slope = new Float64Array(width);
  const elsewhere = new Float64Array(width);
  terms.gradientInto(slope, means);
  for (const probe of [
    means.map((m, k) => 2 * m + 1 + 0.1 * k),
    means.map((m, k) => 0.5 * m + 0.7 - 0.1 * k),
  ]) {
    terms.gradientInto(elsewhere, probe);
    for (let k = 0; k < width; k++)
      if (!(Math.abs(elsewhere[k]! - slope[k]!) <= 1e-9 * Math.abs(slope[k]!)))
        throw new OffPolicyEvaluationError(
          "NOT_COMPUTABLE",
          `${where}: needs an estimate that is a mean of independent terms; this one is not (self-normalised?)`,
        );
  }
  let constant = terms.value(means);
  for (let k = 0; k < width; k++) constant -= slope[k]! * means[k]!;
  const values = new Float64Array(terms.columns[0]?.length ?? 0).fill(constant);
  terms.columns.forEach((column, k) => {
    const factor = slope[k]!;
    if (factor === 0) return;
    for (let i = 0; i < values.length; i++) values[i] = values[i]! + factor * column[i]!;
  });
  return values;
}
