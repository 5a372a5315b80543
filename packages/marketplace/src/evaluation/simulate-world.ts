import { deriveKey, type RandomKey } from "@longview/statistics";
import type { Actor } from "../baselines/actor.ts";
import type { ContentMarketplace } from "../content/content-marketplace.ts";
import { CONTENT_MARKETPLACE_ID, makeMarketplace, type MarketplaceId } from "../content/definition.ts";
import { wholeMarketplaceOptions, type WholeMarketplaceInput } from "../content/options.ts";
import { CLOCK } from "../content/state.ts";
import { readEcosystem, type EcosystemDay } from "./ecosystem.ts";

/** How far and by which discount. */
export interface SimulateFromOptions {
  /** Days to simulate. @defaultValue the options' `days` */
  readonly days?: number;
  /** Discount factor a step. @defaultValue 0.99 */
  readonly discountFactor?: number;
}

/** One world under one policy: a plain message, apart from the actor. */
export interface SimulateWorldOptions extends SimulateFromOptions {
  /** Which marketplace. @defaultValue "marketplace/content-v0" */
  readonly id?: MarketplaceId;
  readonly options?: WholeMarketplaceInput;
  /** Key of the world; the same key gives two policies the same noise. */
  readonly key: RandomKey;
  readonly actor: Actor<ContentMarketplace>;
  /** User slots. @defaultValue 128 */
  readonly users?: number;
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

/** Runs one world for `days` days under an actor. Deterministic in (id, options, key, actor, days, users). */
export async function simulateWorld(settings: SimulateWorldOptions): Promise<WorldResult> {
  const { id = CONTENT_MARKETPLACE_ID, options = {}, key, actor, users = 128 } = settings;
  const days = settings.days ?? wholeMarketplaceOptions.shape.days.parse(options.days);
  // a day more than is run, so that the last day can still be looked at
  const environment = makeMarketplace(id, { users, options: { ...options, days: days + 1 }, key });
  actor.start?.(environment, deriveKey(key, "actor"));
  return simulateFrom(environment, actor, { ...settings, days });
}

/**
 * Goes on with a world, from whatever day it has reached, under an actor that has been started. It changes the world: give
 * a fork to keep it.
 *
 * @throws RangeError when the world would be over within the days asked for
 */
export async function simulateFrom(
  environment: ContentMarketplace,
  actor: Actor<ContentMarketplace>,
  settings: SimulateFromOptions = {},
): Promise<WorldResult> {
  const { stepsPerDay } = environment.options;
  const users = environment.rowCount;
  const { discountFactor = 0.99, days = environment.options.days } = settings;
  const left = environment.options.days * stepsPerDay - environment.privileged.clock[CLOCK.tick]!;
  if (days * stepsPerDay >= left)
    throw new RangeError(
      `${environment.id}: ${days} days are asked for, and the world is over in ${left / stepsPerDay}; allowed: fewer than that`,
    );
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
      daily.push(readEcosystem(environment.privileged, (step + 1) / stepsPerDay, dayDecisions));
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
