/** A smooth function: writes its gradient at `point` into `gradient` and returns its value. */
export type SmoothFunction = (gradient: Float64Array, point: Float64Array) => number | Promise<number>;

export interface MinimizeOptions {
  /**
   * About 1 / second derivative in each coordinate, > 0: the better, the fewer steps. @defaultValue 1 everywhere
   */
  readonly inverseCurvature?: Float64Array;
  /** Ends once the next step is expected to lower the function by less than this. @defaultValue 1e-8 */
  readonly tolerance?: number;
  /** @defaultValue 200 */
  readonly maximumSteps?: number;
  /** Error of a value, as a share of it: float32 sums need 1e-6. @defaultValue 1e-6 */
  readonly valueError?: number;
}

export interface Minimum {
  readonly point: Float64Array;
  readonly value: number;
  readonly steps: number;
  /** Whether the tolerance was met. */
  readonly converged: boolean;
}

/** Pairs of steps and gradient changes that are remembered. */
const MEMORY = 10;
const MOST_TRIALS = 25;
/** A step is long enough when it leaves at most this share of the slope, and short enough when the value fell by 1e-4 of it. */
const SLOPE_LEFT = 0.9;
const ENOUGH = 1e-4;

interface Pair {
  readonly step: Float64Array;
  readonly change: Float64Array;
  readonly product: number;
}

interface Place {
  readonly point: Float64Array;
  readonly gradient: Float64Array;
  readonly value: number;
}

/**
 * Minimises a smooth function by L-BFGS with a line search that believes slopes more than values, since values of compiled
 * programs are float32 sums.
 *
 * @see Nocedal & Wright (2006), "Numerical Optimization", algorithm 7.4; Hager & Zhang (2005), for values with rounding errors
 */
export async function minimize(
  compute: SmoothFunction,
  start: Float64Array,
  options: MinimizeOptions = {},
): Promise<Minimum> {
  const { inverseCurvature, tolerance = 1e-8, maximumSteps = 200, valueError = 1e-6 } = options;
  const at = async (point: Float64Array): Promise<Place> => {
    const gradient = new Float64Array(point.length);
    return { point, gradient, value: await compute(gradient, point) };
  };
  let place = await at(start.slice());
  if (!Number.isFinite(place.value))
    throw new RangeError(`minimize: the function is ${place.value} at the start; it must be finite there`);
  const pairs: Pair[] = [];
  for (let steps = 0; ; steps++) {
    const direction = descent(place.gradient, pairs, inverseCurvature);
    const slope = dot(direction, place.gradient);
    const done = -slope / 2 <= tolerance;
    if (done || steps === maximumSteps)
      return { point: place.point, value: place.value, steps, converged: done };
    const next = await search(at, place, { direction, slope, valueError });
    // Values and slopes no longer tell points apart: as low as their precision goes.
    if (next === undefined) return { point: place.point, value: place.value, steps, converged: false };
    const step = difference(next.point, place.point);
    const change = difference(next.gradient, place.gradient);
    const product = dot(step, change);
    if (product > 0) pairs.push({ step, change, product });
    if (pairs.length > MEMORY) pairs.shift();
    place = next;
  }
}

/** Minus the gradient, times the inverse second derivative as far as the pairs know it. */
function descent(
  gradient: Float64Array,
  pairs: readonly Pair[],
  inverseCurvature: Float64Array | undefined,
): Float64Array {
  const out = gradient.map((value) => -value);
  const shares: number[] = [];
  for (const { step, change, product } of pairs.toReversed()) {
    const share = dot(step, out) / product;
    shares.push(share);
    for (let j = 0; j < out.length; j++) out[j] = out[j]! - share * change[j]!;
  }
  const scaled = (values: Float64Array, j: number): number => values[j]! * (inverseCurvature?.[j] ?? 1);
  let factor = 1;
  const last = pairs.at(-1);
  if (last !== undefined) {
    let size = 0;
    for (let j = 0; j < out.length; j++) size += last.change[j]! * scaled(last.change, j);
    factor = last.product / size;
  }
  for (let j = 0; j < out.length; j++) out[j] = factor * scaled(out, j);
  for (const { step, change, product } of pairs) {
    const share = shares.pop()! - dot(change, out) / product;
    for (let j = 0; j < out.length; j++) out[j] = out[j]! + share * step[j]!;
  }
  return out;
}

/** A point along `direction` that is low enough, with a slope flat enough; by doubling and halving. */
async function search(
  at: (point: Float64Array) => Promise<Place>,
  from: Place,
  options: { readonly direction: Float64Array; readonly slope: number; readonly valueError: number },
): Promise<Place | undefined> {
  const { direction, slope, valueError } = options;
  const slack = valueError * Math.abs(from.value);
  let near = 0;
  let far = Infinity;
  let length = 1;
  let flattest: Place | undefined;
  for (let trial = 0; trial < MOST_TRIALS; trial++) {
    const place = await at(from.point.map((value, j) => value + length * direction[j]!));
    const slopeThere = dot(direction, place.gradient);
    const low = place.value <= from.value + ENOUGH * length * slope + slack;
    // Past the minimum by more than the slope came in with: too far, whatever the rounded value says.
    if (!low || !(slopeThere <= -slope)) far = length;
    else if (slopeThere < SLOPE_LEFT * slope) {
      near = length;
      flattest = place;
    } else return place;
    length = far === Infinity ? 2 * length : (near + far) / 2;
  }
  return flattest;
}

function dot(left: Float64Array, right: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < left.length; j++) sum += left[j]! * right[j]!;
  return sum;
}

function difference(left: Float64Array, right: Float64Array): Float64Array {
  return left.map((value, j) => value - right[j]!);
}
