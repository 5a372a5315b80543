/** A number for a sentence: four significant digits, plain where that is readable. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return value > 0 ? "∞" : value < 0 ? "−∞" : "not a number";
  if (value === 0) return "0";
  const size = Math.abs(value);
  const digits =
    size >= 1e15 || size < 1e-6
      ? value.toExponential(3)
      : size >= 1000
        ? Math.round(value).toLocaleString("en-US")
        : String(Number(value.toPrecision(4)));
  return digits.replace("-", "−");
}

/** A p-value for a sentence: `p 0.031`; of a very small one no more is said than that it is. */
export function pValueText(value: number): string {
  return value < 1e-4 ? "p < 0.0001" : `p ${Number(value.toPrecision(2))}`;
}
