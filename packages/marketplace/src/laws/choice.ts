import * as z from "zod";
import { logistic, parameter } from "./parameter.ts";

/** Options of how a user answers a slate. */
export const choiceOptions = z.strictObject({
  model: z
    .enum(["cascade", "multinomial-logit"])
    .default("cascade")
    .describe(
      "cascade: read down the page, open any number; multinomial-logit: open one item of the slate or none",
    ),
  continuation: parameter(
    0.05,
    1,
    0.85,
    "Chance to look at the next position, given that this one was looked at [0..1]",
  ),
  base: parameter(-10, 10, 0, "Logit of opening a middling item [logit]"),
  match: parameter(0, 10, 2, "Logit gained by interest match, centred at 0.4 [logit]"),
  appeal: parameter(0, 10, 2.6, "Logit gained by appeal, centred at 0.5 [logit]"),
  freshness: parameter(0, 10, 0.5, "Logit gained by freshness [logit]"),
  satiation: parameter(0, 10, 1, "Logit lost at full satiation with the item's topics [logit]"),
  fatigue: parameter(0, 10, 0.5, "Logit lost at full fatigue [logit]"),
  trust: parameter(0, 10, 1, "Logit gained by trust, centred at 0.5 [logit]"),
  outside: parameter(-10, 10, 0.5, "multinomial-logit: logit of opening nothing [logit]"),
});
export type ChoiceOptions = z.infer<typeof choiceOptions>;

/**
 * Logit of opening an item:
 * `base + match·(x − 0.4) + appeal·(a − 0.5) + freshness·n − satiation·s − fatigue·f + trust·(t − 0.5)`.
 */
export function openLogit(
  match: number,
  appeal: number,
  freshness: number,
  satiation: number,
  fatigue: number,
  trust: number,
  options: ChoiceOptions,
): number {
  return (
    options.base +
    options.match * (match - 0.4) +
    options.appeal * (appeal - 0.5) +
    options.freshness * freshness -
    options.satiation * satiation -
    options.fatigue * fatigue +
    options.trust * (trust - 0.5)
  );
}

/** Chance that position `j` (0 first) is looked at: `continuation^j`. */
export function examinationProbability(position: number, options: ChoiceOptions): number {
  return Math.pow(options.continuation, position);
}

/** Number of positions looked at, from one draw: the largest n <= slots with `u < continuation^(n−1)`. */
export function positionsExamined(uniform: number, slots: number, options: ChoiceOptions): number {
  let examined = 1;
  let chance = options.continuation;
  while (examined < slots && uniform < chance) {
    examined++;
    chance *= options.continuation;
  }
  return examined;
}

/** Chance to open an examined item in the cascade model: `logistic(logit)`. */
export function openProbability(logit: number): number {
  return logistic(logit);
}

/**
 * Multinomial logit: which of `count` positions is opened, or −1. Weight of position j: `exp(logitⱼ) · continuation^j`;
 * of opening nothing: `exp(outside)`.
 *
 * @param uniform - a draw in (0, 1)
 * @see McFadden (1974); position bias as a factor on the weight
 */
export function chosenPosition(
  uniform: number,
  logits: ArrayLike<number>,
  count: number,
  options: ChoiceOptions,
): number {
  let total = Math.exp(options.outside);
  let bias = 1;
  for (let j = 0; j < count; j++) {
    total += Math.exp(logits[j]!) * bias;
    bias *= options.continuation;
  }
  let left = uniform * total;
  bias = 1;
  for (let j = 0; j < count; j++) {
    left -= Math.exp(logits[j]!) * bias;
    if (left < 0) return j;
    bias *= options.continuation;
  }
  return -1;
}
