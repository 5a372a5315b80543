import { OffPolicyEvaluationError } from "../error.ts";
import type { EstimatorTerms } from "../terms.ts";

/**
 * The difference of two estimates over the same units, `first − second`, as one estimate: a resample changes both alike,
 * and the influence of a unit is the difference of its influences. Works for any pair of estimators.
 *
 * Columns that both have in common are kept once, so equal terms give exactly 0, with influences of exactly 0.
 *
 * @throws OffPolicyEvaluationError `BAD_LENGTH` when the two have different numbers of units
 */
export function termsDifference(first: EstimatorTerms, second: EstimatorTerms): EstimatorTerms {
  const unitCount = first.columns[0]?.length ?? 0;
  const wrong = second.columns.find((column) => column.length !== unitCount);
  if (wrong)
    throw new OffPolicyEvaluationError(
      "BAD_LENGTH",
      `termsDifference: ${unitCount} units against ${wrong.length}: both need the same units`,
    );
  const columns = [...first.columns];
  const place = second.columns.map((column) => {
    const common = columns.findIndex((other) => sameNumbers(other, column));
    return common >= 0 ? common : columns.push(column) - 1;
  });
  const width = first.columns.length;
  const ofFirst = new Float64Array(width);
  const ofSecond = new Float64Array(place.length);
  const gradientOfFirst = new Float64Array(width);
  const gradientOfSecond = new Float64Array(place.length);
  const split = (means: ArrayLike<number>): void => {
    for (let k = 0; k < width; k++) ofFirst[k] = means[k]!;
    place.forEach((from, k) => {
      ofSecond[k] = means[from]!;
    });
  };
  return {
    columns,
    value(means) {
      split(means);
      return first.value(ofFirst) - second.value(ofSecond);
    },
    gradientInto(out, means) {
      split(means);
      first.gradientInto(gradientOfFirst, ofFirst);
      second.gradientInto(gradientOfSecond, ofSecond);
      out.fill(0);
      out.set(gradientOfFirst);
      place.forEach((into, k) => {
        out[into] = out[into]! - gradientOfSecond[k]!;
      });
    },
  };
}

function sameNumbers(left: Float64Array, right: Float64Array): boolean {
  if (left === right) return true;
  return left.every((value, i) => value === right[i]);
}
