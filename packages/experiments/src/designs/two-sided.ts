import { deriveKey, uniform, type RandomKey } from "@longview/statistics";
import { z } from "zod";
import { CONTROL, neededColumn, TREATMENT, type AssignmentRows, type Design } from "./design.ts";

/** Configuration of {@link twoSidedDesign}. */
export const TwoSidedDesignSpec = z.strictObject({
  kind: z.literal("two-sided"),
  /** Share of treated users. */
  userShare: z.number().gt(0).lt(1).default(0.5),
  /** Share of treated creators. */
  creatorShare: z.number().gt(0).lt(1).default(0.5),
});

/** A design of both sides; {@link Design.armsInto} says who is treated, the sides say what spills over. */
export interface TwoSidedDesign extends Design<"two-sided"> {
  /** Writes each row's user's and creator's own arm: the input of `multipleRandomisationEffects`. */
  sidesInto(userArm: Uint8Array, creatorArm: Uint8Array, rows: AssignmentRows): void;
}

/**
 * Users and creators are drawn independently, and a pair is treated when both are: the simple multiple-randomisation design.
 * Its four kinds of pairs show the spillover on each side.
 *
 * @see Bajari et al. (2021), "Multiple randomization designs"; Johari, Li, Liskovich & Weintraub (2022), "Experimental design in
 * two-sided platforms: an analysis of bias"
 */
export function twoSidedDesign(spec: z.output<typeof TwoSidedDesignSpec>, key: RandomKey): TwoSidedDesign {
  const { userShare, creatorShare } = spec;
  const userKey = deriveKey(key, "user");
  const creatorKey = deriveKey(key, "creator");
  return {
    kind: "two-sided",
    armsInto(out, rows) {
      const user = neededColumn("two-sided design", "user", rows, rows.user);
      const creator = neededColumn("two-sided design", "creator", rows, rows.creator);
      for (let i = 0; i < rows.count; i++)
        out[i] =
          uniform(userKey, user[i]!, 0) < userShare && uniform(creatorKey, creator[i]!, 0) < creatorShare
            ? TREATMENT
            : CONTROL;
    },
    sidesInto(userArm, creatorArm, rows) {
      const user = neededColumn("two-sided design", "user", rows, rows.user);
      const creator = neededColumn("two-sided design", "creator", rows, rows.creator);
      for (let i = 0; i < rows.count; i++) {
        userArm[i] = uniform(userKey, user[i]!, 0) < userShare ? TREATMENT : CONTROL;
        creatorArm[i] = uniform(creatorKey, creator[i]!, 0) < creatorShare ? TREATMENT : CONTROL;
      }
    },
  };
}
