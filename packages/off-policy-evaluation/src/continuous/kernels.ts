/** Kernels of the continuous estimators: densities symmetric about 0, of u = (target − action) / bandwidth. */
export const KERNELS = {
  gaussian: (u) => Math.exp(-0.5 * u * u) / Math.sqrt(2 * Math.PI),
  epanechnikov: (u) => (Math.abs(u) <= 1 ? 0.75 * (1 - u * u) : 0),
  triangular: (u) => (Math.abs(u) <= 1 ? 1 - Math.abs(u) : 0),
  // At |u| = 1 the cosine is 0 but for rounding.
  cosine: (u) => (Math.abs(u) < 1 ? (Math.PI / 4) * Math.cos((Math.PI / 2) * u) : 0),
  uniform: (u) => (Math.abs(u) <= 1 ? 0.5 : 0),
} as const satisfies Record<string, (u: number) => number>;

/** Name of a kernel. */
export type KernelName = keyof typeof KERNELS;
