import { makeVectorEnvironment, type VectorEnvironment } from "@longview/environment";
import { registerEnvironmentsOf } from "../configuration/load.ts";
import { UsageError } from "../exit-codes.ts";
import { decisionView, type DecisionView, type Identify } from "./decision-view.ts";

/** An environment whose decisions can be logged, with its clock and its users. */
export interface SimulatedWorld {
  readonly environment: VectorEnvironment;
  readonly view: DecisionView;
  /** Simulated seconds of one tick: 1 where an environment has no clock of its own. */
  readonly secondsPerTick: number;
  /** Whether each episode of a row is another user; else the row is the unit of all its episodes. */
  readonly newUsers: boolean;
}

const SECONDS_PER_DAY = 86_400;
/** Place of the world's number in a content marketplace's clock. */
const WORLD = 1;

/**
 * Makes an environment and reads it as a source of decisions.
 *
 * @param rows - trajectories side by side: user slots of a marketplace
 * @throws {UsageError} one line for an unknown id, options that are refused, or actions that cannot be logged
 */
export async function simulatedWorld(
  id: string,
  options: Readonly<Record<string, unknown>>,
  rows: number,
): Promise<SimulatedWorld> {
  await registerEnvironmentsOf("marketplace/");
  let environment: VectorEnvironment;
  try {
    environment = makeVectorEnvironment(id, { ...options, rowCount: rows });
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause));
  }
  const { ContentMarketplace } = await import("@longview/marketplace");
  const newUsers = id.startsWith("marketplace/") || id.startsWith("recsim/");
  if (!(environment instanceof ContentMarketplace))
    return { environment, view: decisionView(environment), secondsPerTick: 1, newUsers };
  const { candidateItem, items, creators, clock } = environment.privileged;
  const { candidates, stepsPerDay } = environment.options;
  // Places of items and creators are used again: when an item was born, and which creator this is, tell them apart.
  const identify: Identify = (row, place) => {
    const item = candidateItem[row * candidates + place]!;
    const creator = items.creator[item]!;
    const world = clock[WORLD]!;
    return {
      item: `${world}.${item}.${items.bornAt[item]!}`,
      creator: `${world}.${creator}.${creators.ordinal[creator]!}`,
    };
  };
  return {
    environment,
    view: decisionView(environment, identify),
    secondsPerTick: SECONDS_PER_DAY / stepsPerDay,
    newUsers,
  };
}
