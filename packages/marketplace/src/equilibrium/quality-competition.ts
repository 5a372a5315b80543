/**
 * Creators who compete in quality alone for users who all want the same: the highest quality q wins all `users`, and
 * making it costs `q^exponent`.
 */
export interface QualityCompetition {
  /** Users N, >= 1, each worth 1 to the creator who wins them. */
  readonly users: number;
  /** Creators P, >= 2. */
  readonly creators: number;
  /** Exponent β of the cost, > 0. */
  readonly exponent: number;
}

/**
 * Distribution function of quality in the symmetric equilibrium: `F(q) = min(1, (q^β / N)^{1/(P−1)})`: every quality up to
 * `N^{1/β}` wins in expectation exactly what it costs, `N · F(q)^{P−1} = q^β`.
 *
 * @see Jagadeesan, Garg & Steinhardt (2023), "Supply-Side Equilibria in Recommender Systems", the one-dimensional case
 */
export function qualityDistribution(quality: number, competition: QualityCompetition): number {
  const { users, creators, exponent } = competition;
  if (quality <= 0) return 0;
  return Math.min(1, Math.pow(Math.pow(quality, exponent) / users, 1 / (creators - 1)));
}

/** Quantile of quality in that equilibrium, the inverse of {@link qualityDistribution}; `probability` in [0, 1]. */
export function qualityQuantile(probability: number, competition: QualityCompetition): number {
  const { users, creators, exponent } = competition;
  return Math.pow(users * Math.pow(probability, creators - 1), 1 / exponent);
}

/** Mean quality of a creator in that equilibrium: `N^{1/β} · β / (β + P − 1)`. */
export function meanQuality({ users, creators, exponent }: QualityCompetition): number {
  return (Math.pow(users, 1 / exponent) * exponent) / (exponent + creators - 1);
}
