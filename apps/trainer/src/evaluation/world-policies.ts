import type { PolicyUnits } from "./unit-result.ts";

/** A policy of the comparison on marketplace worlds. */
export interface ComparedPolicy {
  readonly name: string;
  readonly role: PolicyUnits["role"];
  readonly tuned: boolean;
  describe(trials: number, worlds: number): string;
}

const budget = (trials: number, worlds: number): string =>
  `tuned by ${trials} trial${trials === 1 ? "" : "s"} on ${worlds} training world${worlds === 1 ? "" : "s"} each`;

/** Every policy of a comparison on marketplace worlds, the trained one first. */
export const WORLD_POLICIES: readonly ComparedPolicy[] = [
  { name: "trained", role: "trained", tuned: false, describe: () => "The network that this run trained." },
  {
    name: "random",
    role: "baseline",
    tuned: false,
    describe: () => "Shows retrieved candidates in random order.",
  },
  {
    name: "popular",
    role: "baseline",
    tuned: false,
    describe: () => "Ranks candidates by their observed popularity.",
  },
  {
    name: "myopic",
    role: "baseline",
    tuned: false,
    describe: () => "Ranks candidates by the immediate engagement that observed features predict.",
  },
  {
    name: "heuristic",
    role: "baseline",
    tuned: true,
    describe: (trials, worlds) =>
      `A hand-written linear score of observed features, its weights ${budget(trials, worlds)} under the same constraints.`,
  },
  {
    name: "oracle",
    role: "ceiling",
    tuned: true,
    describe: (trials, worlds) =>
      `Privileged: reads the latent interests, quality and harm that no platform sees, computes each candidate's expected outcomes by the world's own laws and ranks by a weighted sum, ${budget(trials, worlds)}. It is not proven to be the optimum.`,
  },
];
