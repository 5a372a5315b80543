import type { BanditLog, ModelledBanditLog } from "../log/bandit-log.ts";
import type { EstimatorTerms } from "../terms.ts";
import { directMethod } from "./direct-method.ts";
import { doublyRobust } from "./doubly-robust.ts";
import { inversePropensity } from "./inverse-propensity.ts";
import { selfNormalizedDoublyRobust } from "./self-normalized-doubly-robust.ts";
import { selfNormalizedInversePropensity } from "./self-normalized-inverse-propensity.ts";
import { TUNABLE_ESTIMATORS, TUNABLE_MODELLED_ESTIMATORS, tuned } from "./tuning.ts";

/** What a table of estimators shows of one. */
interface Described {
  /** Stable name in files and options. */
  readonly id: string;
  readonly title: string;
  /** Whether it is unbiased with exact propensities and full support. */
  readonly unbiased: boolean;
  /** Whether it goes to the value with growing data, whatever a reward model says: such estimators must agree. */
  readonly consistent: boolean;
}

/** A bandit estimator that needs no more than a log, with or without a reward model's columns. */
export type BanditEstimator =
  | (Described & { readonly needs: "propensities"; readonly terms: (log: BanditLog) => EstimatorTerms })
  | (Described & { readonly needs: "model"; readonly terms: (log: ModelledBanditLog) => EstimatorTerms });

/** Largest weights and thresholds to choose from, from no change to the heaviest. */
export const WEIGHT_LIMITS: readonly number[] = [Infinity, 1000, 300, 100, 30, 10, 5, 3, 2, 1];
/** Shrinkages to choose from: λ of `λw / (w² + λ)`, on the scale of squared weights. */
export const SHRINKAGES: readonly number[] = [Infinity, 1e6, 1e5, 1e4, 1e3, 100, 25, 9, 4, 1, 0];
/** Smoothings to choose from: λ of `w / (1 − λ + λw)`. */
export const SMOOTHINGS: readonly number[] = [0, 0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 1];

const SLOPE = { kind: "slope" } as const;

/**
 * Bandit estimators by name, for tables and comparisons; those with a parameter choose it by SLOPE, afresh in each call.
 * A new one is a file beside this and a line here.
 */
export const BANDIT_ESTIMATORS: readonly BanditEstimator[] = [
  {
    id: "ips",
    title: "Inverse propensity",
    unbiased: true,
    consistent: true,
    needs: "propensities",
    terms: inversePropensity,
  },
  {
    id: "snips",
    title: "Self-normalised inverse propensity",
    unbiased: false,
    consistent: true,
    needs: "propensities",
    terms: selfNormalizedInversePropensity,
  },
  {
    id: "clipped-ips",
    title: "Clipped inverse propensity (SLOPE)",
    unbiased: false,
    consistent: false,
    needs: "propensities",
    terms: (log) =>
      tuned(TUNABLE_ESTIMATORS.clippedInversePropensity, log, { parameters: WEIGHT_LIMITS, method: SLOPE })
        .terms,
  },
  {
    id: "sub-gaussian-ips",
    title: "Sub-Gaussian inverse propensity (SLOPE)",
    unbiased: false,
    consistent: false,
    needs: "propensities",
    terms: (log) =>
      tuned(TUNABLE_ESTIMATORS.subGaussianInversePropensity, log, { parameters: SMOOTHINGS, method: SLOPE })
        .terms,
  },
  {
    id: "dm",
    title: "Direct method",
    unbiased: false,
    consistent: false,
    needs: "model",
    terms: directMethod,
  },
  {
    id: "dr",
    title: "Doubly robust",
    unbiased: true,
    consistent: true,
    needs: "model",
    terms: (log) => doublyRobust(log),
  },
  {
    id: "sndr",
    title: "Self-normalised doubly robust",
    unbiased: false,
    consistent: true,
    needs: "model",
    terms: selfNormalizedDoublyRobust,
  },
  {
    id: "switch-dr",
    title: "Switch doubly robust (SLOPE)",
    unbiased: false,
    consistent: false,
    needs: "model",
    terms: (log) =>
      tuned(TUNABLE_MODELLED_ESTIMATORS.switchDoublyRobust, log, { parameters: WEIGHT_LIMITS, method: SLOPE })
        .terms,
  },
  {
    id: "dr-os",
    title: "Doubly robust with optimistic shrinkage (SLOPE)",
    unbiased: false,
    consistent: false,
    needs: "model",
    terms: (log) =>
      tuned(TUNABLE_MODELLED_ESTIMATORS.shrunkDoublyRobust, log, { parameters: SHRINKAGES, method: SLOPE })
        .terms,
  },
  {
    id: "sub-gaussian-dr",
    title: "Sub-Gaussian doubly robust (SLOPE)",
    unbiased: false,
    consistent: false,
    needs: "model",
    terms: (log) =>
      tuned(TUNABLE_MODELLED_ESTIMATORS.subGaussianDoublyRobust, log, {
        parameters: SMOOTHINGS,
        method: SLOPE,
      }).terms,
  },
];
