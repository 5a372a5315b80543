/** What {@link slowEcosystem} simulates. */
export interface SlowEcosystemOptions {
  readonly providerMeans: readonly (readonly number[])[];
  readonly users: number;
  readonly horizon: number;
  readonly cap: number;
  readonly runs: number;
  readonly seed: number;
}

/** Uniforms by a multiplicative congruential generator (Park and Miller 1988, multiplier 48271). */
function parkMiller(seed: number): () => number {
  let state = Math.round(seed * 1000) + 12345;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}

/**
 * RecSim NG's ecosystem and recommender written from its text, with objects and lists, and drawn otherwise: normals by
 * Box and Muller, categories and choices by Gumbel maxima, slates by sorting. One value a run: cumulative reward of a
 * user, and the exponential of the entropy of the discounted clicks.
 */
export function slowEcosystem(options: SlowEcosystemOptions): {
  rewards: Float64Array;
  effective: Float64Array;
} {
  const { providerMeans, users, horizon, cap, runs, seed } = options;
  const next = parkMiller(seed);
  const normal = () => Math.sqrt(-2 * Math.log(next())) * Math.cos(2 * Math.PI * next());
  const category = (logits: readonly number[]) => {
    const noisy = logits.map((logit) => logit - Math.log(-Math.log(next())));
    return noisy.indexOf(Math.max(...noisy));
  };
  const around = (mean: readonly number[], deviation: number) =>
    mean.map((value) => value + deviation * normal());
  const away = (a: readonly number[], b: readonly number[]) =>
    Math.hypot(...a.map((value, i) => value - b[i]!));
  const norms = providerMeans.map((mean) => Math.hypot(...mean));
  const rewards = new Float64Array(runs);
  const effective = new Float64Array(runs);
  for (let run = 0; run < runs; run++) {
    const interests = Array.from({ length: users }, () => {
      const provider = category(norms.map((norm) => -Math.log(1 + norm)));
      return around(providerMeans[provider]!, 20.5 / (1 + norms[provider]!));
    });
    let clicks = providerMeans.map(() => 0);
    const pulls = providerMeans.map(() => 0);
    for (let step = 0; step < horizon; step++) {
      const documents = Array.from({ length: 5 * providerMeans.length }, () => {
        const provider = category(clicks.map((count) => 2 * Math.log(1 + count)));
        return { provider, features: around(providerMeans[provider]!, 1) };
      });
      const mean = pulls.reduce((sum, count) => sum + count, 0) / pulls.length;
      const boosts = pulls.map((count) => Math.min(cap, Math.max(-cap, mean - count)));
      const chosen = interests.map((interest) => {
        const scored = documents.map((document) => {
          const similarity = 2 - away(interest, document.features);
          const other = similarity + boosts[document.provider]! + 1e-4;
          const low = Math.min(similarity, other);
          return { document, similarity, score: low + (Math.max(similarity, other) - low) * next() };
        });
        const slate = scored.toSorted((a, b) => b.score - a.score).slice(0, 3);
        return slate[category(slate.map(({ similarity }) => similarity))]!;
      });
      clicks = clicks.map((count) => 0.96 * count);
      for (const { document, similarity } of chosen) {
        clicks[document.provider]! += 1;
        pulls[document.provider]! += 1;
        // The utility of the last step never reaches the metrics.
        const utility = similarity + normal();
        if (step < horizon - 1) rewards[run]! += utility / users;
      }
    }
    const total = clicks.reduce((sum, count) => sum + count, 0);
    const shares = clicks.map((count) => count / total).filter((share) => share > 0);
    effective[run] = Math.exp(-shares.reduce((sum, share) => sum + share * Math.log(share), 0));
  }
  return { rewards, effective };
}
