/**
 * Plackett–Luce distribution over ordered slates, in float64.
 *
 * A slate of k out of m candidates is filled from the first slot on; each slot takes one of the candidates left,
 * with probability proportional to exp(score). A score of −Infinity is a masked candidate: never chosen.
 * Where fewer than k candidates are unmasked, the slots left over hold −1 and add log-probability 0.
 *
 * Sampling has the resolution of its 32-bit uniforms (about 2⁻³²); probabilities are exact to float64 rounding.
 *
 * @see Plackett (1975), "The Analysis of Permutations"; Kool, van Hoof & Welling (2019) for Gumbel top-k
 */

/**
 * Draws a slate by Gumbel top-k: the k largest of score − log(−log u), in descending order, is an exact sample.
 *
 * @param slate - receives k positions into `scores`
 * @param uniforms - in (0, 1), one a candidate (masked ones too, so that a mask shifts nobody else's noise)
 * @param scratch - work space, one a candidate
 */
export function samplePlackettLuceInto(
  slate: Int32Array,
  scores: Readonly<Float64Array>,
  uniforms: Readonly<Float64Array>,
  scratch: Float64Array,
): void {
  for (let i = 0; i < scores.length; i++) {
    scratch[i] = scores[i]! === -Infinity ? -Infinity : scores[i]! - Math.log(-Math.log(uniforms[i]!));
  }
  takeLargestInto(slate, scratch);
}

/** The most probable slate: candidates by descending score; the first among equals. `scratch` as in sampling. */
export function greedyPlackettLuceInto(
  slate: Int32Array,
  scores: Readonly<Float64Array>,
  scratch: Float64Array,
): void {
  scratch.set(scores);
  takeLargestInto(slate, scratch);
}

function takeLargestInto(slate: Int32Array, keys: Float64Array): void {
  for (let slot = 0; slot < slate.length; slot++) {
    let best = -1;
    let largest = -Infinity;
    for (let i = 0; i < keys.length; i++) {
      if (keys[i]! > largest) {
        largest = keys[i]!;
        best = i;
      }
    }
    slate[slot] = best;
    if (best >= 0) keys[best] = -Infinity;
  }
}

/** Work space of one call: exp(score − largest) of each candidate, 0 for those that were taken. */
let weights = new Float64Array(64);

/**
 * Per-position conditional log-probabilities: out[j] = log P(slate[j] | slate[0 … j)).
 *
 * Each slot's normaliser is summed afresh over the candidates left (never by subtraction), so it stays exact where
 * the chosen candidates dominated the rest.
 *
 * @returns the joint log-probability, Σ out
 * @throws RangeError when a position is masked, repeated or out of range
 */
export function plackettLucePositionLogProbabilitiesInto(
  out: Float64Array,
  scores: Readonly<Float64Array>,
  slate: ArrayLike<number>,
): number {
  const count = scores.length;
  if (weights.length < count) weights = new Float64Array(2 * count);
  const own = weights;
  // What the weights are relative to; they are made again only when the largest score is chosen.
  let reference = Number.NaN;
  let joint = 0;
  for (let slot = 0; slot < slate.length; slot++) {
    const chosen = slate[slot]!;
    if (chosen < 0) {
      out[slot] = 0;
      continue;
    }
    if (!(chosen < count) || scores[chosen]! === -Infinity || contains(slate, slot, chosen)) {
      throw new RangeError(
        `Plackett–Luce: slot ${slot} holds ${chosen}; allowed are distinct unmasked positions below ${count}`,
      );
    }
    if (Number.isNaN(reference)) {
      reference = largestOfRest(scores, slate, slot);
      for (let i = 0; i < count; i++) own[i] = Math.exp(scores[i]! - reference);
      for (let taken = 0; taken < slot; taken++) if (slate[taken]! >= 0) own[slate[taken]!] = 0;
    }
    let sum = 0;
    for (let i = 0; i < count; i++) sum += own[i]!;
    out[slot] = scores[chosen]! - (reference + Math.log(sum));
    joint += out[slot]!;
    own[chosen] = 0;
    if (scores[chosen] === reference) reference = Number.NaN;
  }
  return joint;
}

/** Log-probability of the whole ordered slate. */
export function plackettLuceLogProbability(scores: Readonly<Float64Array>, slate: ArrayLike<number>): number {
  return plackettLucePositionLogProbabilitiesInto(new Float64Array(slate.length), scores, slate);
}

/** Log-probability of each prefix: out[j] = log P(slate[0 … j]); the last is the joint one. */
export function plackettLucePrefixLogProbabilitiesInto(
  out: Float64Array,
  scores: Readonly<Float64Array>,
  slate: ArrayLike<number>,
): void {
  plackettLucePositionLogProbabilitiesInto(out, scores, slate);
  for (let slot = 1; slot < slate.length; slot++) out[slot]! += out[slot - 1]!;
}

/**
 * Sum of the conditional entropies of the slots along this slate, in nats.
 *
 * Its mean over sampled slates is the entropy of the distribution over slates (chain rule), so on one sample it is
 * an unbiased estimate of it; the exact value would need every slate.
 */
export function plackettLuceEntropyAlong(scores: Readonly<Float64Array>, slate: ArrayLike<number>): number {
  let entropy = 0;
  for (let slot = 0; slot < slate.length; slot++) {
    const normaliser = logSumExpOfRest(scores, slate, slot);
    if (normaliser === -Infinity) break;
    for (let i = 0; i < scores.length; i++) {
      if (scores[i]! === -Infinity || contains(slate, slot, i)) continue;
      const logProbability = scores[i]! - normaliser;
      entropy -= Math.exp(logProbability) * logProbability;
    }
  }
  return entropy;
}

function largestOfRest(scores: Readonly<Float64Array>, slate: ArrayLike<number>, slot: number): number {
  let largest = -Infinity;
  for (let i = 0; i < scores.length; i++) {
    if (scores[i]! > largest && !contains(slate, slot, i)) largest = scores[i]!;
  }
  return largest;
}

function logSumExpOfRest(scores: Readonly<Float64Array>, slate: ArrayLike<number>, slot: number): number {
  const largest = largestOfRest(scores, slate, slot);
  if (largest === -Infinity) return -Infinity;
  let sum = 0;
  for (let i = 0; i < scores.length; i++) {
    if (!contains(slate, slot, i)) sum += Math.exp(scores[i]! - largest);
  }
  return largest + Math.log(sum);
}

function contains(slate: ArrayLike<number>, end: number, candidate: number): boolean {
  for (let slot = 0; slot < end; slot++) if (slate[slot] === candidate) return true;
  return false;
}
