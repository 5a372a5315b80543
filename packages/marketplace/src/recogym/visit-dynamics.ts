import {
  box,
  discrete,
  type BoxSpace,
  type DiscreteSpace,
  type ObservationBuffers,
  type RowBuffers,
  type RowDynamics,
} from "@longview/environment";
import { uniformsInto } from "@longview/statistics";
import { BANDIT, LEFT, nextVisitState, ORGANIC, type VisitLaw, type VisitState } from "./visit-law.ts";

const WORDS = 2 ** 32;

/** What the dynamics of both RecoGym worlds need. */
export interface VisitShape {
  readonly id: string;
  readonly law: VisitLaw;
  readonly products: number;
  /** Hidden numbers of a user. */
  readonly hidden: number;
  /** Whether the observation ends with them. */
  readonly showHidden: boolean;
  readonly horizon: number;
}

/**
 * What RecoGym's worlds share: visits in which organic views and recommendations alternate. A step is one recommendation
 * and the organic views that follow it, if any.
 *
 * State of a row: views of each product so far, the product viewed last, the hidden numbers. A step draws four uniforms:
 * click, transition, and two whose words are the key of the organic views after it, of which there may be any number; view
 * `n` of them draws from entity `n`.
 */
export abstract class VisitDynamics implements RowDynamics {
  readonly id: string;
  readonly observationSpace: BoxSpace;
  readonly actionSpace: DiscreteSpace;
  readonly objectiveNames: readonly string[] = ["click", "clickProbability"];
  readonly stateSize: number;
  readonly startDraws = 2;
  readonly stepDraws = 4;
  readonly maximumEpisodeSteps: number;
  readonly products: number;
  /** Where a row's hidden numbers start in its state. */
  protected readonly hiddenOffset: number;
  /** Uniforms of one event: view, transition, one a hidden number. */
  protected readonly draws: Float64Array;
  /** The probability that {@link writeClickProbability} found: a returned number would be boxed. */
  protected readonly cell = new Float64Array(1);
  readonly #law: VisitLaw;
  readonly #shown: number;
  /** Key of the organic views (2), and the event reached. */
  readonly #stream = new Int32Array(3);

  protected constructor(shape: VisitShape) {
    const { products, hidden, showHidden } = shape;
    this.id = shape.id;
    this.products = products;
    this.hiddenOffset = products + 1;
    this.stateSize = products + 1 + hidden;
    this.maximumEpisodeSteps = shape.horizon;
    this.draws = new Float64Array(2 + hidden + (hidden & 1));
    this.#law = shape.law;
    this.#shown = showHidden ? hidden : 0;
    const zeros = Array.from({ length: 2 * products }, () => 0);
    const infinite = Array.from({ length: this.#shown }, () => Infinity);
    this.observationSpace = box({
      low: [...zeros, ...infinite.map((value) => -value)],
      high: [...zeros.map((_, i) => (i < products ? Infinity : 1)), ...infinite],
    });
    this.actionSpace = discrete(products);
  }

  /** Writes the hidden numbers of a new user, and the product viewed before the first, from {@link draws}. */
  protected abstract welcome(state: Float64Array, at: number): void;
  /** The product of the next organic view. */
  protected abstract view(state: Float64Array, at: number): number;
  /** The user's hidden numbers change on the way to an organic view. */
  protected abstract drift(state: Float64Array, at: number): void;
  /** Writes into {@link cell} the probability that the user clicks on a product. */
  protected abstract writeClickProbability(state: Float64Array, at: number, product: number): void;

  /** A visit begins with organic views. Users who leave during them are never met: the next one comes. */
  start(state: Float64Array, row: number, uniforms: Float64Array): void {
    const at = row * this.stateSize;
    this.#open(uniforms, 0);
    let visit: VisitState = LEFT;
    while (visit === LEFT) {
      state.fill(0, at, at + this.stateSize);
      this.#drawEvent();
      this.welcome(state, at);
      visit = this.#organicViews(state, at);
    }
  }

  advance(buffers: RowBuffers, rowCount: number): void {
    const { state, action, uniforms, reward, objectives, terminated } = buffers;
    const { products, cell } = this;
    for (let row = 0; row < rowCount; row++) {
      const product = action[row]!;
      if (product >>> 0 >= products)
        throw new RangeError(
          `${this.id}: action of row ${row} is product ${product}, allowed 0 … ${products - 1}`,
        );
      const at = row * this.stateSize;
      const draw = 4 * row;
      this.writeClickProbability(state, at, product);
      const click = uniforms[draw]! < cell[0]! ? 1 : 0;
      reward[row] = click;
      objectives[2 * row] = click;
      objectives[2 * row + 1] = cell[0]!;
      let visit = nextVisitState(this.#law, BANDIT, uniforms, draw + 1);
      this.#open(uniforms, draw + 2);
      if (visit === ORGANIC) {
        this.#drawEvent();
        this.drift(state, at);
      }
      // A click always leads to the product's page, also where the chain would have let the user leave.
      if (click === 1) visit = ORGANIC;
      if (visit === ORGANIC) visit = this.#organicViews(state, at);
      terminated[row] = visit === LEFT ? 1 : 0;
    }
  }

  observe(state: Float64Array, buffers: ObservationBuffers, from: number, to: number): void {
    const observation = buffers["observation"]!;
    const { products, stateSize, hiddenOffset } = this;
    const shown = this.#shown;
    const width = 2 * products + shown;
    for (let row = from; row < to; row++) {
      const at = row * stateSize;
      const out = row * width;
      for (let i = 0; i < products; i++) {
        observation[out + i] = state[at + i]!;
        observation[out + products + i] = 0;
      }
      observation[out + products + state[at + products]!] = 1;
      for (let i = 0; i < shown; i++) observation[out + 2 * products + i] = state[at + hiddenOffset + i]!;
    }
  }

  /** Views products until the user meets a recommendation or leaves. */
  #organicViews(state: Float64Array, at: number): VisitState {
    let visit: VisitState = ORGANIC;
    while (visit === ORGANIC) {
      this.#drawEvent();
      const product = this.view(state, at);
      state[at + product] = state[at + product]! + 1;
      state[at + this.products] = product;
      visit = nextVisitState(this.#law, ORGANIC, this.draws, 1);
      if (visit === ORGANIC) this.drift(state, at);
    }
    return visit;
  }

  /** The words of two uniforms, `(word + ½) / 2³²`, become the key of the events that follow. */
  #open(uniforms: Float64Array, at: number): void {
    const stream = this.#stream;
    stream[0] = uniforms[at]! * WORDS;
    stream[1] = uniforms[at + 1]! * WORDS;
    stream[2] = 0;
  }

  #drawEvent(): void {
    const stream = this.#stream;
    const event = stream[2]!;
    uniformsInto(this.draws, 0, this.draws.length, stream[0]!, stream[1]!, event, 0);
    stream[2] = event + 1;
  }
}
