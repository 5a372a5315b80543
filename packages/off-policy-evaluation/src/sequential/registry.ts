import type { EstimatorTerms } from "../terms.ts";
import { bestDice } from "./best-dice.ts";
import { doubleReinforcementLearning } from "./double-reinforcement-learning.ts";
import { magic } from "./magic.ts";
import type { MarginalRatios } from "./marginal-ratios.ts";
import { marginalizedDoublyRobust } from "./marginalized-doubly-robust.ts";
import { marginalizedImportanceSampling } from "./marginalized-importance-sampling.ts";
import { perDecisionCressieRead } from "./per-decision-cressie-read.ts";
import { perDecisionImportanceSampling } from "./per-decision-importance-sampling.ts";
import { selfNormalizedMarginalizedDoublyRobust } from "./self-normalized-marginalized-doubly-robust.ts";
import { selfNormalizedMarginalizedImportanceSampling } from "./self-normalized-marginalized-importance-sampling.ts";
import { selfNormalizedPerDecisionImportanceSampling } from "./self-normalized-per-decision-importance-sampling.ts";
import { selfNormalizedTrajectoryImportanceSampling } from "./self-normalized-trajectory-importance-sampling.ts";
import { sequentialDirectMethod } from "./sequential-direct-method.ts";
import { sequentialDoublyRobust } from "./sequential-doubly-robust.ts";
import type { TabularTrajectoryLog } from "./tabular-trajectory-log.ts";
import { trajectoryImportanceSampling } from "./trajectory-importance-sampling.ts";
import type { ModelledTrajectoryLog, TrajectoryLog } from "./trajectory-log.ts";
import { weightedDoublyRobust } from "./weighted-doubly-robust.ts";

/** What a table of estimators shows of one. */
interface Described {
  /** Stable name in files and options. */
  readonly id: string;
  readonly title: string;
  /** Whether it is unbiased with exact propensities (and ratios, where it reads them) and full support. */
  readonly unbiased: boolean;
}

/** A sequential estimator by what it reads beside rewards and propensities. */
export type SequentialEstimator =
  | (Described & { readonly needs: "propensities"; readonly terms: (log: TrajectoryLog) => EstimatorTerms })
  | (Described & { readonly needs: "model"; readonly terms: (log: ModelledTrajectoryLog) => EstimatorTerms })
  | (Described & {
      readonly needs: "ratios";
      readonly terms: (log: TrajectoryLog, ratios: MarginalRatios) => EstimatorTerms;
    })
  | (Described & {
      readonly needs: "model and ratios";
      readonly terms: (log: ModelledTrajectoryLog, ratios: MarginalRatios) => EstimatorTerms;
    })
  | (Described & { readonly needs: "tables"; readonly terms: (log: TabularTrajectoryLog) => EstimatorTerms });

/** Sequential estimators by name, for tables and comparisons. A new one is a file beside this and a line here. */
export const SEQUENTIAL_ESTIMATORS: readonly SequentialEstimator[] = [
  {
    id: "tis",
    title: "Trajectory importance sampling",
    unbiased: true,
    needs: "propensities",
    terms: trajectoryImportanceSampling,
  },
  {
    id: "sntis",
    title: "Self-normalised trajectory importance sampling",
    unbiased: false,
    needs: "propensities",
    terms: selfNormalizedTrajectoryImportanceSampling,
  },
  {
    id: "pdis",
    title: "Per-decision importance sampling",
    unbiased: true,
    needs: "propensities",
    terms: perDecisionImportanceSampling,
  },
  {
    id: "snpdis",
    title: "Self-normalised per-decision importance sampling",
    unbiased: false,
    needs: "propensities",
    terms: (log) => selfNormalizedPerDecisionImportanceSampling(log),
  },
  {
    id: "per-decision-cressie-read",
    title: "Per-decision Cressie–Read",
    unbiased: false,
    needs: "propensities",
    terms: (log) => perDecisionCressieRead(log),
  },
  {
    id: "sequential-dm",
    title: "Direct method",
    unbiased: false,
    needs: "model",
    terms: sequentialDirectMethod,
  },
  {
    id: "sequential-dr",
    title: "Doubly robust",
    unbiased: true,
    needs: "model",
    terms: sequentialDoublyRobust,
  },
  {
    id: "wdr",
    title: "Weighted doubly robust",
    unbiased: false,
    needs: "model",
    terms: weightedDoublyRobust,
  },
  { id: "magic", title: "MAGIC", unbiased: false, needs: "model", terms: (log) => magic(log) },
  {
    id: "mis",
    title: "Marginalised importance sampling",
    unbiased: true,
    needs: "ratios",
    terms: (log, ratios) => marginalizedImportanceSampling(log, ratios),
  },
  {
    id: "snmis",
    title: "Self-normalised marginalised importance sampling",
    unbiased: false,
    needs: "ratios",
    terms: (log, ratios) => selfNormalizedMarginalizedImportanceSampling(log, ratios),
  },
  {
    id: "marginalized-dr",
    title: "Marginalised doubly robust",
    unbiased: true,
    needs: "model and ratios",
    terms: (log, ratios) => marginalizedDoublyRobust(log, ratios),
  },
  {
    id: "snmarginalized-dr",
    title: "Self-normalised marginalised doubly robust",
    unbiased: false,
    needs: "model and ratios",
    terms: (log, ratios) => selfNormalizedMarginalizedDoublyRobust(log, ratios),
  },
  {
    id: "drl",
    title: "Double reinforcement learning",
    unbiased: false,
    needs: "tables",
    terms: (log) => doubleReinforcementLearning(log),
  },
  { id: "best-dice", title: "BestDICE", unbiased: false, needs: "tables", terms: (log) => bestDice(log) },
];
