/** How far two numbers may be apart: absolute + relative · |expected|. */
export interface Tolerance {
  readonly absolute: number;
  readonly relative: number;
}

/** float32 kernels of different libraries, a few dozen operations deep, agree to about 30 units in the last place. */
export const FLOAT32: Tolerance = { absolute: 4e-6, relative: 4e-6 };

/** What lies outside the tolerance, one line each; NaN and infinity equal themselves alone. */
export function differences(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: Tolerance,
): string[] {
  if (actual.length !== expected.length) return [`${actual.length} values against ${expected.length}`];
  return Array.from(expected).flatMap((right, index) => {
    const left = actual[index] ?? Number.NaN;
    if (Object.is(left, right) || left === right) return [];
    const bound = tolerance.absolute + tolerance.relative * Math.abs(right);
    return Math.abs(left - right) <= bound ? [] : [`[${index}] ${left} against ${right}, allowed ${bound}`];
  });
}
