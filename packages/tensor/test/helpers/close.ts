import { expect } from "vitest";

export interface Tolerance {
  readonly absolute: number;
  readonly relative: number;
}

/** float32 kernels of different libraries, a few dozen operations deep, agree to about 30 units in the last place. */
export const FLOAT32: Tolerance = { absolute: 4e-6, relative: 4e-6 };

export function expectClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: Tolerance,
  what = "",
): void {
  expect(actual.length, `${what} length`).toBe(expected.length);
  for (let index = 0; index < expected.length; index += 1) {
    const left = actual[index]!;
    const right = expected[index]!;
    if (Object.is(left, right) || left === right) continue;
    const bound = tolerance.absolute + tolerance.relative * Math.abs(right);
    if (!(Math.abs(left - right) <= bound)) {
      expect.fail(`${what}[${index}]: ${left} against ${right}, allowed difference ${bound}`);
    }
  }
}
