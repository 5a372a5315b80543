import { normalQuantile, rootKey, uniform } from "@longview/statistics";

/** What stays fixed in a problem of the RDDL domain: the non-fluents and the numbers of objects. */
export interface RddlInstance {
  /** [consumers][features]. */
  readonly affinities: readonly (readonly number[])[];
  /** [providers][features]; the domain's dummy provider `pn` is left out: its satisfaction is always 0. */
  readonly competences: readonly (readonly number[])[];
  /** [providers], share of a provider's satisfaction that a step keeps. */
  readonly discounts: readonly number[];
  /** Item slots. */
  readonly items: number;
  /** Satisfaction of a consumer with an item at distance 0. */
  readonly maximumAffinity: number;
  /** Steps of an episode. */
  readonly horizon: number;
}

/** Sizes and spreads of {@link generateInstance}. */
export interface InstanceSizes {
  readonly consumers: number;
  readonly providers: number;
  readonly items: number;
  readonly maximumAffinity: number;
  readonly horizon: number;
  readonly instanceSeed: number;
}

const DISPERSION = 64;
const FAN_OUT = 2;
const CLUSTER_VARIANCE = 0.5;
const USER_VARIANCE = 20.5;

const draw = { centre: 1, member: 2, consumer: 3, component: 4 };

/**
 * An instance by the law of the competition's generator (pyRDDLGym, `RecSimInstanceGenerator`), which is RecSim NG's: with P
 * `providers`, P cluster centres `N(0, 64 I)` with two members each, `N(centre, ½ I)`; consumers around a member drawn
 * in proportion to `1 / (1 + ‖member‖)`, `N(member, 20.5 I)`. As the original does, only the first P of the 2P members
 * are providers, while consumers gather around all of them: about half have nobody near.
 */
export function generateInstance(sizes: InstanceSizes): RddlInstance {
  const { consumers, providers, instanceSeed } = sizes;
  const key = rootKey(instanceSeed);
  const normal = (kind: number, index: number, feature: number) =>
    normalQuantile(uniform(key, 2 * index + feature, 2 * kind));
  const members = Array.from({ length: FAN_OUT * providers }, (_, i) =>
    [0, 1].map(
      (feature) =>
        Math.sqrt(DISPERSION) * normal(draw.centre, Math.floor(i / FAN_OUT), feature) +
        Math.sqrt(CLUSTER_VARIANCE) * normal(draw.member, i, feature),
    ),
  );
  const weights = members.map((member) => 1 / (1 + Math.hypot(...member)));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const affinities = Array.from({ length: consumers }, (_, i) => {
    let remaining = uniform(key, i, 2 * draw.component) * total;
    const chosen = weights.findIndex((weight) => (remaining -= weight) < 0);
    const member = members.at(chosen)!;
    return member.map((mean, feature) => mean + Math.sqrt(USER_VARIANCE) * normal(draw.consumer, i, feature));
  });
  return {
    affinities,
    competences: members.slice(0, providers),
    discounts: Array.from({ length: providers }, () => 0.5),
    items: sizes.items,
    maximumAffinity: sizes.maximumAffinity,
    horizon: sizes.horizon,
  };
}
