/** Users in the plane and what content costs there: content p >= 0 costs `‖p‖_norm^exponent`. */
export interface PlanarMarket {
  /** Angle of each user's unit embedding from the first axis, in [0, π/2] [radians]. At least one. */
  readonly userAngles: readonly number[];
  /** The q of the norm ‖p‖_q, >= 1. */
  readonly norm: number;
}

/** Whether all creators can make one genre. */
export interface SingleGenre {
  /** Angle of the one direction that all creators make [radians]. */
  readonly angle: number;
  /** Angle of the best deviation from it [radians]. */
  readonly deviationAngle: number;
  /**
   * What that deviation earns over what it costs, at small scale: `max_p (1/N) Σ_u (⟨u,p⟩ / ⟨u,p*⟩)^β` over ‖p‖ = 1.
   * 1: no deviation earns, the single genre is an equilibrium; above 1 creators split into genres.
   */
  readonly deviationReturn: number;
}

/** Angles on either side of the focus, and how many of them halve the distance: down to 2⁻¹⁶ of the side. */
const GRID = 256;
const CELLS_PER_HALVING = 16;
const GOLDEN = (Math.sqrt(5) - 1) / 2;
/** Excess over 1 that is rounding. */
const ROUNDING = 1e-13;

/**
 * The only candidate for a single genre at cost exponent β, and the best deviation from it.
 *
 * If all make direction p* in qualities of law F with `N·F(q)^{P−1} = q^β` (see `quality-competition.ts`), content p wins user u
 * with chance `min(1, (⟨u,p⟩ / ⟨u,p*⟩)^β / N)`; scaling p down makes that the power itself. So a deviation in
 * direction p earns `‖p‖^β ((1/N) Σ_u (⟨u,p⟩ / ⟨u,p*⟩)^β − 1)`. None earns iff p* maximises the product Π_u ⟨u,p⟩ over the
 * unit ball and over the convex hull of the points `(⟨u,p⟩^β)_u` alike, whose first-order condition the bracket is.
 *
 * @param exponent - β, >= 1
 * @throws RangeError when the market or exponent is out of range
 * @see Jagadeesan, Garg & Steinhardt (2023), "Supply-Side Equilibria in Recommender Systems", theorem 1
 */
export function singleGenre(market: PlanarMarket, exponent: number): SingleGenre {
  check(market, exponent);
  const common = commonDirection(market);
  const best = maximise((angle) => meanPower(market, exponent, angle, common), common);
  return { angle: common, deviationAngle: best.angle, deviationReturn: best.value };
}

/**
 * The cost exponent β* above which no single genre is an equilibrium, found by bisection on {@link singleGenre} alone.
 *
 * @param highest - where the search ends; Infinity is returned when a single genre holds even there. @defaultValue 1000
 */
export function genreSplitExponent(market: PlanarMarket, highest = 1000): number {
  const splits = (exponent: number) => singleGenre(market, exponent).deviationReturn > 1 + ROUNDING;
  if (!splits(highest)) return Infinity;
  let low = 1;
  let high = highest;
  while (high - low > 1e-9 * high) {
    const middle = (low + high) / 2;
    if (splits(middle)) high = middle;
    else low = middle;
  }
  return high;
}

interface Maximum {
  readonly angle: number;
  readonly value: number;
}

function check({ userAngles, norm }: PlanarMarket, exponent: number): void {
  if (userAngles.length === 0) throw new RangeError("genre split: userAngles must name at least one user");
  for (const angle of userAngles)
    if (!(angle >= 0 && angle <= Math.PI / 2))
      throw new RangeError(`genre split: a user's angle must be in [0, π/2], got ${angle}`);
  if (!(norm >= 1)) throw new RangeError(`genre split: norm must be >= 1, got ${norm}`);
  if (!(exponent >= 1)) throw new RangeError(`genre split: exponent must be >= 1, got ${exponent}`);
}

/** `⟨u, p⟩` for the content of cost 1 in direction `angle`. */
function score(userAngle: number, angle: number, norm: number): number {
  const length = Math.pow(Math.pow(Math.cos(angle), norm) + Math.pow(Math.sin(angle), norm), 1 / norm);
  return Math.cos(userAngle - angle) / length;
}

/** Angle of the content of cost 1 with the largest product of scores: where the product's logarithm stops rising. */
function commonDirection({ userAngles, norm }: PlanarMarket): number {
  let low = 0;
  let high = Math.PI / 2;
  // bisection rather than a search for the largest value, which would be known to 8 digits only
  for (let round = 0; round < 60; round++) {
    const angle = (low + high) / 2;
    const [cosine, sine] = [Math.cos(angle), Math.sin(angle)];
    const longer =
      (Math.pow(sine, norm - 1) * cosine - Math.pow(cosine, norm - 1) * sine) /
      (Math.pow(cosine, norm) + Math.pow(sine, norm));
    const slope = userAngles.reduce((sum, user) => sum + Math.tan(user - angle) - longer, 0);
    if (slope > 0) low = angle;
    else high = angle;
  }
  return (low + high) / 2;
}

function meanPower(
  { userAngles, norm }: PlanarMarket,
  exponent: number,
  angle: number,
  from: number,
): number {
  let sum = 0;
  for (const user of userAngles)
    sum += Math.pow(Math.max(0, score(user, angle, norm) / score(user, from, norm)), exponent);
  return sum / userAngles.length;
}

/**
 * Largest value over the quarter circle, looked for ever more finely toward `focus` on both sides, since just above β* the
 * best deviation is as close to the single genre as one likes; then golden-section search around the best.
 */
function maximise(value: (angle: number) => number, focus: number): Maximum {
  const angles = [focus];
  for (let i = 0; i < GRID; i++) {
    const share = Math.pow(2, -i / CELLS_PER_HALVING);
    angles.push(focus * (1 - share), focus + (Math.PI / 2 - focus) * share);
  }
  angles.sort((a, b) => a - b);
  const values = angles.map(value);
  const best = values.indexOf(Math.max(...values));
  let low = angles[Math.max(0, best - 1)]!;
  let high = angles[Math.min(angles.length - 1, best + 1)]!;
  for (let round = 0; round < 60; round++) {
    const first = high - GOLDEN * (high - low);
    const second = low + GOLDEN * (high - low);
    if (value(first) >= value(second)) high = second;
    else low = first;
  }
  const between = { angle: (low + high) / 2, value: value((low + high) / 2) };
  // the ends of the quarter circle are only approached by the search
  return between.value >= values[best]! ? between : { angle: angles[best]!, value: values[best]! };
}
