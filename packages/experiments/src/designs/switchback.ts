import { deriveKey, uniform, type RandomKey } from "@longview/statistics";
import { z } from "zod";
import { CONTROL, neededColumn, TREATMENT, type AssignmentRows, type Design } from "./design.ts";

/** Configuration of {@link switchbackDesign}. */
export const SwitchbackDesignSpec = z.strictObject({
  kind: z.literal("switchback"),
  /** Length of an interval, in the unit of the rows' time. */
  length: z.number().gt(0),
  /** Time at the start of each interval that is left out of the estimate; shorter than the interval. */
  washout: z.number().min(0).default(0),
  /** When interval 0 starts. */
  start: z.number().default(0),
  /**
   * `independent`: a coin for each interval. `paired`: intervals 2k and 2k + 1 get one arm each in random order, which takes
   * slow trends out of the estimate.
   */
  order: z.enum(["independent", "paired"]).default("independent"),
  /** Share of treated intervals; with `paired` it is ½. */
  treatmentShare: z.number().gt(0).lt(1).default(0.5),
});

/** A design in time, with what its estimator needs. */
export interface SwitchbackDesign extends Design<"switchback"> {
  /** Writes each row's interval number: the unit of the estimate. */
  intervalsInto(out: Int32Array, rows: AssignmentRows): void;
  /** Writes 1 for rows behind the washout of their interval, 0 for rows within. */
  keptInto(out: Uint8Array, rows: AssignmentRows): void;
  /** The arm of an interval. */
  armOfInterval(interval: number): number;
}

/**
 * The whole market has one arm at a time and switches between them. Free of competition between arms; biased by what one interval
 * leaves to the next, which the washout bounds. For a market of several regions make one design a region, with `foldIn(key, region)`.
 *
 * @throws RangeError for a washout that leaves nothing, or pairs with another share than ½
 * @see Bojinov, Simchi-Levi & Zhao (2023), "Design and analysis of switchback experiments"; Hu & Wager (2022), "Switchback
 * experiments under geometric mixing"
 */
export function switchbackDesign(
  spec: z.output<typeof SwitchbackDesignSpec>,
  key: RandomKey,
): SwitchbackDesign {
  const { length, washout, start, order, treatmentShare } = spec;
  if (washout >= length)
    throw new RangeError(`switchback design: washout must be below length ${length}, got ${washout}`);
  if (order === "paired" && treatmentShare !== 0.5)
    throw new RangeError(`switchback design: treatmentShare must be 0.5 with pairs, got ${treatmentShare}`);
  const own = deriveKey(key, "switchback");
  const paired = order === "paired";
  const armOfInterval = (interval: number): number => {
    const treated = paired
      ? uniform(own, interval >> 1, 0) < 0.5 === ((interval & 1) === 0)
      : uniform(own, interval, 0) < treatmentShare;
    return treated ? TREATMENT : CONTROL;
  };
  return {
    kind: "switchback",
    armOfInterval,
    armsInto(out, rows) {
      const time = neededColumn("switchback design", "time", rows, rows.time);
      for (let i = 0; i < rows.count; i++) out[i] = armOfInterval(Math.floor((time[i]! - start) / length));
    },
    intervalsInto(out, rows) {
      const time = neededColumn("switchback design", "time", rows, rows.time);
      for (let i = 0; i < rows.count; i++) out[i] = Math.floor((time[i]! - start) / length);
    },
    keptInto(out, rows) {
      const time = neededColumn("switchback design", "time", rows, rows.time);
      for (let i = 0; i < rows.count; i++) {
        const since = time[i]! - start;
        out[i] = since - length * Math.floor(since / length) >= washout ? 1 : 0;
      }
    },
  };
}
