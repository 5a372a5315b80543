import { defineEnvironment } from "@longview/environment";
import { RECOGYM_V0, RECOGYM_V1, recogymClusterOptions, recogymLatentOptions } from "./options.ts";
import { RecogymClusters } from "./recogym-v0.ts";
import { RecogymLatent } from "./recogym-v1.ts";

/** RecoGym's two worlds. See docs/presets-sessions.md. */
export const recogymDefinitions = [
  defineEnvironment({
    id: RECOGYM_V0,
    summary: "RecoGym v0: clusters of products, organic views between recommendations",
    optionsSchema: recogymClusterOptions,
    make: (options, rowCount) => new RecogymClusters(options, rowCount),
  }),
  defineEnvironment({
    id: RECOGYM_V1,
    summary: "RecoGym v1: latent interests that drift with organic views, about 1 % of clicks",
    optionsSchema: recogymLatentOptions,
    make: (options, rowCount) => new RecogymLatent(options, rowCount),
  }),
] as const;
