import { normalQuantileInPlace, threefry2x32Into, uniformsInto } from "@longview/statistics";

/** What a draw is for. A purpose never shifts another's draws. */
export const PURPOSE = {
  response: 1,
  retrieval: 2,
  arrival: 3,
  user: 4,
  creator: 5,
  production: 6,
  item: 7,
  leaving: 8,
  entry: 9,
  world: 10,
  following: 50,
} as const;

/** Keyed draws without allocation: a key is chosen by (purpose, number), then uniforms are filled by entity. */
export class Draws {
  /** Uniforms in (0, 1) of the last {@link fill}. */
  readonly values: Float64Array;
  readonly #key = new Int32Array(2);
  readonly #words = new Uint32Array(2);

  constructor(size: number) {
    this.values = new Float64Array(size);
  }

  /** Chooses the key `foldIn(foldIn(world, purpose), number)`; `world` holds two words at `offset`. */
  choose(world: Int32Array, offset: number, purpose: number, number: number): void {
    const words = this.#words;
    const key = this.#key;
    threefry2x32Into(words, world[offset]!, world[offset + 1]!, purpose, 0x1e3779b9);
    key[0] = words[0]!;
    key[1] = words[1]!;
    threefry2x32Into(words, key[0]!, key[1]!, number, 0x1e3779b9);
    key[0] = words[0]!;
    key[1] = words[1]!;
  }

  /** Fills `values[first … first + count)` with the entity's draws of the same numbers; `first` is even. */
  fill(first: number, count: number, entity: number): void {
    uniformsInto(this.values, first, count, this.#key[0]!, this.#key[1]!, entity, first);
  }

  /** Turns draws `first … first + count − 1`, already filled, into standard normals. */
  normals(first: number, count: number): void {
    for (let i = first; i < first + count; i++) normalQuantileInPlace(this.values, i);
  }
}
