const SIZE = 624;
const SHIFT = 397;

/**
 * The standard normals of NumPy's `RandomState(seed)`, in order: Mersenne Twister, then the polar method, as RecoGym
 * draws its products. Only catalogues are drawn so, once; everything that happens to users has keyed draws.
 *
 * @param seed - uint32
 * @see Matsumoto & Nishimura (1998), "Mersenne Twister"; NumPy `legacy-distributions.c`, `legacy_gauss`
 */
export function numpyNormals(seed: number, count: number): Float64Array {
  const state = new Uint32Array(SIZE);
  state[0] = seed;
  for (let i = 1; i < SIZE; i++) {
    const before = state[i - 1]!;
    state[i] = Math.imul(1812433253, before ^ (before >>> 30)) + i;
  }
  let at = SIZE;
  const word = (): number => {
    if (at === SIZE) {
      twist(state);
      at = 0;
    }
    let y = state[at++]!;
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return (y ^ (y >>> 18)) >>> 0;
  };
  /** 53 bits of two words, in [0, 1). */
  const uniform = (): number => ((word() >>> 5) * 2 ** 26 + (word() >>> 6)) / 2 ** 53;
  const normals = new Float64Array(count);
  for (let i = 0; i < count; i += 2) {
    let first = 0;
    let second = 0;
    let square = 0;
    while (square === 0 || square >= 1) {
      first = 2 * uniform() - 1;
      second = 2 * uniform() - 1;
      square = first * first + second * second;
    }
    const factor = Math.sqrt((-2 * Math.log(square)) / square);
    normals[i] = factor * second;
    if (i + 1 < count) normals[i + 1] = factor * first;
  }
  return normals;
}

function twist(state: Uint32Array): void {
  for (let i = 0; i < SIZE; i++) {
    const y = (state[i]! & 0x80000000) | (state[(i + 1) % SIZE]! & 0x7fffffff);
    state[i] = state[(i + SHIFT) % SIZE]! ^ (y >>> 1) ^ ((y & 1) === 0 ? 0 : 0x9908b0df);
  }
}
