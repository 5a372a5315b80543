import { foldIn, normalQuantile, uniformsInto, type RandomKey } from "@longview/statistics";
import type { Actor } from "../baselines/actor.ts";
import { heuristicActor, DEFAULT_HEURISTIC_WEIGHTS, type HeuristicWeights } from "../baselines/heuristic.ts";
import { oracleActor, DEFAULT_ORACLE_WEIGHTS, type OracleWeights } from "../baselines/oracle.ts";
import type { MarketplaceId } from "../content/definition.ts";
import type { WholeMarketplaceInput } from "../content/options.ts";
import { DEFAULT_COST_LIMITS } from "../laws/costs.ts";
import { simulateWorld } from "./simulate-world.ts";

/** How a baseline's weights are searched. */
export interface TuneOptions {
  /** Weight vectors that are tried; the first is the hand-written one. */
  readonly trials: number;
  /** Training worlds on which each is tried, the same for all. */
  readonly worlds: number;
  /** World w of tuning has key `foldIn(key, w)`: keep it apart from evaluation's. */
  readonly key: RandomKey;
  /** Which marketplace. @defaultValue "marketplace/content-v0" */
  readonly id?: MarketplaceId;
  readonly options?: WholeMarketplaceInput;
  /** @defaultValue 128 */
  readonly users?: number;
  readonly days?: number;
  readonly discountFactor?: number;
  /** Largest mean costs; a cost that is left out is free. A trial is judged by its mean plus one standard error over the
   * training worlds, so that a policy at the edge does not cross it on other worlds. @defaultValue {@link DEFAULT_COST_LIMITS} */
  readonly limits?: Readonly<Record<string, number>>;
  /** What a unit above a limit, relative to `max(|limit|, 0.05)`, takes from the value, as a share of it. @defaultValue 1 */
  readonly penalty?: number;
  /** Called after each trial. */
  readonly onTrial?: (trial: number, score: number) => void;
}

/** The weights found. */
export interface TuneResult<Weights> {
  readonly weights: Weights;
  /** Mean penalised value on the training worlds. */
  readonly score: number;
  readonly value: number;
  readonly costs: Readonly<Record<string, number>>;
  readonly trials: number;
}

/** Value less penalties; a policy at its limit exactly is not penalised. */
export function penalisedValue(
  value: number,
  costs: Readonly<Record<string, number>>,
  limits: Readonly<Record<string, number>>,
  penalty: number,
): number {
  let excess = 0;
  for (const [name, limit] of Object.entries(limits))
    excess += Math.max(0, (costs[name] ?? 0) - limit) / Math.max(Math.abs(limit), 0.05);
  return value - penalty * Math.max(1, Math.abs(value)) * excess;
}

/**
 * Random search over named weights: the hand-written ones first, a third of the trials spread widely around them, the
 * rest around the best so far. Each trial moves about half of the weights, by a normal step of 1 (wide) or 0.6 falling to
 * 0.15 (near) of each weight's scale `max(0.5, |hand-written|)`.
 */
export async function tuneWeights<Weights extends Readonly<Record<keyof Weights, number>>>(
  start: Weights,
  actorOf: (weights: Weights) => Actor,
  tune: TuneOptions,
): Promise<TuneResult<Weights>> {
  const names = Object.keys(start) as (keyof Weights & string)[];
  const limits = tune.limits ?? DEFAULT_COST_LIMITS;
  const penalty = tune.penalty ?? 1;
  const trialKey = foldIn(tune.key, 0x7fffffff);
  const draws = new Float64Array(2 * names.length);
  let best: TuneResult<Weights> | undefined;
  for (let trial = 0; trial < tune.trials; trial++) {
    uniformsInto(draws, 0, 2 * names.length, trialKey.first | 0, trialKey.second | 0, trial, 0);
    const wide = trial <= tune.trials / 3;
    const progress = tune.trials > 1 ? trial / (tune.trials - 1) : 0;
    const weights = { ...(wide || best === undefined ? start : best.weights) };
    if (trial > 0)
      names.forEach((name, i) => {
        if (draws[names.length + i]! < 0.5) return;
        const scale = Math.max(0.5, Math.abs(start[name]));
        const from = wide || best === undefined ? start[name] : best.weights[name];
        const step = wide ? 1 : 0.6 - 0.45 * progress;
        Object.assign(weights, { [name]: from + step * scale * normalQuantile(draws[i]!) });
      });
    let value = 0;
    const seen: Record<string, number[]> = {};
    for (let world = 0; world < tune.worlds; world++) {
      const result = await simulateWorld({
        key: foldIn(tune.key, world),
        actor: actorOf(weights),
        ...(tune.id !== undefined && { id: tune.id }),
        ...(tune.options !== undefined && { options: tune.options }),
        ...(tune.users !== undefined && { users: tune.users }),
        ...(tune.days !== undefined && { days: tune.days }),
        ...(tune.discountFactor !== undefined && { discountFactor: tune.discountFactor }),
      });
      value += result.value / tune.worlds;
      for (const [name, cost] of Object.entries(result.costs)) (seen[name] ??= []).push(cost);
    }
    const costs: Record<string, number> = {};
    const cautious: Record<string, number> = {};
    for (const [name, list] of Object.entries(seen)) {
      const mean = list.reduce((sum, cost) => sum + cost, 0) / list.length;
      const squares = list.reduce((sum, cost) => sum + (cost - mean) ** 2, 0);
      costs[name] = mean;
      cautious[name] = mean + Math.sqrt(squares / Math.max(1, list.length - 1) / list.length);
    }
    const score = penalisedValue(value, cautious, limits, penalty);
    if (best === undefined || score > best.score)
      best = { weights, score, value, costs, trials: tune.trials };
    tune.onTrial?.(trial, score);
  }
  if (best === undefined) throw new RangeError(`tuning needs trials >= 1, got ${tune.trials}`);
  return best;
}

/** Searches the heuristic's weights on training worlds. */
export function tuneHeuristic(tune: TuneOptions): Promise<TuneResult<HeuristicWeights>> {
  return tuneWeights(DEFAULT_HEURISTIC_WEIGHTS, heuristicActor, tune);
}

/** Searches the oracle's weights the same way. */
export function tuneOracle(tune: TuneOptions): Promise<TuneResult<OracleWeights>> {
  return tuneWeights(DEFAULT_ORACLE_WEIGHTS, oracleActor, tune);
}
