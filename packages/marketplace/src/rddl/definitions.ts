import { defineEnvironment } from "@longview/environment";
import { RddlEcosystem } from "./ecosystem.ts";
import { generateInstance } from "./instance.ts";
import { rddlEcosystemOptions } from "./options.ts";
import { readInstance } from "./read-instance.ts";

/** The competition's recommender ecosystem. See docs/presets-ecosystems.md. */
export const rddlDefinitions = [
  defineEnvironment({
    id: "rddl/recsim-ecosystem-v0",
    summary:
      "The planning competition's recommender ecosystem: providers compete for item slots by recommendations",
    optionsSchema: rddlEcosystemOptions,
    make: (options, rowCount) =>
      new RddlEcosystem(
        options,
        options.instanceFile === "" ? generateInstance(options) : readInstance(options.instanceFile),
        rowCount,
      ),
  }),
] as const;
