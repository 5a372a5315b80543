import { deriveKey, uniform, type RandomKey } from "@longview/statistics";
import { z } from "zod";
import { armBounds, armOf, ArmShares, neededColumn, type Design } from "./design.ts";

/** Configuration of {@link budgetSplitDesign}. */
export const BudgetSplitDesignSpec = z.strictObject({ kind: z.literal("budget-split"), ...ArmShares });

/** Budgets of each part of the market, one entry an advertiser. */
export interface SplitBudgets {
  readonly control: Float64Array;
  readonly treatment: Float64Array;
  /** For users who take no part. */
  readonly outside: Float64Array;
}

/** A design of users in which each arm spends its own money. */
export interface BudgetSplitDesign extends Design<"budget-split"> {
  /**
   * Splits budgets of whole units of money (cents) by the shares of users, without losing one: control and treatment are rounded
   * down, the rest is outside, or where nobody is outside control's.
   *
   * @throws RangeError for a budget that is not a whole number >= 0
   */
  split(budgets: ArrayLike<number>): SplitBudgets;
}

/**
 * Users are split, and every advertiser's budget with them, so that treated users cannot spend the money which control's would
 * have brought in. Needs budgets that are large against one auction.
 *
 * @see Liu, Mao & Kang (2021), "Trustworthy and powerful online marketplace experimentation with budget-split design"
 */
export function budgetSplitDesign(
  spec: z.output<typeof BudgetSplitDesignSpec>,
  key: RandomKey,
): BudgetSplitDesign {
  const bounds = armBounds("budget-split design", spec);
  const own = deriveKey(key, "user");
  return {
    kind: "budget-split",
    armsInto(out, rows) {
      const user = neededColumn("budget-split design", "user", rows, rows.user);
      for (let i = 0; i < rows.count; i++) out[i] = armOf(uniform(own, user[i]!, 0), bounds);
    },
    split(budgets) {
      const control = new Float64Array(budgets.length);
      const treatment = new Float64Array(budgets.length);
      const outside = new Float64Array(budgets.length);
      for (let i = 0; i < budgets.length; i++) {
        const budget = budgets[i]!;
        if (!(Number.isSafeInteger(budget) && budget >= 0))
          throw new RangeError(`budget-split design: budget ${i} must be a whole number >= 0, got ${budget}`);
        treatment[i] = Math.floor(budget * bounds.treatment);
        if (bounds.control === 1) control[i] = budget - treatment[i]!;
        else {
          control[i] = Math.floor(budget * (bounds.control - bounds.treatment));
          outside[i] = budget - treatment[i]! - control[i]!;
        }
      }
      return { control, treatment, outside };
    },
  };
}
