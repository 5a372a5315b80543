import { AnytimeSequence } from "../intervals/anytime.ts";
import type { Envelope } from "../intervals/envelope.ts";
import { EPISODE, METRIC_COLUMNS } from "./episode-sums.ts";

const PIECE = 4096;

/** Confidence sequences of every metric, fed episode by episode. */
export class MetricSequences {
  readonly #metrics: readonly { readonly range: readonly [number, number] }[];
  readonly #length: number;
  readonly #sequences: { lift: AnytimeSequence; value: AnytimeSequence }[];
  readonly #pieces: {
    lower: Float64Array;
    upper: Float64Array;
    valueLower: Float64Array;
    valueUpper: Float64Array;
  }[];
  #held = 0;

  constructor(metrics: readonly { readonly range: readonly [number, number] }[], length: number) {
    this.#metrics = metrics;
    this.#length = length;
    this.#sequences = metrics.map(() => ({ lift: new AnytimeSequence(), value: new AnytimeSequence() }));
    this.#pieces = metrics.map(() => ({
      lower: new Float64Array(PIECE),
      upper: new Float64Array(PIECE),
      valueLower: new Float64Array(PIECE),
      valueUpper: new Float64Array(PIECE),
    }));
  }

  add(columns: Float64Array): void {
    const i = this.#held++;
    const ourLength = columns[EPISODE.candidateLength]!;
    const theirLength = columns[EPISODE.incumbentLength]!;
    this.#metrics.forEach(({ range: [a, b] }, m) => {
      const at = EPISODE.firstMetric + METRIC_COLUMNS * m;
      const won = columns[at]! - a * ourLength;
      const missed = b * ourLength - columns[at]!;
      const piece = this.#pieces[m]!;
      // Rounding may leave a hair below 0.
      piece.lower[i] = Math.max(0, won + b * theirLength - columns[at + 1]!);
      piece.upper[i] = Math.max(0, missed + columns[at + 1]! - a * theirLength);
      piece.valueLower[i] = Math.max(0, won);
      piece.valueUpper[i] = Math.max(0, missed);
    });
    if (this.#held === PIECE) this.#flush();
  }

  finish(): readonly { lift: AnytimeSequence; value: AnytimeSequence }[] {
    this.#flush();
    return this.#sequences;
  }

  #flush(): void {
    const rows = this.#held;
    if (rows === 0) return;
    const weights = new Float64Array(rows);
    this.#metrics.forEach(({ range: [a, b] }, m) => {
      const piece = this.#pieces[m]!;
      const length = this.#length;
      const scale = (b - a) * length;
      const part = (lower: Float64Array, upper: Float64Array, from: number, to: number): Envelope => ({
        lower: lower.subarray(0, rows),
        lowerOffset: from,
        upper: upper.subarray(0, rows),
        upperOffset: to,
        scale,
        weights,
        exact: false,
      });
      const { lift, value } = this.#sequences[m]!;
      lift.add(part(piece.lower, piece.upper, -scale, scale));
      value.add(part(piece.valueLower, piece.valueUpper, a * length, b * length));
    });
    this.#held = 0;
  }
}
