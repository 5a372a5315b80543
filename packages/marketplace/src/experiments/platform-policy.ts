import type { ScoreInto } from "../baselines/actor.ts";
import { writeTopSlate, type Actor } from "../baselines/actor.ts";
import type { ContentMarketplace } from "../content/content-marketplace.ts";
import { LEVER_BOUNDS, LEVER_NAMES, type LeverName } from "../laws/levers.ts";

/** Values of some levers; the others stay where the scenario puts them. */
export type LeverSettings = Readonly<Partial<Record<LeverName, number>>>;

/** What a platform does: how pages are ranked, and where its levers stand. An arm of an experiment is one. */
export interface PlatformPolicy {
  readonly name: string;
  /** Makes the ranking afresh for a world, since it may keep buffers. */
  readonly makeScore: () => ScoreInto;
  readonly levers?: LeverSettings;
}

/** Levers of a policy by their place in LEVER_NAMES; not a number where the policy leaves one alone. */
export function leverValues({ name, levers = {} }: PlatformPolicy): Float64Array {
  return Float64Array.from(LEVER_NAMES, (lever) => {
    const value = levers[lever];
    if (value === undefined) return NaN;
    const [least, largest] = LEVER_BOUNDS[lever];
    if (!(value >= least && value <= largest))
      throw new RangeError(
        `policy ${name}: lever ${lever} must be from ${least} to ${largest}, got ${value}`,
      );
    return value;
  });
}

/**
 * Everyone under one policy: sets its levers before each step and ranks every page greedily by its score.
 *
 * @throws RangeError for a lever out of bounds
 */
export function platformActor(policy: PlatformPolicy): Actor<ContentMarketplace> {
  const values = leverValues(policy);
  const score = policy.makeScore();
  let scores = new Float64Array(0);
  return {
    name: policy.name,
    act(world) {
      if (scores.length !== world.options.candidates) scores = new Float64Array(world.options.candidates);
      setLevers(world.privileged.levers, values);
      for (let row = 0; row < world.rowCount; row++) {
        if (world.active[row] !== 1) continue;
        score(scores, world, row);
        writeTopSlate(world, row, scores);
      }
    },
  };
}

/** Puts the levers that have a value in `values` where it says. */
export function setLevers(levers: Float64Array, values: Float64Array): void {
  for (let place = 0; place < values.length; place++)
    if (!Number.isNaN(values[place]!)) levers[place] = values[place]!;
}
