import { RowEnvironment } from "@longview/environment";
import { normalQuantileInPlace } from "@longview/statistics";
import { chooseByWeight } from "../recsim/choice.ts";
import { drawLatentCatalogue, type LatentCatalogue } from "./catalogue.ts";
import { RECOGYM_V1, type RecogymLatentOptions } from "./options.ts";
import { VisitDynamics } from "./visit-dynamics.ts";

/**
 * Turns the affinity `x = β·ω + μ` in a cell into the probability of a click, `σ(5σ(2σ(0.3x) − 2) − 6)`, which lies in
 * (0.0044, 0.0294). In place: a returned number would be boxed.
 *
 * @see RecoGym `reco_env_v1.py`, `ff`
 */
export function latentClickInPlace(cell: Float64Array): void {
  cell[0] = 1 / (1 + Math.exp(-0.3 * cell[0]!));
  cell[0] = 1 / (1 + Math.exp(2 - 2 * cell[0]));
  cell[0] = 1 / (1 + Math.exp(6 - 5 * cell[0]));
}

/** Positions in the deviations of a move. */
const NEW_USER = 0;
const DRIFT = 1;

class LatentDynamics extends VisitDynamics {
  readonly #options: RecogymLatentOptions;
  readonly #catalogue: LatentCatalogue;
  readonly #weights: Float64Array;
  /** Of a new user's interests, and of their drift. */
  readonly #deviations: Float64Array;

  constructor(options: RecogymLatentOptions, catalogue: LatentCatalogue) {
    const { products, factors, showInterests, horizon } = options;
    super({ id: RECOGYM_V1, law: options, products, hidden: factors, showHidden: showInterests, horizon });
    this.#options = options;
    this.#catalogue = catalogue;
    this.#weights = new Float64Array(products);
    this.#deviations = Float64Array.of(options.initialDeviation, options.driftDeviation);
  }

  protected welcome(state: Float64Array, at: number): void {
    this.#move(state, at, NEW_USER);
  }

  protected drift(state: Float64Array, at: number): void {
    this.#move(state, at, DRIFT);
  }

  /** Softmax of `Γω + μ`. */
  protected view(state: Float64Array, at: number): number {
    const { viewFactors, viewOffsets } = this.#catalogue;
    const { products, hiddenOffset } = this;
    const { factors } = this.#options;
    const weights = this.#weights;
    let largest = -Infinity;
    for (let product = 0; product < products; product++) {
      let logit = viewOffsets[product]!;
      for (let k = 0; k < factors; k++)
        logit += viewFactors[product * factors + k]! * state[at + hiddenOffset + k]!;
      weights[product] = logit;
      if (logit > largest) largest = logit;
    }
    let total = 0;
    for (let product = 0; product < products; product++) {
      const weight = Math.exp(weights[product]! - largest);
      weights[product] = weight;
      total += weight;
    }
    const chosen = chooseByWeight(weights, products, total, this.draws[0]!);
    return chosen < 0 ? products - 1 : chosen; // rounding may leave a crumb of the total
  }

  protected writeClickProbability(state: Float64Array, at: number, product: number): void {
    const { clickFactors, clickOffsets } = this.#catalogue;
    const { factors } = this.#options;
    const { cell, hiddenOffset } = this;
    cell[0] = clickOffsets[product]!;
    for (let k = 0; k < factors; k++)
      cell[0] += clickFactors[product * factors + k]! * state[at + hiddenOffset + k]!;
    latentClickInPlace(cell);
  }

  #move(state: Float64Array, at: number, kind: number): void {
    const { draws, hiddenOffset } = this;
    const { factors } = this.#options;
    const deviation = this.#deviations[kind]!;
    for (let k = 0; k < factors; k++) {
      normalQuantileInPlace(draws, 2 + k);
      state[at + hiddenOffset + k] = state[at + hiddenOffset + k]! + deviation * draws[2 + k]!;
    }
  }
}

/**
 * RecoGym's `v1`: users have drifting latent interests, which govern what they view and what they click.
 *
 * Observation: views of each product so far in the visit, then the product viewed last, one-hot; the interests after them
 * where `showInterests`. Action: the product to recommend. Reward: click. Terminates when the user leaves.
 *
 * @see docs/presets-sessions.md
 */
export class RecogymLatent extends RowEnvironment {
  readonly catalogue: LatentCatalogue;

  /** @param catalogue - in place of the one that `catalogueSeed` draws */
  constructor(
    options: RecogymLatentOptions,
    rowCount: number,
    catalogue = drawLatentCatalogue(
      options.products,
      options.factors,
      options.popularityDeviation,
      options.flips,
      options.catalogueSeed,
    ),
  ) {
    super(new LatentDynamics(options, catalogue), rowCount);
    this.catalogue = catalogue;
  }
}
