import {
  box,
  packNested,
  unpackNested,
  type ObservationBuffers,
  type ResetOptions,
  type Space,
  type VectorEnvironment,
} from "@longview/environment";
import type { ContentMarketplace } from "../content/content-marketplace.ts";
import { FEATURE_BOUND } from "../content/features.ts";
import { HeadRanker, RANKER_HEADS } from "./ranker-heads.ts";

/**
 * A marketplace whose action is the weights of a multi-objective ranker, one in [0, 1] for each of RANKER_HEADS and for
 * every page: what is outside is clipped. The observation is the user's context.
 */
export class RankerWeightsMarketplace implements VectorEnvironment {
  readonly id: string;
  readonly observationSpace: Space;
  readonly actionSpace: Space = box({ low: 0, high: 1, shape: [RANKER_HEADS.length] });
  readonly rowCount: number;
  readonly objectiveNames: readonly string[];
  readonly costNames: readonly string[];
  readonly observation: ObservationBuffers;
  readonly finalObservation: ObservationBuffers;
  readonly active: Uint8Array;
  readonly action: Float32Array;
  readonly reward: Float64Array;
  readonly objectives: Float64Array;
  readonly costs: Float64Array;
  readonly terminated: Uint8Array;
  readonly truncated: Uint8Array;
  /** The world inside, whose slates the ranker writes. */
  readonly marketplace: ContentMarketplace;

  readonly #ranker: HeadRanker;
  readonly #weights = new Float64Array(RANKER_HEADS.length);

  constructor(marketplace: ContentMarketplace) {
    const { id, rowCount, contextFeatureNames } = marketplace;
    this.id = id;
    this.marketplace = marketplace;
    this.rowCount = rowCount;
    this.observationSpace = box({
      low: -FEATURE_BOUND,
      high: FEATURE_BOUND,
      shape: [contextFeatureNames.length],
    });
    this.objectiveNames = marketplace.objectiveNames;
    this.costNames = marketplace.costNames;
    this.observation = { observation: marketplace.observation.context };
    this.finalObservation = { observation: marketplace.finalObservation.context };
    this.active = marketplace.active;
    this.action = new Float32Array(rowCount * RANKER_HEADS.length);
    this.reward = marketplace.reward;
    this.objectives = marketplace.objectives;
    this.costs = marketplace.costs;
    this.terminated = marketplace.terminated;
    this.truncated = marketplace.truncated;
    this.#ranker = new HeadRanker(marketplace);
  }

  reset(options?: ResetOptions): void {
    this.marketplace.reset(options);
  }

  step(): void {
    const weights = this.#weights;
    for (let row = 0; row < this.rowCount; row++) {
      if (this.active[row] !== 1) continue;
      for (let i = 0; i < weights.length; i++) {
        const weight = this.action[row * weights.length + i]!;
        weights[i] = weight > 0 ? Math.min(1, weight) : 0;
      }
      this.#ranker.rank(this.marketplace, row, weights, 0);
    }
    this.marketplace.step();
  }

  snapshot(): Uint8Array {
    return packNested(this.id, this.marketplace.snapshot(), [this.action]);
  }

  restore(snapshot: Uint8Array): void {
    this.marketplace.restore(unpackNested(this.id, snapshot, [this.action]));
  }
}
