import { OffPolicyEvaluationError } from "../error.ts";
import { checkedWeights, checkSlotSupport, slateCountOf, type SlateRewards } from "./slate-checks.ts";

/** What the estimators of the cascade assumption read. */
export interface CascadeSlateInput extends SlateRewards {
  /** Logging policy's probability of the items in the slots up to this one, [slates · slotCount], in (0, 1]. */
  readonly prefixPropensity: Float64Array;
  /** The same of the target policy, in [0, 1]. */
  readonly prefixProbability: Float64Array;
}

/** By how much a prefix's probability may pass that of a shorter one: logs are often rounded. */
const TOLERANCE = 1e-6;

/**
 * Importance weights of the prefixes, [slates · slotCount].
 *
 * @throws OffPolicyEvaluationError `NO_SUPPORT` when a slot's weights are all 0; `BAD_VALUE` also where a prefix is more
 * probable than a shorter one; `EMPTY`, `BAD_LENGTH`, `BAD_OPTION`
 */
export function prefixWeights(input: CascadeSlateInput): Float64Array {
  const { slotCount, prefixPropensity, prefixProbability } = input;
  const slateCount = slateCountOf(input);
  const weight = checkedWeights(
    { length: slateCount * slotCount, meaning: "one a slot of each slate" },
    ["prefixPropensity", prefixPropensity],
    ["prefixProbability", prefixProbability],
  );
  checkFalling("prefixPropensity", prefixPropensity, slotCount);
  checkFalling("prefixProbability", prefixProbability, slotCount);
  checkSlotSupport("weights of prefixes", weight, slotCount);
  return weight;
}

function checkFalling(name: string, values: Float64Array, slotCount: number): void {
  for (let entry = 1; entry < values.length; entry++)
    if (entry % slotCount !== 0 && values[entry]! > values[entry - 1]! * (1 + TOLERANCE) + TOLERANCE)
      throw new OffPolicyEvaluationError(
        "BAD_VALUE",
        `${name}[${entry}] is ${values[entry]}: it must be at most that of the shorter prefix, ${values[entry - 1]}`,
      );
}
