import { numpyNormals } from "./numpy-normals.ts";

/** What RecoGym's `v0` draws once: how much more likely than its cluster says each product is clicked. */
export interface ClusterCatalogue {
  /** `[products, products]`, added to the logit of a click on the row's product after a view of the column's. */
  readonly logitNoise: Float64Array;
}

/**
 * The catalogue of RecoGym's `v0` under `random_seed`: independent normals of a standard deviation (RecoGym gives their
 * variance, `phi_var`).
 */
export function drawClusterCatalogue(products: number, deviation: number, seed: number): ClusterCatalogue {
  return { logitNoise: numpyNormals(seed, products * products).map((z) => deviation * z) };
}

/** What RecoGym's `v1` draws once: the latent factors of organic views and of clicks. */
export interface LatentCatalogue {
  /** Γ, `[products, factors]`: organic views. */
  readonly viewFactors: Float64Array;
  /** μ, `[products]`: popularity in organic views. */
  readonly viewOffsets: Float64Array;
  /** β, `[products, factors]`: clicks on recommendations. */
  readonly clickFactors: Float64Array;
  /** `[products]`: popularity in clicks. */
  readonly clickOffsets: Float64Array;
}

/**
 * The catalogue of RecoGym's `v1` under `random_seed`: Γ ~ N(0, 1), then μ ~ N(0, `offsetDeviation`); clicks by
 * {@link flipProducts}.
 */
export function drawLatentCatalogue(
  products: number,
  factors: number,
  offsetDeviation: number,
  flips: number,
  seed: number,
): LatentCatalogue {
  const normals = numpyNormals(seed, products * (factors + 1));
  const viewOffsets = normals.subarray(products * factors).map((z) => offsetDeviation * z);
  return flipProducts(normals.slice(0, products * factors), viewOffsets, flips);
}

/**
 * Clicks have the factors of the organic views, with `flips` pairs of products swapped: the pairs of the largest inner
 * products, in which no product stands twice. So the more flips, the less organic views say of clicks.
 *
 * @see RecoGym `reco_env_v1.py`, `generate_beta`
 */
export function flipProducts(
  viewFactors: Float64Array,
  viewOffsets: Float64Array,
  flips: number,
): LatentCatalogue {
  const products = viewOffsets.length;
  const factors = viewFactors.length / products;
  const source = Int32Array.from({ length: products }, (_, product) => product);
  const pairs: { first: number; second: number; product: number }[] = [];
  if (flips > 0)
    for (let first = 0; first < products; first++)
      for (let second = first + 1; second < products; second++) {
        let product = 0;
        for (let k = 0; k < factors; k++)
          product += viewFactors[first * factors + k]! * viewFactors[second * factors + k]!;
        pairs.push({ first, second, product });
      }
  pairs.sort((a, b) => b.product - a.product);
  let flipped = 0;
  for (const { first, second } of pairs) {
    if (flipped === flips) break;
    if (source[first] !== first || source[second] !== second) continue;
    source[first] = second;
    source[second] = first;
    flipped++;
  }
  return {
    viewFactors,
    viewOffsets,
    clickFactors: Float64Array.from(
      viewFactors,
      (_, i) => viewFactors[source[Math.floor(i / factors)]! * factors + (i % factors)]!,
    ),
    clickOffsets: Float64Array.from(source, (product) => viewOffsets[product]!),
  };
}
