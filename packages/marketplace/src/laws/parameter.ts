import * as z from "zod";

/** A bounded real parameter with a default. The text says the meaning and, in brackets, the unit. */
export function parameter(minimum: number, maximum: number, defaultValue: number, text: string) {
  return z.number().min(minimum).max(maximum).default(defaultValue).describe(text);
}

/** A bounded whole-number parameter with a default. */
export function wholeParameter(minimum: number, maximum: number, defaultValue: number, text: string) {
  return z.int().min(minimum).max(maximum).default(defaultValue).describe(text);
}

/** Logistic function `1 / (1 + e^-x)`. */
export function logistic(x: number): number {
  return 1 / (1 + Math.exp(-x));
}
