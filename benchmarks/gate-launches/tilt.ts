/**
 * The policy `π(k|g) ∝ base(k|g) exp(noise + Σₘ θₘ featureₘ(g, k))` whose values of the features are `targets`, by Newton's method
 * on the convex `Σ_g log Z_g(θ) / groups − θ · targets`.
 *
 * @returns undefined where no θ reaches the targets
 */
export function tilted(
  base: Float64Array,
  noise: Float64Array,
  features: readonly Float64Array[],
  targets: readonly number[],
  groups: number,
): Float64Array | undefined {
  const count = features.length;
  // Features on one scale, around their targets, so that one step size suits all.
  const scaled = features.map((feature, m) => {
    const centred = feature.map((value) => value - targets[m]!);
    const deviation = Math.sqrt(centred.reduce((sum, value) => sum + value * value, 0) / centred.length);
    return centred.map((value) => value / deviation);
  });
  let theta = new Float64Array(count);
  let now = potential(theta);
  for (let step = 0; step < 200; step++) {
    const { gradient, hessian } = now;
    if (gradient.every((value) => Math.abs(value) < 1e-13)) return now.policy;
    const direction = solved(hessian, gradient);
    if (direction === undefined) return undefined;
    let size = 1;
    let next = potential(theta.map((value, m) => value - direction[m]!));
    while (!(next.value <= now.value + 1e-15) && size > 1e-6) {
      size /= 2;
      next = potential(theta.map((value, m) => value - size * direction[m]!));
    }
    theta = theta.map((value, m) => value - size * direction[m]!);
    // Tilts beyond this are on their way to infinity: the targets are out of reach.
    if (theta.some((value) => !(Math.abs(value) < 25))) return undefined;
    now = next;
  }
  return now.gradient.every((value) => Math.abs(value) < 1e-10) ? now.policy : undefined;

  function potential(at: Float64Array): {
    value: number;
    gradient: Float64Array;
    hessian: Float64Array[];
    policy: Float64Array;
  } {
    const items = base.length / groups;
    const policy = new Float64Array(base.length);
    const gradient = new Float64Array(count);
    const hessian = Array.from({ length: count }, () => new Float64Array(count));
    let value = 0;
    const means = new Float64Array(count);
    for (let start = 0; start < base.length; start += items) {
      let total = 0;
      for (let cell = start; cell < start + items; cell++) {
        let exponent = noise[cell]!;
        for (let m = 0; m < count; m++) exponent += at[m]! * scaled[m]![cell]!;
        policy[cell] = base[cell]! * Math.exp(exponent);
        total += policy[cell]!;
      }
      value += Math.log(total) / groups;
      means.fill(0);
      for (let cell = start; cell < start + items; cell++) {
        policy[cell] = policy[cell]! / total;
        for (let m = 0; m < count; m++) means[m] = means[m]! + policy[cell]! * scaled[m]![cell]!;
      }
      for (let m = 0; m < count; m++) {
        gradient[m] = gradient[m]! + means[m]! / groups;
        for (let l = 0; l < count; l++) {
          let product = 0;
          for (let cell = start; cell < start + items; cell++)
            product += policy[cell]! * scaled[m]![cell]! * scaled[l]![cell]!;
          hessian[m]![l] = hessian[m]![l]! + (product - means[m]! * means[l]!) / groups;
        }
      }
    }
    return { value, gradient, hessian, policy };
  }
}

/** Solves a small system by elimination with pivots; undefined where it is singular. */
function solved(matrix: readonly Float64Array[], right: Float64Array): Float64Array | undefined {
  const size = right.length;
  const rows = matrix.map((row, m) => Float64Array.of(...row, right[m]!));
  for (let column = 0; column < size; column++) {
    let pivot = column;
    for (let m = column + 1; m < size; m++)
      if (Math.abs(rows[m]![column]!) > Math.abs(rows[pivot]![column]!)) pivot = m;
    if (!(Math.abs(rows[pivot]![column]!) > 1e-12)) return undefined;
    [rows[column], rows[pivot]] = [rows[pivot]!, rows[column]!];
    for (let m = 0; m < size; m++) {
      if (m === column) continue;
      const factor = rows[m]![column]! / rows[column]![column]!;
      for (let l = column; l <= size; l++) rows[m]![l] = rows[m]![l]! - factor * rows[column]![l]!;
    }
  }
  return Float64Array.from(rows, (row, m) => row[size]! / row[m]!);
}
