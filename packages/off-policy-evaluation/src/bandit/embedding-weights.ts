import {
  checkCount,
  checkDistributions,
  checkFinite,
  checkIndices,
  checkLength,
  checkRows,
  checkSupport,
  weightsOf,
  type NumberTable,
} from "../log/checks.ts";
import { OffPolicyEvaluationError } from "../error.ts";

/** A log whose actions have categorical embeddings. All tables are row-major. */
export interface EmbeddingInput {
  /** Observed reward; finite. */
  readonly reward: Float64Array;
  /** Category in each dimension of the logged action's embedding, [rows · dimensionCount]. */
  readonly embedding: Int32Array;
  readonly dimensionCount: number;
  readonly categoryCount: number;
  readonly actionCount: number;
  /** p(e_d | a), [actionCount · dimensionCount · categoryCount]: a distribution for each action and dimension. */
  readonly embeddingProbabilities: NumberTable;
  /** π(a|x), [rows · actionCount]. */
  readonly targetProbabilities: NumberTable;
  /** μ(a|x), [rows · actionCount]. */
  readonly loggingProbabilities: NumberTable;
}

/** Options of the estimators that weigh embeddings. */
export interface EmbeddingOptions {
  /** Dimensions that count, ascending. @defaultValue all */
  readonly dimensions?: readonly number[];
  /**
   * How several dimensions make one weight. "joint": `Σₐ π ∏_d p(e_d|a) / Σₐ μ ∏_d p(e_d|a)`, exact where dimensions are
   * independent given the action. "product-of-marginals": `∏_d Σₐ π p(e_d|a) / Σₐ μ p(e_d|a)`, which other libraries
   * compute; biased, since dimensions depend on each other through the action. @defaultValue "joint"
   */
  readonly composition?: "joint" | "product-of-marginals";
}

/** @throws OffPolicyEvaluationError when the input breaks a rule of {@link EmbeddingInput} */
export function checkEmbeddingInput(input: EmbeddingInput): void {
  const { reward, actionCount, dimensionCount, categoryCount } = input;
  const rowCount = reward.length;
  checkRows("log", rowCount);
  checkCount("dimensionCount", dimensionCount);
  checkCount("categoryCount", categoryCount);
  checkCount("actionCount", actionCount);
  checkLength("embedding", input.embedding, rowCount * dimensionCount, "rows · dimensionCount");
  checkLength(
    "embeddingProbabilities",
    input.embeddingProbabilities,
    actionCount * dimensionCount * categoryCount,
    "actionCount · dimensionCount · categoryCount",
  );
  checkLength("targetProbabilities", input.targetProbabilities, rowCount * actionCount, "rows · actionCount");
  checkLength(
    "loggingProbabilities",
    input.loggingProbabilities,
    rowCount * actionCount,
    "rows · actionCount",
  );
  checkFinite("reward", reward);
  checkIndices("embedding", input.embedding, categoryCount);
  checkDistributions("embeddingProbabilities", input.embeddingProbabilities, categoryCount);
  checkDistributions("targetProbabilities", input.targetProbabilities, actionCount);
  checkDistributions("loggingProbabilities", input.loggingProbabilities, actionCount);
}

/**
 * Importance weights of the logged embeddings: what MIPS multiplies, and what diagnostics of it look at.
 *
 * @throws OffPolicyEvaluationError `NO_SUPPORT` when every weight is 0; `BAD_VALUE` also when an embedding was logged that
 * the logging policy can't produce; `EMPTY`, `BAD_LENGTH`, `BAD_OPTION`
 */
export function embeddingWeights(input: EmbeddingInput, options: EmbeddingOptions = {}): Float64Array {
  checkEmbeddingInput(input);
  return checkedEmbeddingWeights(input, options);
}

/** {@link embeddingWeights} of an input that was checked. */
export function checkedEmbeddingWeights(input: EmbeddingInput, options: EmbeddingOptions = {}): Float64Array {
  const { actionCount, dimensionCount, categoryCount, embedding, embeddingProbabilities } = input;
  const dimensions = options.dimensions ?? Array.from({ length: dimensionCount }, (_, d) => d);
  if (
    dimensions.length === 0 ||
    dimensions.some((d) => !(Number.isInteger(d) && d >= 0 && d < dimensionCount))
  )
    throw new OffPolicyEvaluationError(
      "BAD_OPTION",
      `dimensions is [${dimensions.join(", ")}]: at least one whole number from 0 to ${dimensionCount - 1} is needed`,
    );
  const groups = options.composition === "product-of-marginals" ? dimensions.map((d) => [d]) : [dimensions];
  const rowCount = input.reward.length;
  const target = new Float64Array(rowCount);
  const logging = new Float64Array(rowCount);
  for (let i = 0; i < rowCount; i++) {
    let targetProduct = 1;
    let loggingProduct = 1;
    for (const group of groups) {
      let targetSum = 0;
      let loggingSum = 0;
      for (let a = 0; a < actionCount; a++) {
        let probability = 1;
        for (const d of group)
          probability *=
            embeddingProbabilities[
              (a * dimensionCount + d) * categoryCount + embedding[i * dimensionCount + d]!
            ]!;
        targetSum += probability * input.targetProbabilities[i * actionCount + a]!;
        loggingSum += probability * input.loggingProbabilities[i * actionCount + a]!;
      }
      targetProduct *= targetSum;
      loggingProduct *= loggingSum;
    }
    if (!(loggingProduct > 0))
      throw new OffPolicyEvaluationError(
        "BAD_VALUE",
        `embedding row ${i}: it has probability 0 under the logging policy, so it cannot have been logged`,
      );
    target[i] = targetProduct;
    logging[i] = loggingProduct;
  }
  checkSupport("marginalized inverse propensity", target);
  return weightsOf("probability of the embedding under the logging policy", target, logging);
}
