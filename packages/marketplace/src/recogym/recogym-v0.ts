import { RowEnvironment } from "@longview/environment";
import { logistic } from "../laws/parameter.ts";
import { drawClusterCatalogue, type ClusterCatalogue } from "./catalogue.ts";
import { RECOGYM_V0, type RecogymClusterOptions } from "./options.ts";
import { VisitDynamics } from "./visit-dynamics.ts";

/**
 * Click probabilities of `v0`, `[recommended, viewed last]`: `σ(P/5 · (T + Tᵀ) + φ − 5)`, where `T` is the transition
 * matrix of organic views: uniform within a cluster of consecutive products, 0 beyond.
 *
 * @see RecoGym `reco_env_v0.py`, `set_static_params`
 */
export function clusterClickProbabilities(
  products: number,
  clusters: number,
  catalogue: ClusterCatalogue,
): Float64Array {
  const size = products / clusters;
  return catalogue.logitNoise.map((noise, i) => {
    const same = Math.floor(Math.floor(i / products) / size) === Math.floor((i % products) / size);
    return logistic((products / 5) * (same ? 2 / size : 0) + noise - 5);
  });
}

class ClusterDynamics extends VisitDynamics {
  readonly #clusterSize: number;
  readonly #clickProbabilities: Float64Array;

  constructor(options: RecogymClusterOptions, clickProbabilities: Float64Array) {
    const { products, clusters, horizon } = options;
    super({ id: RECOGYM_V0, law: options, products, hidden: 0, showHidden: false, horizon });
    this.#clusterSize = products / clusters;
    this.#clickProbabilities = clickProbabilities;
  }

  protected welcome(state: Float64Array, at: number): void {
    state[at + this.products] = Math.floor(this.draws[0]! * this.products);
  }

  protected view(state: Float64Array, at: number): number {
    const size = this.#clusterSize;
    const last = state[at + this.products]!;
    return last - (last % size) + Math.floor(this.draws[0]! * size);
  }

  protected drift(): void {}

  protected writeClickProbability(state: Float64Array, at: number, product: number): void {
    this.cell[0] = this.#clickProbabilities[product * this.products + state[at + this.products]!]!;
  }
}

/**
 * RecoGym's `v0`: users view the products of one cluster, and click most on recommendations of the same.
 *
 * Observation: views of each product so far in the visit, then the product viewed last, one-hot. Action: the product to
 * recommend. Reward: click. Terminates when the user leaves.
 *
 * @see docs/presets-sessions.md
 */
export class RecogymClusters extends RowEnvironment {
  /** `[products, products]`: probability of a click on the row's product after a view of the column's. */
  readonly clickProbabilities: Float64Array;

  /** @param catalogue - in place of the one that `catalogueSeed` draws */
  constructor(
    options: RecogymClusterOptions,
    rowCount: number,
    catalogue = drawClusterCatalogue(options.products, options.logitNoiseDeviation, options.catalogueSeed),
  ) {
    const clickProbabilities = clusterClickProbabilities(options.products, options.clusters, catalogue);
    super(new ClusterDynamics(options, clickProbabilities), rowCount);
    this.clickProbabilities = clickProbabilities;
  }
}
