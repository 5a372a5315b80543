import type { ServedDecision } from "../../src/decision-log/index.ts";

/** A number in (0, 1) that needs all bits of its mantissa. No library: children start with this file. */
function draw(number: number, at: number): number {
  const wave = Math.sin(number * 12.9898 + at * 78.233 + 1) * 43_758.5453;
  return wave - Math.floor(wave) || 0.5;
}

/** A decision that its number determines: its lists' lengths vary, its texts are not only ASCII. */
export function servedDecision(number: number, change: Partial<ServedDecision> = {}): ServedDecision {
  const candidates = 2 + (number % 7);
  const featureCount = number % 4;
  const first = draw(number, 0);
  const second = draw(number, 1) / 3;
  return {
    unitId: `u${number}`,
    sessionId: number % 3 === 0 ? undefined : `s${number % 11}`,
    step: number % 5,
    policyId: number % 2 === 0 ? "policy-a" : "policy-ö/greedy",
    randomKey: `00ff/${number}`,
    context: Float32Array.from({ length: number % 6 }, (_, k) => draw(number, 2 + k)),
    itemIds: Array.from({ length: candidates }, (_, m) => (m % 3 === 2 ? `ø-${m}-日本` : `i${m}`)),
    creatorIds: Array.from({ length: candidates }, (_, m) => `c"${m % 3}`),
    features: Float32Array.from({ length: candidates * featureCount }, (_, k) => draw(number, 20 + k)),
    featureCount,
    slate: Int32Array.of(candidates - 1, 0),
    slatePropensity: first * second,
    positionPropensities: Float64Array.of(first, second),
    ...change,
  };
}
