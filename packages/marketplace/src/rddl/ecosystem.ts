import { normalQuantileInPlace, uniformsInto } from "@longview/statistics";
import { distance, effectiveNumber, searchCumulative } from "../recsimng/geometry.ts";
import { TwoSidedEnvironment } from "../recsimng/two-sided-environment.ts";
import type { RddlInstance } from "./instance.ts";
import type { RddlEcosystemOptions } from "./options.ts";

/** What only oracles and tests may read. Live views of the state, row-major. The instance is public. */
export interface RddlEcosystemTruth {
  /** [consumers, features]. */
  readonly affinities: Float64Array;
  /** [providers, features]. */
  readonly competences: Float64Array;
  /** [worlds, providers]. */
  readonly satisfactions: Float64Array;
  /** [worlds, items], who is credited for the item; −1: nobody, at the first step. */
  readonly itemProviders: Int32Array;
  /** [worlds, items, features]. */
  readonly itemFeatures: Float64Array;
  readonly providers: number;
  readonly features: number;
}

const OBJECTIVES = 2;

const even = (count: number) => count + (count & 1);

/**
 * The recommender ecosystem of the International Probabilistic Planning Competition 2023, from its RDDL text: every
 * consumer is recommended one item; a provider's satisfaction is the discounted number of recommendations of her items;
 * item slots are drawn anew each step, by provider in proportion to satisfaction.
 *
 * A row is a consumer; the consumers of an instance are one world, and `rowCount` a multiple of their number. All worlds
 * and episodes have the same instance. Observation: context = the consumer's affinities; a candidate = an item: its
 * features, the competence of the provider who is credited for it (0 when nobody is), and her share of all satisfaction.
 * Reward: the consumer's satisfaction `maximum − ‖affinity − item‖`, of the step before, as the domain's reward reads the
 * state before the step, or with `rewardTiming: "immediate"` of the step. Objectives: `consumerSatisfaction` of the step;
 * `effectiveProviders`, the exponential of the entropy of provider satisfaction, shared among the world's rows. Truncated
 * at the horizon.
 *
 * Faithful to the text, bugs included: an item's features are those of the provider who held its slot a step before,
 * so the credit goes to another (`featureOwner: "current"` mends it); slots are drawn by the
 * satisfaction before the step; at first all items are nobody's, at the origin. The domain also allows to recommend
 * nothing to a consumer, worth 0, which this action space does not.
 *
 * @see pyrddlgym-project/pyRDDLGym, Examples/Recsim/domain.rddl; docs/presets-ecosystems.md
 */
export class RddlEcosystem extends TwoSidedEnvironment {
  readonly truth: RddlEcosystemTruth;
  readonly #options: Pick<RddlEcosystemOptions, "featureOwner" | "rewardTiming">;
  readonly #maximumAffinity: number;
  readonly #discounts: Float64Array;
  readonly #affinities: Float64Array;
  readonly #competences: Float64Array;
  readonly #satisfactions: Float64Array;
  readonly #consumerSatisfactions: Float64Array;
  readonly #itemProviders: Int32Array;
  readonly #itemFeatures: Float64Array;
  readonly #providers: number;
  readonly #features: number;
  readonly #cumulative: Float64Array;
  readonly #uniforms: Float64Array;

  constructor(
    options: Pick<RddlEcosystemOptions, "featureOwner" | "rewardTiming">,
    instance: RddlInstance,
    rowCount: number,
  ) {
    const consumers = instance.affinities.length;
    const providers = instance.competences.length;
    const features = instance.affinities[0]!.length;
    const worlds = Math.ceil(rowCount / consumers);
    const satisfactions = new Float64Array(worlds * providers);
    const consumerSatisfactions = new Float64Array(rowCount);
    const itemProviders = new Int32Array(worlds * instance.items);
    const itemFeatures = new Float64Array(worlds * instance.items * features);
    const low = Array.from({ length: 2 * features }, () => -Infinity);
    super({
      id: "rddl/recsim-ecosystem-v0",
      rowCount,
      users: consumers,
      usersOption: "consumers",
      horizon: instance.horizon,
      slots: 1,
      candidates: instance.items,
      context: { low: -Infinity, high: Infinity, shape: [features] },
      features: { low: [...low, 0], high: [...low.map((bound) => -bound), 1] },
      objectiveNames: ["consumerSatisfaction", "effectiveProviders"],
      costNames: [],
      state: [satisfactions, consumerSatisfactions, itemProviders, itemFeatures],
    });
    this.#options = options;
    this.#maximumAffinity = instance.maximumAffinity;
    this.#discounts = Float64Array.from(instance.discounts);
    this.#affinities = Float64Array.from(instance.affinities.flat());
    this.#competences = Float64Array.from(instance.competences.flat());
    this.#satisfactions = satisfactions;
    this.#consumerSatisfactions = consumerSatisfactions;
    this.#itemProviders = itemProviders;
    this.#itemFeatures = itemFeatures;
    this.#providers = providers;
    this.#features = features;
    this.#cumulative = new Float64Array(providers);
    this.#uniforms = new Float64Array(features + 1);
    this.truth = {
      affinities: this.#affinities,
      competences: this.#competences,
      satisfactions,
      itemProviders,
      itemFeatures,
      providers,
      features,
    };
  }

