import type { Actor } from "./actor.ts";
import { DEFAULT_HEURISTIC_WEIGHTS, heuristicActor } from "./heuristic.ts";
import { popularActor } from "./linear.ts";
import { myopicActor } from "./myopic.ts";
import { DEFAULT_ORACLE_WEIGHTS, oracleActor } from "./oracle.ts";
import { randomActor } from "./random.ts";

/** Names of the policies that need no training. */
export const BASELINE_NAMES = ["random", "popular", "myopic", "heuristic", "oracle"] as const;
export type BaselineName = (typeof BASELINE_NAMES)[number];

/**
 * A baseline by its name: what can be told to another thread.
 *
 * @param weights - in the place of the heuristic's or the oracle's own
 */
export function namedActor(name: BaselineName, weights: Readonly<Record<string, number>> = {}): Actor {
  switch (name) {
    case "random":
      return randomActor();
    case "popular":
      return popularActor();
    case "myopic":
      return myopicActor();
    case "heuristic":
      return heuristicActor({ ...DEFAULT_HEURISTIC_WEIGHTS, ...weights });
    case "oracle":
      return oracleActor({ ...DEFAULT_ORACLE_WEIGHTS, ...weights });
  }
}
