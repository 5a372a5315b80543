import { expect, test } from "vitest";
import { numpyNormals } from "../../src/recogym/numpy-normals.ts";

test("normals are those of NumPy's RandomState(seed), beyond one refill of the generator", () => {
  // numpy 2.4.6: r = numpy.random.RandomState(42).normal(size=2000)
  const drawn = numpyNormals(42, 2000);
  const known: readonly [index: number, value: number][] = [
    [0, 0.4967141530112327],
    [1, -0.13826430117118466],
    [2, 0.6476885381006925],
    [3, 1.5230298564080254],
    [623, 1.3454200461549777],
    [624, 1.593186626639397],
    [1999, -0.7449026448064491],
  ];
  for (const [index, value] of known) expect(drawn[index]).toBeCloseTo(value, 14);
  expect(drawn.reduce((sum, value) => sum + value, 0)).toBeCloseTo(90.1682930714814, 10);
  expect(numpyNormals(0, 1)[0]).toBeCloseTo(1.764052345967664, 14);
  expect(numpyNormals(4_294_967_295, 1)[0]).toBeCloseTo(0.6484086742306527, 14);
});

test("fewer draws are the beginning of more", () => {
  expect(numpyNormals(7, 5)).toEqual(numpyNormals(7, 6).slice(0, 5));
});
