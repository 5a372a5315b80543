import type { RandomKey } from "@longview/statistics";
import { z } from "zod";
import { BudgetSplitDesignSpec, budgetSplitDesign, type BudgetSplitDesign } from "./budget-split.ts";
import { ClusterDesignSpec, clusterDesign } from "./cluster.ts";
import { CoDivertedDesignSpec, coDivertedDesign, type CoDivertedDesign } from "./co-diverted.ts";
import { CreatorDesignSpec, creatorDesign } from "./creator.ts";
import type { Design } from "./design.ts";
import { SwitchbackDesignSpec, switchbackDesign, type SwitchbackDesign } from "./switchback.ts";
import { TwoSidedDesignSpec, twoSidedDesign, type TwoSidedDesign } from "./two-sided.ts";
import { UserDesignSpec, userDesign } from "./user.ts";

/** Configuration of any design, told apart by `kind`. */
export const DesignSpec = z.discriminatedUnion("kind", [
  UserDesignSpec,
  CreatorDesignSpec,
  TwoSidedDesignSpec,
  ClusterDesignSpec,
  SwitchbackDesignSpec,
  BudgetSplitDesignSpec,
  CoDivertedDesignSpec,
]);
/** What a configuration file may hold: fields with a default may be left out. */
export type DesignSpecInput = z.input<typeof DesignSpec>;

/** Any design. */
export type ExperimentDesign =
  | Design<"user">
  | Design<"creator">
  | Design<"cluster">
  | TwoSidedDesign
  | SwitchbackDesign
  | BudgetSplitDesign
  | CoDivertedDesign;

/**
 * The design of a configuration. Equal configuration and key give equal arms, on any machine and in any order.
 *
 * @throws RangeError for a configuration that is not allowed, with the field and what is wrong with it
 * @example
 * const design = createDesign({ kind: "user", treatmentShare: 0.1 }, rootKey("experiment 7"));
 * const arms = new Uint8Array(2);
 * design.armsInto(arms, { count: 2, user: Int32Array.of(17, 18) });
 */
export function createDesign<Input extends DesignSpecInput>(
  input: Input,
  key: RandomKey,
): Extract<ExperimentDesign, { readonly kind: Input["kind"] }>;
export function createDesign(input: DesignSpecInput, key: RandomKey): ExperimentDesign {
  const parsed = DesignSpec.safeParse(input);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new RangeError(`design: ${issue?.path.join(".") || "specification"}: ${issue?.message}`);
  }
  const spec = parsed.data;
  switch (spec.kind) {
    case "user":
      return userDesign(spec, key);
    case "creator":
      return creatorDesign(spec, key);
    case "two-sided":
      return twoSidedDesign(spec, key);
    case "cluster":
      return clusterDesign(spec, key);
    case "switchback":
      return switchbackDesign(spec, key);
    case "budget-split":
      return budgetSplitDesign(spec, key);
    case "co-diverted":
      return coDivertedDesign(spec, key);
  }
}
