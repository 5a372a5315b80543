import { defineEnvironment } from "@longview/environment";
import { RecsimngEcosystem } from "./ecosystem.ts";
import { recsimngEcosystemOptions } from "./options.ts";

/** RecSim NG's ecosystem. See docs/presets-ecosystems.md. */
export const recsimngDefinitions = [
  defineEnvironment({
    id: "recsimng/ecosystem-v0",
    summary: "RecSim NG's ecosystem of viable providers: who is clicked fills the supply",
    optionsSchema: recsimngEcosystemOptions,
    make: (options, rowCount) => new RecsimngEcosystem(options, rowCount),
  }),
] as const;
