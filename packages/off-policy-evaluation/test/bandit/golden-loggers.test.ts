import { describe, expect, test } from "vitest";
import {
  balancedLoggers,
  marginalizedInversePropensity,
  naiveLoggers,
  selectEmbedding,
  selfNormalizedMarginalizedInversePropensity,
  weightedLoggers,
  type EmbeddingInput,
  type EstimatorTerms,
  type SeveralLoggersOptions,
} from "../../src/index.ts";
import {
  at,
  expectClose,
  expectEstimate,
  flatAt,
  golden,
  hasGoldens,
  integersAt,
  numberAt,
} from "./golden.ts";

describe.skipIf(!hasGoldens)(
  "several loggers against Open Bandit Pipeline (skipped where ../shared is absent)",
  () => {
    test("naive, balanced and weighted; plain and doubly robust; whole, clipped and with estimated propensities", () => {
      const file = golden("obp_multi_200");
      const actionCount = 5;
      const action = integersAt(file, "inputs", "action");
      const target = flatAt(file, "inputs", "action_dist");
      const predicted = flatAt(file, "inputs", "estimated_rewards_by_reg_model");
      const row = (i: number, f: (k: number) => number): number =>
        Array.from({ length: actionCount }, (_, a) => f(i * actionCount + a)).reduce(
          (sum, value) => sum + value,
          0,
        );
      const rows = { length: action.length };
      const model = {
        predictedReward: Float64Array.from(rows, (_, i) => predicted[i * actionCount + action[i]!]!),
        directValue: Float64Array.from(
          rows,
          (_, i) => row(i, (k) => target[k]! * predicted[k]!) / row(i, (k) => target[k]!),
        ),
      };
      const keys = Object.keys(at(file, "outputs") ?? {});
      expect(keys).toHaveLength(18);
      for (const key of keys) {
        const [, combination, form, setting] = /^(\w+)_(ipw|dr):(.*)$/.exec(key)!;
        const estimated = setting === "estimated_pscore" ? "estimated_" : "";
        const options: SeveralLoggersOptions = {
          ...(form === "dr" ? { model } : {}),
          ...(setting === "lambda3.0" ? { maximumWeight: 3 } : {}),
        };
        const input = {
          reward: flatAt(file, "inputs", "reward"),
          propensity: flatAt(file, "inputs", `${estimated}pscore`),
          mixturePropensity: flatAt(file, "inputs", `${estimated}pscore_avg`),
          actionProbability: Float64Array.from(rows, (_, i) => target[i * actionCount + action[i]!]!),
          logger: integersAt(file, "inputs", "stratum_idx"),
          loggerCount: 3,
        };
        const terms: EstimatorTerms =
          combination === "naive"
            ? naiveLoggers(input, options)
            : combination === "balanced"
              ? balancedLoggers(input, options)
              : weightedLoggers(input, options);
        expectEstimate(terms, numberAt(file, "outputs", key, "value"));
      }
    });
  },
);

describe.skipIf(!hasGoldens)(
  "embeddings against Open Bandit Pipeline (skipped where ../shared is absent)",
  () => {
    const input = (): EmbeddingInput => {
      const file = golden("obp_embed_200");
      // [action][category][dimension] there; [action][dimension][category] here.
      const theirs = flatAt(file, "inputs", "p_e_a");
      const embeddingProbabilities = theirs.map((_, k) => {
        const [a, d, c] = [Math.floor(k / 9), Math.floor(k / 3) % 3, k % 3];
        return theirs[a * 9 + c * 3 + d]!;
      });
      return {
        reward: flatAt(file, "inputs", "reward"),
        embedding: integersAt(file, "inputs", "action_embed"),
        dimensionCount: 3,
        categoryCount: 3,
        actionCount: 6,
        embeddingProbabilities,
        targetProbabilities: flatAt(file, "inputs", "action_dist"),
        loggingProbabilities: flatAt(file, "inputs", "pi_b"),
      };
    };
    const composition = "product-of-marginals";

    test("MIPS and SN-MIPS with known p(e|a)", () => {
      const file = golden("obp_embed_200");
      expectEstimate(
        marginalizedInversePropensity(input(), { composition }),
        numberAt(file, "outputs", "mipw:true_p_e_a", "value"),
      );
      expectEstimate(
        selfNormalizedMarginalizedInversePropensity(input(), { composition }),
        numberAt(file, "outputs", "snmipw:true_p_e_a", "value"),
      );
    });

    test.each(["exact", "greedy"] as const)(
      "%s selection: each subset's estimate and width, and the path",
      (search) => {
        const file = golden("obp_embed_200");
        const { accepted, dimensions, terms } = selectEmbedding(input(), { search, composition });
        for (const subset of accepted) {
          const key = subset.dimensions.join(",");
          expectClose(subset.estimate, numberAt(file, "subset_estimates", key, "theta"), 1e-9);
          expectClose(subset.halfWidth, numberAt(file, "subset_estimates", key, "cnf"), 1e-9);
        }
        // All subsets agree, so SLOPE ends at the narrowest, {1}. The library stops one short of the subset that it accepted
        // last (it returns an array made before the append), which is the golden's value.
        expect(dimensions).toEqual([1]);
        expectEstimate(terms, numberAt(file, "subset_estimates", "1", "theta"));
        expectClose(
          accepted.at(-2)!.estimate,
          numberAt(file, "outputs", `mipw:true_p_e_a:${search}_pruning_delta0.05`, "value"),
          1e-9,
        );
      },
    );
  },
);
