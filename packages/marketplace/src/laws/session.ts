import * as z from "zod";
import { logistic, parameter } from "./parameter.ts";

/** Options of how long a session goes on. */
export const sessionOptions = z.strictObject({
  base: parameter(-10, 10, 0.9, "Logit of going on at neutral satisfaction and no fatigue [logit]"),
  enjoyment: parameter(0, 10, 0.15, "Logit gained by a unit of the page's enjoyment [logit]"),
  satisfaction: parameter(0, 10, 1.5, "Logit gained by satisfaction, centred at 0.5 [logit]"),
  fatigue: parameter(0, 10, 1.5, "Logit lost at full fatigue [logit]"),
});
export type SessionOptions = z.infer<typeof sessionOptions>;

/** Probability that the session goes on: `logistic(base + enjoyment·E + satisfaction·(s − 0.5) − fatigue·f)`. */
export function continueProbability(
  pageEnjoyment: number,
  satisfaction: number,
  fatigue: number,
  options: SessionOptions,
): number {
  return logistic(
    options.base +
      options.enjoyment * pageEnjoyment +
      options.satisfaction * (satisfaction - 0.5) -
      options.fatigue * fatigue,
  );
}
