/** The numbers that govern a long-term-satisfaction user. */
export interface LongTermSatisfactionLaw {
  /** Share of the net positive exposure that remains after a step. */
  readonly memoryDiscount: number;
  /** Steepness of the satisfaction curve. */
  readonly sensitivity: number;
  /** Standard deviation of the exposure's innovation. */
  readonly innovationDeviation: number;
  /** Mean and standard deviation of the log-engagement with a wholly clickbait document ("choc"). */
  readonly chocMean: number;
  readonly chocDeviation: number;
  /** The same with a document without clickbait ("kale"). */
  readonly kaleMean: number;
  readonly kaleDeviation: number;
}

/** Satisfaction in (0, 1) at a net positive exposure: `1 / (1 + exp(−sensitivity · exposure))`. */
export function satisfactionAt(law: LongTermSatisfactionLaw, exposure: number): number {
  return 1 / (1 + Math.exp(-law.sensitivity * exposure));
}

/**
 * Engagement with a document of clickbait share `c`: lognormal, `exp(satisfaction · (c·choc + (1 − c)·kale) + σz)`
 * with `σ = c·σ_choc + (1 − c)·σ_kale`. RecSim's docstring calls the exponent's mean the mean; the code is followed.
 *
 * @param z - one standard normal draw
 */
export function engagement(
  law: LongTermSatisfactionLaw,
  satisfaction: number,
  clickbait: number,
  z: number,
): number {
  const mean = satisfaction * (clickbait * law.chocMean + (1 - clickbait) * law.kaleMean);
  const deviation = clickbait * law.chocDeviation + (1 - clickbait) * law.kaleDeviation;
  return Math.exp(mean + deviation * z);
}

/**
 * Net positive exposure after a document: `memory · exposure − 2(c − ½) + innovation · z`. RecSim's class docstring
 * has the opposite sign of the middle term; the code is followed, so clickbait lowers satisfaction.
 */
export function nextExposure(
  law: LongTermSatisfactionLaw,
  exposure: number,
  clickbait: number,
  z: number,
): number {
  return law.memoryDiscount * exposure - 2 * (clickbait - 0.5) + law.innovationDeviation * z;
}
