import * as z from "zod";
import { defineEnvironment } from "../registry.ts";
import { chainProcess, creatorHealthProcess, gridworldProcess } from "./processes.ts";
import { tabularEnvironment } from "./tabular-environment.ts";

const slip = z.number().min(0).max(1);
const discountFactor = z.number().min(0).lt(1);

/** `tabular/creator-health-v0`; see {@link creatorHealthProcess}. */
export const creatorHealth = defineEnvironment({
  id: "tabular/creator-health-v0",
  summary: "Two states, two actions, one cost, with exactly known constrained optima",
  optionsSchema: z.strictObject({ maximumEpisodeSteps: z.int().min(1).default(200) }),
  make: ({ maximumEpisodeSteps }, rowCount) =>
    tabularEnvironment(creatorHealthProcess(), {
      id: "tabular/creator-health-v0",
      rowCount,
      maximumEpisodeSteps,
    }),
});

/** `tabular/gridworld-v0`; see {@link gridworldProcess}. */
export const gridworld = defineEnvironment({
  id: "tabular/gridworld-v0",
  summary: "Cross a slippery grid in few steps, with a hazard cost in its middle column",
  optionsSchema: z.strictObject({
    width: z.int().min(2).max(64).default(5),
    height: z.int().min(2).max(64).default(5),
    slip: slip.default(0.1),
    discountFactor: discountFactor.default(0.95),
    maximumEpisodeSteps: z.int().min(1).default(200),
  }),
  make: ({ maximumEpisodeSteps, ...options }, rowCount) =>
    tabularEnvironment(gridworldProcess(options), {
      id: "tabular/gridworld-v0",
      rowCount,
      maximumEpisodeSteps,
    }),
});

/** `tabular/chain-v0`; see {@link chainProcess}. */
export const chain = defineEnvironment({
  id: "tabular/chain-v0",
  summary: "A chain that rewards patience over the reward at hand",
  optionsSchema: z.strictObject({
    length: z.int().min(2).max(1000).default(5),
    slip: slip.default(0.2),
    discountFactor: discountFactor.default(0.95),
    maximumEpisodeSteps: z.int().min(1).default(200),
  }),
  make: ({ maximumEpisodeSteps, ...options }, rowCount) =>
    tabularEnvironment(chainProcess(options), { id: "tabular/chain-v0", rowCount, maximumEpisodeSteps }),
});
