/**
 * Mixing with the uniform policy: `(1 − share) · p + share · u`, which gives every choice a chance.
 *
 * @param probability - of the policy alone
 * @param uniformProbability - of the same choice under the uniform policy
 * @param share - in [0, 1]; at 0 and 1 the result is exactly one of the two
 */
export function mixedProbability(probability: number, uniformProbability: number, share: number): number {
  if (share === 0) return probability;
  return share === 1 ? uniformProbability : (1 - share) * probability + share * uniformProbability;
}

/** The share that mixing by `inner` and then by `outer` amounts to: `1 − (1 − inner)(1 − outer)`. */
export function combinedShare(inner: number, outer: number): number {
  return inner === 0 ? outer : 1 - (1 - inner) * (1 - outer);
}