  protected begin(world: number): void {
    const { users, candidateCount } = this;
    const features = this.#features;
    this.#satisfactions.fill(1, world * this.#providers, (world + 1) * this.#providers);
    this.#itemProviders.fill(-1, world * candidateCount, (world + 1) * candidateCount);
    this.#itemFeatures.fill(0, world * candidateCount * features, (world + 1) * candidateCount * features);
    this.#consumerSatisfactions.fill(0, world * users, (world + 1) * users);
    const { context } = this.observation;
    for (let i = 0; i < users * features; i++) context[world * users * features + i] = this.#affinities[i]!;
    this.#show(world);
  }

  protected advance(world: number, tick: number): boolean {
    const providers = this.#providers;
    const cumulative = this.#cumulative;
    let total = 0;
    for (let provider = 0; provider < providers; provider++) {
      const at = world * providers + provider;
      total += this.#satisfactions[at]!;
      cumulative[provider] = total;
      this.#satisfactions[at] = this.#satisfactions[at]! * this.#discounts[provider]!;
    }
    for (let row = world * this.users; row < (world + 1) * this.users; row++) this.#recommend(world, row);
    const effective = effectiveNumber(this.#satisfactions, world * providers, providers) / this.users;
    for (let row = world * this.users; row < (world + 1) * this.users; row++)
      this.objectives[OBJECTIVES * row + 1] = effective;
    this.#drawItems(world, tick);
    this.#show(world);
    return false;
  }

  #recommend(world: number, row: number): void {
    const features = this.#features;
    const item = world * this.candidateCount + this.action[row]!;
    const away = distance(
      this.#affinities,
      (row - world * this.users) * features,
      this.#itemFeatures,
      item * features,
      features,
    );
    const satisfaction = this.#maximumAffinity - away;
    this.objectives[OBJECTIVES * row] = satisfaction;
    this.reward[row] =
      this.#options.rewardTiming === "immediate" ? satisfaction : this.#consumerSatisfactions[row]!;
    this.#consumerSatisfactions[row] = satisfaction;
    const provider = this.#itemProviders[item]!;
    if (provider < 0) return;
    const at = world * this.#providers + provider;
    this.#satisfactions[at] = this.#satisfactions[at]! + 1;
  }

  /** Draws the next items by the cumulative satisfaction of before the step. */
  #drawItems(world: number, tick: number): void {
    const { candidateCount } = this;
    const features = this.#features;
    const uniforms = this.#uniforms;
    const key1 = this.episodeKeys[2 * world + 1]!;
    const draws = even(features + 1);
    for (let i = 0; i < candidateCount; i++) {
      const item = world * candidateCount + i;
      uniformsInto(uniforms, 0, features + 1, this.episodeKeys[2 * world]!, key1, tick, i * draws);
      const next = searchCumulative(this.#cumulative, 0, this.#providers, uniforms[features]!);
      const owner = this.#options.featureOwner === "current" ? next : this.#itemProviders[item]!;
      for (let feature = 0; feature < features; feature++) {
        const mean = owner < 0 ? 0 : this.#competences[owner * features + feature]!;
        normalQuantileInPlace(uniforms, feature);
        this.#itemFeatures[item * features + feature] = mean + uniforms[feature]!;
      }
      this.#itemProviders[item] = next;
    }
  }

  #show(world: number): void {
    const { candidateCount, users } = this;
    const features = this.#features;
    const providers = this.#providers;
    const shown = this.observation.candidates;
    const width = 2 * features + 1;
    let total = 0;
    for (let i = world * providers; i < (world + 1) * providers; i++) total += this.#satisfactions[i]!;
    for (let i = 0; i < candidateCount; i++) {
      const item = world * candidateCount + i;
      const provider = this.#itemProviders[item]!;
      const at = (world * users * candidateCount + i) * width;
      for (let feature = 0; feature < features; feature++) {
        shown[at + feature] = this.#itemFeatures[item * features + feature]!;
        shown[at + features + feature] = provider < 0 ? 0 : this.#competences[provider * features + feature]!;
      }
      shown[at + 2 * features] =
        provider < 0 || total === 0 ? 0 : this.#satisfactions[world * providers + provider]! / total;
    }
    this.shareCandidates(world);
  }
}
