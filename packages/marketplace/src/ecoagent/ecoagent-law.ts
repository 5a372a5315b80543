/** Reward of a clicked document for the user: `s·quality + (1 − s)·u_topic + noise + 2`, never below 0. */
export function userReward(
  qualitySensitivity: number,
  quality: number,
  preference: number,
  noise: number,
): number {
  return qualitySensitivity * quality + (1 - qualitySensitivity) * preference + noise + 2;
}

/**
 * What a creator makes of a satisfaction: itself, or with saturation `log(1 + max(x, e^threshold − 1))`, diminishing
 * returns that never fall below the viability threshold.
 */
export function saturatedSatisfaction(saturation: boolean, threshold: number, satisfaction: number): number {
  return saturation ? Math.log1p(Math.max(satisfaction, Math.expm1(threshold))) : satisfaction;
}

/** Documents that a creator makes when her saturated satisfaction goes from `before` to `after`: multiples of `margin` crossed upward. */
export function newDocuments(margin: number, before: number, after: number): number {
  return Math.max(0, Math.floor(after / margin) - Math.floor(before / margin));
}

/** Scales `values[start … start + length)` to Euclidean length 1. */
export function normalize(values: Float64Array, start: number, length: number): void {
  let squares = 0;
  for (let i = start; i < start + length; i++) squares += values[i]! * values[i]!;
  const scale = 1 / Math.sqrt(squares);
  for (let i = start; i < start + length; i++) values[i] = values[i]! * scale;
}

/** The topic of a new document, drawn from the softmax of the creator's preferences by one uniform. */
export function drawTopic(preferences: Float64Array, start: number, topics: number, uniform: number): number {
  let total = 0;
  for (let i = start; i < start + topics; i++) total += Math.exp(preferences[i]!);
  let remaining = uniform * total;
  for (let topic = 0; topic < topics - 1; topic++) {
    remaining -= Math.exp(preferences[start + topic]!);
    if (remaining < 0) return topic;
  }
  return topics - 1;
}
