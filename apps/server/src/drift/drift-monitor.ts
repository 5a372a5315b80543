import type { DriftThresholds, FeatureDrift } from "@longview/formats";
import {
  chiSquaredUpperTail,
  gridKolmogorovSmirnov,
  kolmogorovSmirnovPValue,
  populationStabilityIndex,
} from "@longview/statistics";
import { FeatureHistograms, type ReferenceDistribution } from "./feature-histograms.ts";

/** What a policy's features were like in training: the part of a bundle's `features.json` that drift is measured against. */
export interface DriftReference {
  /** In the order of a decision's context. */
  readonly context: readonly ReferenceDistribution[];
  /** In the order of a candidate's features; empty for a policy without candidates. */
  readonly candidates: readonly ReferenceDistribution[];
}

/** Options of a {@link DriftMonitor}. */
export interface DriftMonitorOptions {
  /** Decisions a window; figures are over the last one to two. @defaultValue 5000 */
  readonly window?: number;
  /** Population stability from which on a feature has drifted. @defaultValue 0.25 */
  readonly populationStability?: number;
  /** Kolmogorov–Smirnov distance from which on a feature has drifted. @defaultValue 0.1 */
  readonly kolmogorovSmirnov?: number;
  /** Observations below which nothing is judged. @defaultValue 1000 */
  readonly minimumCount?: number;
  /**
   * A figure beyond its threshold counts only when chance gives one as large with at most this probability, a feature and a
   * look, for independent decisions. @defaultValue 0.0001
   */
  readonly falseAlarmLevel?: number;
}

/**
 * Watches the features that one policy decides on for drift away from what it was trained on.
 *
 * A decision gives its context and one candidate: the candidate's place follows the golden ratio, so that every place has
 * its turn and no period of the traffic aligns with it. That costs the same for 10 candidates as for 2,000, and allocates
 * nothing.
 */
export class DriftMonitor {
  /** As `GET /v1/status` states them. */
  readonly thresholds: DriftThresholds;
  readonly #falseAlarmLevel: number;
  readonly #minimumCount: number;
  readonly #context: FeatureHistograms;
  readonly #candidates: FeatureHistograms;
  readonly #names: ReadonlySet<string>;
  #turn = 0;

  /** @throws RangeError one line for an option out of its range or a reference that is no distribution */
  constructor(reference: DriftReference, options: DriftMonitorOptions = {}) {
    const {
      window = 5000,
      populationStability = 0.25,
      kolmogorovSmirnov = 0.1,
      minimumCount = 1000,
      falseAlarmLevel = 1e-4,
    } = options;
    if (!(Number.isSafeInteger(minimumCount) && minimumCount >= 1))
      throw new RangeError(`drift: minimumCount must be a whole number >= 1, got ${minimumCount}`);
    if (!(Number.isSafeInteger(window) && window >= minimumCount && window <= 2 ** 30))
      throw new RangeError(
        `drift: window must be a whole number from minimumCount, ${minimumCount}, to 2^30, got ${window}`,
      );
    if (!(populationStability > 0 && populationStability < Infinity))
      throw new RangeError(`drift: populationStability must be finite and > 0, got ${populationStability}`);
    if (!(kolmogorovSmirnov > 0 && kolmogorovSmirnov < 1))
      throw new RangeError(`drift: kolmogorovSmirnov must be between 0 and 1, got ${kolmogorovSmirnov}`);
    if (!(falseAlarmLevel > 0 && falseAlarmLevel <= 1))
      throw new RangeError(`drift: falseAlarmLevel must be above 0 and at most 1, got ${falseAlarmLevel}`);
    this.thresholds = {
      population_stability: populationStability,
      kolmogorov_smirnov: kolmogorovSmirnov,
      minimum_count: minimumCount,
    };
    this.#falseAlarmLevel = falseAlarmLevel;
    this.#minimumCount = minimumCount;
    this.#context = new FeatureHistograms(reference.context, window);
    this.#candidates = new FeatureHistograms(reference.candidates, window);
    const names = new Set(reference.context.map(({ name }) => name));
    this.#names = new Set(reference.candidates.map(({ name }) => name).filter((name) => names.has(name)));
  }

  /**
   * Counts one decision. Values are supposed finite, as the request's schema makes them; a NaN would count as lying below
   * the range.
   *
   * @param context - the decision's context; only its first features, as many as the reference has, are read
   * @param candidates - features of the candidates that the policy saw, row after row
   * @param candidateCount - number of those rows; 0 counts the context alone
   */
  observe(context: Float32Array, candidates: Float32Array, candidateCount: number): void {
    if (this.#context.features.length > 0) this.#context.add(context, 0);
    const width = this.#candidates.features.length;
    if (width === 0 || candidateCount === 0) return;
    this.#turn = (this.#turn + GOLDEN_RATIO) >>> 0;
    this.#candidates.add(candidates, Math.floor((this.#turn / 2 ** 32) * candidateCount) * width);
  }

  /**
   * The figures of each feature over the window, context first. A name that stands for a feature of the context and for one
   * of the candidates gets `context.` or `candidates.` before it.
   *
   * @param policy - the policy's name in the deployment, repeated in each row
   */
  figures(policy: string): FeatureDrift[] {
    return [
      ...this.#figuresOf(this.#context, policy, "context"),
      ...this.#figuresOf(this.#candidates, policy, "candidates"),
    ];
  }

  #figuresOf(histograms: FeatureHistograms, policy: string, part: string): FeatureDrift[] {
    const { rows } = histograms;
    return histograms.features.map(({ name, count: referenceCount, grid, bins }, f) => {
      const feature = this.#names.has(name) ? `${part}.${name}` : name;
      if (rows === 0)
        return { policy, feature, population_stability: 0, kolmogorov_smirnov: 0, count: 0, exceeded: false };
      const cells = histograms.cellCounts(f);
      const binCounts = new Float64Array(bins.shares.length);
      cells.forEach((count, cell) => (binCounts[bins.binOfCell[cell]!]! += count));
      const stability = Math.max(0, populationStabilityIndex(bins.shares, binCounts, { referenceCount }));
      const distance = Math.min(1, gridKolmogorovSmirnov(grid, cells));
      const exceeded =
        rows >= this.#minimumCount &&
        ((stability >= this.thresholds.population_stability &&
          stabilityPValue(stability, binCounts.length, rows, referenceCount) <= this.#falseAlarmLevel) ||
          (distance >= this.thresholds.kolmogorov_smirnov &&
            kolmogorovSmirnovPValue(distance, rows, referenceCount) <= this.#falseAlarmLevel));
      return {
        policy,
        feature,
        population_stability: stability,
        kolmogorov_smirnov: distance,
        count: rows,
        exceeded,
      };
    });
  }
}

/** 2³² divided by the golden ratio, odd. */
const GOLDEN_RATIO = 0x9e3779b9;

/** About chi-squared; bins that training left empty stay so by chance, and only make this larger. */
function stabilityPValue(stability: number, bins: number, count: number, referenceCount: number): number {
  return chiSquaredUpperTail(stability / (1 / count + 1 / referenceCount), Math.max(1, bins - 1));
}
