import type { BoundedEstimate } from "@longview/formats";

/** An estimate as the page writes it: value and interval with the same unit and as many decimals as its width deserves. */
export interface WrittenEstimate {
  readonly value: string;
  /** `[lower, upper]`; `no bound` where nothing bounds it. */
  readonly interval: string;
}

/** Options of {@link writeEstimate}. */
export interface WriteEstimateOptions {
  /** Whether a positive number gets a plus sign, as a difference does. @defaultValue false */
  readonly signed?: boolean;
  /** Numbers that the bounds are compared with: enough decimals are written to tell them apart. @defaultValue [] */
  readonly thresholds?: readonly number[];
}

interface Unit {
  readonly factor: number;
  readonly suffix: string;
}

const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/** A power of ten as it is printed: `10⁻⁷`. */
export function powerOfTen(exponent: number): string {
  const digits = Array.from(String(Math.abs(exponent)), (digit) => SUPERSCRIPTS[Number(digit)]).join("");
  return `10${exponent < 0 ? "⁻" : ""}${digits}`;
}

function unitOf(size: number): Unit {
  if (size >= 1e13 || (size > 0 && size < 1e-4)) {
    const exponent = Math.floor(Math.log10(size));
    return { factor: 10 ** exponent, suffix: `×${powerOfTen(exponent)}` };
  }
  if (size >= 1e10) return { factor: 1e9, suffix: "\u00a0bn" };
  if (size >= 1e7) return { factor: 1e6, suffix: "\u00a0M" };
  return { factor: 1, suffix: "" };
}

function fixed(value: number, decimals: number, signed: boolean): string {
  const text = Math.abs(value).toLocaleString("en-US", {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  });
  // A number that rounds to nothing has no sign.
  if (!/[1-9]/.test(text)) return text;
  return value < 0 ? `−${text}` : signed ? `+${text}` : text;
}

/** Decimals that show two digits of the interval's narrower side, and keep bounds apart from zero and from thresholds. */
function decimalsFor(
  scaled: readonly (number | null)[],
  width: number,
  thresholds: readonly number[],
): number {
  let decimals = Math.min(8, Math.max(0, 1 - Math.floor(Math.log10(width))));
  const blurred = (bound: number | null): boolean =>
    bound !== null &&
    [0, ...thresholds].some(
      (threshold) => bound !== threshold && bound.toFixed(decimals) === threshold.toFixed(decimals),
    );
  for (let extra = 0; extra < 3 && scaled.some(blurred); extra++) decimals++;
  return decimals;
}

/** Writes an estimate and its bounds for people. */
export function writeEstimate(
  estimate: Pick<BoundedEstimate, "value" | "lower" | "upper">,
  options: WriteEstimateOptions = {},
): WrittenEstimate {
  const { signed = false, thresholds = [] } = options;
  const { value, lower, upper } = estimate;
  const distances = [lower, upper].flatMap((bound) =>
    bound === null || bound === value ? [] : [Math.abs(bound - value)],
  );
  // An interval that is wide on one side only must not blur the other.
  const width = Math.min(...distances);
  const largest = Math.max(...[value, lower, upper].map((each) => Math.abs(each ?? 0)));
  const unit = unitOf(largest < 1 ? largest : Math.max(Math.abs(value), width));
  const bounds = [lower, upper].map((bound) => (bound === null ? null : bound / unit.factor));
  const write = (number: number, decimals: number): string => fixed(number / unit.factor, decimals, signed);
  const boundText = (bound: number | null, decimals: number): string =>
    bound === null ? "no bound" : `${write(bound, decimals)}${unit.suffix}`;
  if (distances.length === 0) {
    const text = (bound: number | null): string => (bound === null ? "no bound" : writeNumber(bound, signed));
    return { value: writeNumber(value, signed), interval: `[${text(lower)}, ${text(upper)}]` };
  }
  const decimals = decimalsFor(
    bounds,
    width / unit.factor,
    thresholds.map((threshold) => threshold / unit.factor),
  );
  return {
    value: `${write(value, decimals)}${unit.suffix}`,
    interval: `[${boundText(lower, decimals)}, ${boundText(upper, decimals)}]`,
  };
}

/** A number by itself: four significant digits, thousands grouped, no padding zeros. */
export function writeNumber(value: number, signed = false): string {
  if (value === 0) return "0";
  const unit = unitOf(Math.abs(value));
  const scaled = value / unit.factor;
  const decimals = Math.min(8, Math.max(0, 3 - Math.floor(Math.log10(Math.abs(scaled)))));
  const text = fixed(scaled, decimals, signed);
  return `${text.includes(".") ? text.replace(/\.?0+$/, "") : text}${unit.suffix}`;
}

/** A count, thousands grouped. */
export const writeCount = (count: number): string => Math.round(count).toLocaleString("en-US");

/** A share as a percentage of two or three digits. */
export function writeShare(share: number, signed = false): string {
  const percent = Math.abs(share) * 100;
  const sign = share < 0 ? "−" : signed && share > 0 ? "+" : "";
  if (percent === 0) return "0\u00a0%";
  if (percent < 0.01) return `${sign === "" ? "" : `${sign} `}<\u00a00.01\u00a0%`;
  const digits = percent >= 99.95 && percent < 100 ? 4 : percent >= 10 ? 3 : 2;
  return `${sign}${Number(percent.toPrecision(digits)).toLocaleString("en-US")}\u00a0%`;
}

/** A confidence level: `95 %`. */
export const writeConfidence = (confidence: number): string =>
  `${Number((confidence * 100).toFixed(2))}\u00a0%`;

/** A p-value of two digits. */
export const writePValue = (value: number): string =>
  value < 0.0001 ? "<\u00a00.0001" : String(Number(value.toPrecision(2)));

/** A count with its noun, which takes an `s` for more than one. */
export const writeCounted = (count: number, noun: string): string =>
  `${writeCount(count)} ${noun}${count === 1 ? "" : "s"}`;
