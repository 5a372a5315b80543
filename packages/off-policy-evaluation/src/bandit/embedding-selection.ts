import { OffPolicyEvaluationError } from "../error.ts";
import { checkCount } from "../log/checks.ts";
import type { EstimatorTerms } from "../terms.ts";
import {
  checkEmbeddingInput,
  checkedEmbeddingWeights,
  type EmbeddingInput,
  type EmbeddingOptions,
} from "./embedding-weights.ts";
import { estimateWidth, slopeAccepts, type EstimateWidth } from "./slope.ts";
import { meanTerms, product, ratioTerms } from "./term-forms.ts";

/** Options of {@link selectEmbedding}. */
export interface EmbeddingSelectionOptions extends Pick<EmbeddingOptions, "composition"> {
  /** "exact" goes through all subsets of a size; "greedy" drops one dimension after another. */
  readonly search: "exact" | "greedy";
  /** Fewest dimensions. @defaultValue 1 */
  readonly minimumDimensions?: number;
  /** δ of the two-sided intervals that are compared, in (0, 1). @defaultValue 0.05 */
  readonly errorProbability?: number;
  /** Divide by the sum of the weights. @defaultValue false */
  readonly selfNormalized?: boolean;
}

/** A subset of the dimensions with its estimate. */
export interface EmbeddingSubset extends EstimateWidth {
  readonly dimensions: readonly number[];
}

/** What {@link selectEmbedding} found. */
export interface EmbeddingSelection {
  /** Chosen dimensions, ascending. */
  readonly dimensions: readonly number[];
  /** Terms of MIPS (or its self-normalised form) on them. An interval from these leaves out that they were chosen. */
  readonly terms: EstimatorTerms;
  /** Subsets accepted, in order; the last is the chosen. */
  readonly accepted: readonly EmbeddingSubset[];
}

/** Most dimensions that an exact search goes through: 2¹² subsets. */
const MAXIMUM_EXACT_DIMENSIONS = 12;

/**
 * Chooses the dimensions of the embedding that MIPS weighs, by SLOPE: fewer dimensions mean smaller weights and more bias,
 * so subsets are taken from all dimensions down, within a size by decreasing width, up to the first whose estimate
 * disagrees with those before. Made afresh in each call: nothing is kept from one policy to the next.
 *
 * @throws OffPolicyEvaluationError as {@link marginalizedInversePropensity}; `BAD_OPTION` for an exact search over more
 * than 12 dimensions
 * @see Saito & Joachims (2022), section 3.4; Su, Srinath & Krishnamurthy (2020)
 */
export function selectEmbedding(
  input: EmbeddingInput,
  options: EmbeddingSelectionOptions,
): EmbeddingSelection {
  checkEmbeddingInput(input);
  const { dimensionCount, reward } = input;
  const { search, minimumDimensions = 1, errorProbability = 0.05, selfNormalized = false } = options;
  checkCount("minimumDimensions", minimumDimensions);
  if (search === "exact" && dimensionCount > MAXIMUM_EXACT_DIMENSIONS)
    throw new OffPolicyEvaluationError(
      "BAD_OPTION",
      `search "exact" is for at most ${MAXIMUM_EXACT_DIMENSIONS} dimensions, got ${dimensionCount}: use "greedy"`,
    );
  const composition = options.composition ?? "joint";
  const termsOf = (dimensions: readonly number[]): EstimatorTerms => {
    const weight = checkedEmbeddingWeights(input, { dimensions, composition });
    const weighted = product(weight, reward);
    return selfNormalized ? ratioTerms(weighted, weight) : meanTerms(weighted);
  };
  const measured = (dimensions: readonly number[]): EmbeddingSubset => ({
    dimensions,
    ...estimateWidth(termsOf(dimensions), errorProbability / 2),
  });

  let current: readonly number[] = Array.from({ length: dimensionCount }, (_, d) => d);
  const all = current;
  const accepted = [measured(current)];
  search: for (let size = dimensionCount - 1; size >= minimumDimensions; size--) {
    const subsets =
      search === "exact"
        ? combinations(all, size)
        : current.map((dropped) => current.filter((d) => d !== dropped));
    const level = subsets.map(measured).sort((left, right) => right.halfWidth - left.halfWidth);
    for (const subset of level) {
      if (!slopeAccepts(subset, accepted)) break search;
      accepted.push(subset);
    }
    current = accepted.at(-1)!.dimensions;
  }
  const { dimensions } = accepted.at(-1)!;
  return { dimensions, terms: termsOf(dimensions), accepted };
}

function combinations(values: readonly number[], size: number): number[][] {
  if (size === 0) return [[]];
  return values.flatMap((value, i) =>
    combinations(values.slice(i + 1), size - 1).map((rest) => [value, ...rest]),
  );
}
