import { defineEnvironment } from "@longview/environment";
import { Ecoagent } from "./ecoagent.ts";
import { ecoagentOptions } from "./options.ts";

/** The creator ecosystem of Zhan et al. 2021. See docs/presets-ecosystems.md. */
export const ecoagentDefinitions = [
  defineEnvironment({
    id: "ecoagent-v0",
    summary: "EcoAgent's creator ecosystem: users drift, creators make documents and leave",
    optionsSchema: ecoagentOptions,
    make: (options, rowCount) => new Ecoagent(options, rowCount),
  }),
] as const;
