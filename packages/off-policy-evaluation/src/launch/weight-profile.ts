import { WeightSums } from "../diagnostics/weight-sums.ts";
import type { WeightDiagnostics } from "../diagnostics/weights.ts";

/** Bins of log₁₀ w: half a decade each, from 1e-6 to 1e6, and one for weights of 0. */
export const HISTOGRAM_EDGES: readonly number[] = Array.from({ length: 25 }, (_, k) => 10 ** (k / 2 - 6));

const PIECE = 1024;

/** Diagnostics and histogram of weights, one pass, bounded memory. */
export class WeightProfile {
  /** Weights a bin; the first holds those of 0, the last those from 1e6 on. */
  readonly histogram = new Float64Array(HISTOGRAM_EDGES.length + 1);
  readonly #sums = new WeightSums();
  readonly #waiting = new Float64Array(PIECE);
  #count = 0;

  add(weight: number): void {
    const bin = weight === 0 ? 0 : binOf(weight);
    this.histogram[bin] = this.histogram[bin]! + 1;
    this.#waiting[this.#count++] = weight;
    if (this.#count === PIECE) this.#flush();
  }

  /** @throws OffPolicyEvaluationError `NO_SUPPORT` when every weight is 0, `NOT_COMPUTABLE` for fewer than 2 */
  diagnostics(): WeightDiagnostics {
    this.#flush();
    return this.#sums.diagnostics();
  }

  #flush(): void {
    if (this.#count > 0) this.#sums.add(this.#waiting.subarray(0, this.#count));
    this.#count = 0;
  }
}

function binOf(weight: number): number {
  const bin = Math.floor((Math.log10(weight) + 6) * 2) + 1;
  return Math.max(1, Math.min(HISTOGRAM_EDGES.length, bin));
}
