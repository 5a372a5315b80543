import { deriveKey, type RandomKey } from "@longview/statistics";
import type { Actor } from "../baselines/actor.ts";
import type { ContentMarketplace } from "../content/content-marketplace.ts";
import { makeContentMarketplace } from "../content/definition.ts";
import { contentMarketplaceOptions, type ContentMarketplaceInput } from "../content/options.ts";
import { readEcosystem, type EcosystemDay } from "./ecosystem.ts";

/** One world under one policy: a plain message, apart from the actor. */
export interface SimulateWorldOptions {
  readonly options?: ContentMarketplaceInput;
  /** Key of the world; the same key gives two policies the same noise. */
  readonly key: RandomKey;
  readonly actor: Actor<ContentMarketplace>;
  /** Days to simulate. @defaultValue the options' `days` */
  readonly days?: number;
  /** User slots. @defaultValue 128 */
  readonly users?: number;
  /** Discount factor a step. @defaultValue 0.99 */
  readonly discountFactor?: number;
}

/** What one world gave. "Per slot" is divided by the number of user slots. */
export interface WorldResult {
  /** Discounted ecosystem value per slot: `Σ_steps discountFactor^step Σ_rows reward / slots`. */
  readonly value: number;
  /** The same without discount. */
  readonly undiscountedValue: number;
  /** Discounted objectives per slot, by name. */
  readonly objectives: Readonly<Record<string, number>>;
  /** Mean of each cost over decisions, by name. */
  readonly costs: Readonly<Record<string, number>>;
  readonly decisions: number;
  /** Undiscounted reward per slot in each week of 7 days. */
  readonly weeklyValue: readonly number[];
  /** Engagement per slot in each week [minutes]. */
  readonly weeklyEngagement: readonly number[];
  /** Engagement per decision in each week [minutes]. */
  readonly weeklyEngagementPerDecision: readonly number[];
  /** Trajectories that ended in churn. */
  readonly churned: number;
  /** The ecosystem at the end of each day. */
  readonly daily: readonly EcosystemDay[];
}

/** Runs one world for `days` days under an actor. Deterministic in (options, key, actor, days, users). */
export async function simulateWorld(settings: SimulateWorldOptions): Promise<WorldResult> {
  const users = settings.users ?? 128;
  const discountFactor = settings.discountFactor ?? 0.99;
  const days = settings.days ?? contentMarketplaceOptions.parse(settings.options ?? {}).days;
  // a day more than is run, so that the last day can still be looked at
  const environment = makeContentMarketplace({
    users,
    options: { ...settings.options, days: days + 1 },
    key: settings.key,
  });
  const { actor } = settings;
  actor.start?.(environment, deriveKey(settings.key, "actor"));
  const stepsPerDay = environment.options.stepsPerDay;
  const weeks = Math.ceil(days / 7);
  const weeklyValue = new Array<number>(weeks).fill(0);
  const weeklyEngagement = new Array<number>(weeks).fill(0);
  const weeklyDecisions = new Array<number>(weeks).fill(0);
  const objectives = new Float64Array(environment.objectiveNames.length);
  const costs = new Float64Array(environment.costNames.length);
  const daily: EcosystemDay[] = [];
  let value = 0;
  let undiscountedValue = 0;
  let decisions = 0;
  let churned = 0;
  let discount = 1;
  let dayDecisions = 0;
  for (let step = 0; step < days * stepsPerDay; step++) {
    const week = Math.floor(step / stepsPerDay / 7);
    let stepDecisions = 0;
    for (let row = 0; row < users; row++) stepDecisions += environment.active[row]!;
    const acting = actor.act(environment);
    if (acting !== undefined) await acting;
    environment.step();
    let reward = 0;
    for (let row = 0; row < users; row++) {
      reward += environment.reward[row]!;
      churned += environment.terminated[row]!;
      for (let i = 0; i < objectives.length; i++)
        objectives[i] = objectives[i]! + discount * environment.objectives[row * objectives.length + i]!;
      for (let i = 0; i < costs.length; i++)
        costs[i] = costs[i]! + environment.costs[row * costs.length + i]!;
      weeklyEngagement[week] =
        weeklyEngagement[week]! + environment.objectives[row * objectives.length + 2]! / users;
    }
    value += (discount * reward) / users;
    undiscountedValue += reward / users;
    weeklyValue[week] = weeklyValue[week]! + reward / users;
    weeklyDecisions[week] = weeklyDecisions[week]! + stepDecisions;
    decisions += stepDecisions;
    dayDecisions += stepDecisions;
    discount *= discountFactor;
    if ((step + 1) % stepsPerDay === 0) {
      daily.push(readEcosystem(environment, (step + 1) / stepsPerDay, dayDecisions));
      dayDecisions = 0;
    }
  }
  return {
    value,
    undiscountedValue,
    objectives: Object.fromEntries(
      environment.objectiveNames.map((name, i) => [name, objectives[i]! / users]),
    ),
    costs: Object.fromEntries(
      environment.costNames.map((name, i) => [name, decisions > 0 ? costs[i]! / decisions : 0]),
    ),
    decisions,
    weeklyValue,
    weeklyEngagement,
    weeklyEngagementPerDecision: weeklyEngagement.map((minutes, week) =>
      weeklyDecisions[week]! > 0 ? (minutes * users) / weeklyDecisions[week]! : 0,
    ),
    churned,
    daily,
  };
}
