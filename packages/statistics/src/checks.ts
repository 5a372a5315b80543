/** The confidence, or a RangeError that names the caller. */
export function checkedConfidence(where: string, confidence = 0.95): number {
  if (!(confidence > 0 && confidence < 1))
    throw new RangeError(`${where}: confidence must be between 0 and 1, got ${confidence}`);
  return confidence;
}

/** Refuses too few values, and a value outside [lower, upper] by its index. */
export function checkValues(
  where: string,
  values: ArrayLike<number>,
  minimum: number,
  lower = -Infinity,
  upper = Infinity,
): void {
  if (values.length < minimum)
    throw new RangeError(`${where}: needs at least ${minimum} values, got ${values.length}`);
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!Number.isFinite(value))
      throw new RangeError(`${where}: value ${i} must be finite, got ${values[i]}`);
    if (value < lower || value > upper)
      throw new RangeError(`${where}: value ${i} must be from ${lower} to ${upper}, got ${value}`);
  }
}
