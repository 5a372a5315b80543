import type { PolicyState } from "@longview/policy-gradient";
import type { RandomKey } from "@longview/statistics";
import type { RunConfiguration } from "../configuration/schema.ts";
import type { UnitResult } from "./unit-result.ts";

/** What every thread of an evaluation is given once. */
export interface EvaluationContext {
  readonly configuration: RunConfiguration;
  readonly policy: PolicyState;
}

export type Weights = Readonly<Record<string, number>>;

/** A tuned policy: the weights that did best on training worlds. */
export interface Tuning {
  readonly weights: Weights;
  readonly score: number;
}

/** A unit of work of an evaluation: plain data with its own random key, so that any thread can do it, in any order. */
export type EvaluationWork =
  | { readonly kind: "tune"; readonly policy: string; readonly key: RandomKey }
  | {
      readonly kind: "world";
      readonly policy: string;
      readonly key: RandomKey;
      readonly weights: Weights | null;
    }
  | { readonly kind: "episodes"; readonly policy: string; readonly key: RandomKey };

export type EvaluationPartResult =
  | { readonly kind: "tuning"; readonly tuning: Tuning }
  | { readonly kind: "units"; readonly units: readonly UnitResult[] };
