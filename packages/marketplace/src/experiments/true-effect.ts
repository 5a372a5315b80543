import { CONTROL, TREATMENT } from "@longview/experiments";
import { meanInterval, rootKey } from "@longview/statistics";
import type { ContentMarketplace } from "../content/content-marketplace.ts";
import { meanOutcome, type OutcomeUnit } from "./outcome-units.ts";
import { runExperiment, type ExperimentOptions, type ExperimentRun } from "./run-experiment.ts";

/** Two policies, and how far the launch is followed. */
export interface WholeMarketOptions extends Pick<ExperimentOptions, "control" | "treatment" | "days"> {
  /** How many lucks from now on; future f is that of `world.fork(f)`. @defaultValue 4 */
  readonly futures?: number;
}

/** A market under control and the same under treatment, on the same luck. */
export interface WholeMarket {
  readonly control: ExperimentRun;
  readonly treatment: ExperimentRun;
}

/** Forks of a world in which all have one arm, a pair for each future: what true effects of any outcome are taken from. */
export function wholeMarkets(world: ContentMarketplace, options: WholeMarketOptions): readonly WholeMarket[] {
  const { futures = 4 } = options;
  // nothing is drawn where everyone has one arm
  const key = rootKey(0);
  const everyone = (future: number, arm: typeof CONTROL | typeof TREATMENT): ExperimentRun =>
    runExperiment(world, { ...options, design: { kind: "everyone", arm }, key, future });
  return Array.from({ length: futures }, (_, future) => ({
    control: everyone(future, CONTROL),
    treatment: everyone(future, TREATMENT),
  }));
}

/** The true total effect: everyone treated minus everyone in control. */
export interface TrueEffect {
  readonly control: number;
  readonly treatment: number;
  readonly effect: number;
  /** The effect in each future. */
  readonly effects: readonly number[];
  /** Student's interval of the mean over futures; the point for one. */
  readonly interval: readonly [number, number];
}

/** The true effect on an outcome, in the unit of the design that is held against it. */
export function trueEffect(markets: readonly WholeMarket[], unit: OutcomeUnit, outcome: string): TrueEffect {
  const control = markets.map((market) => meanOutcome(market.control, unit, outcome));
  const treatment = markets.map((market) => meanOutcome(market.treatment, unit, outcome));
  const effects = treatment.map((value, future) => value - control[future]!);
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const effect = mean(effects);
  const [low, high] = effects.length > 1 ? meanInterval(effects).interval : [effect, effect];
  return { control: mean(control), treatment: mean(treatment), effect, effects, interval: [low, high] };
}
