/** A number for people: four significant digits, thousands grouped. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if ((Number.isInteger(value) && size < 1e15) || size >= 1000)
    return Math.round(value).toLocaleString("en-US").replace("-", "−");
  if (size !== 0 && size < 0.001) return value.toExponential(1).replaceAll("-", "−");
  const digits = size >= 100 ? 1 : size >= 10 ? 2 : size >= 1 ? 3 : 4;
  return value.toFixed(digits).replace("-", "−");
}

/** A signed number, as a difference is written. */
export function formatSigned(value: number): string {
  return value > 0 ? `+${formatNumber(value)}` : formatNumber(value);
}

/** Seconds as `42 s`, `3:05` or `1:02:03`. */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds)) return "–";
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  const two = (value: number): string => String(value).padStart(2, "0");
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

/** A limit as it was written: no padding zeros. */
export function formatLimit(value: number): string {
  return String(Number(value.toPrecision(6))).replace("-", "−");
}
