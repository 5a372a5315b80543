/**
 * Categorical distribution over the positions of a logit vector, in float64.
 *
 * A logit of −Infinity is a masked action: its probability is exactly 0. At least one logit must be finite.
 */

/** log Σ exp(logits), stable: exact for dominated and for masked entries. */
export function logSumExp(logits: Readonly<Float64Array>): number {
  let largest = -Infinity;
  for (let i = 0; i < logits.length; i++) if (logits[i]! > largest) largest = logits[i]!;
  if (largest === -Infinity) return -Infinity;
  let sum = 0;
  for (let i = 0; i < logits.length; i++) sum += Math.exp(logits[i]! - largest);
  return largest + Math.log(sum);
}

/**
 * Draws an action by inverting the cumulative distribution at one uniform.
 *
 * @param uniform - in (0, 1)
 * @throws RangeError when every action is masked
 */
export function sampleCategorical(logits: Readonly<Float64Array>, uniform: number): number {
  const normaliser = logSumExp(logits);
  if (normaliser === -Infinity)
    throw new RangeError("categorical: every action is masked; at least one must be allowed");
  let cumulative = 0;
  let last = -1;
  for (let i = 0; i < logits.length; i++) {
    if (logits[i]! === -Infinity) continue;
    cumulative += Math.exp(logits[i]! - normaliser);
    last = i;
    if (uniform < cumulative) return i;
  }
  // Rounding can leave the cumulative sum a hair below 1: the rest belongs to the last allowed action.
  return last;
}

/** Natural log of the action's probability; −Infinity for a masked action. */
export function categoricalLogProbability(logits: Readonly<Float64Array>, action: number): number {
  return logits[action]! === -Infinity ? -Infinity : logits[action]! - logSumExp(logits);
}

/** −Σ p log p in nats, over unmasked actions. */
export function categoricalEntropy(logits: Readonly<Float64Array>): number {
  const normaliser = logSumExp(logits);
  let entropy = 0;
  for (let i = 0; i < logits.length; i++) {
    const logProbability = logits[i]! - normaliser;
    const probability = Math.exp(logProbability);
    if (probability > 0) entropy -= probability * logProbability;
  }
  return entropy;
}

/** The most probable action; the first among equals. */
export function greedyCategorical(logits: Readonly<Float64Array>): number {
  let best = -1;
  for (let i = 0; i < logits.length; i++) {
    if (logits[i]! !== -Infinity && (best < 0 || logits[i]! > logits[best]!)) best = i;
  }
  if (best < 0) throw new RangeError("categorical: every action is masked; at least one must be allowed");
  return best;
}
