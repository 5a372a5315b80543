import { existsSync } from "node:fs";
import { createTrainer } from "@longview/policy-gradient";
import type { PolicyState } from "@longview/policy-gradient";
import { environmentModules, registerEnvironmentsOf, validateConfiguration } from "../configuration/load.ts";
import { readConfigurationFile } from "../configuration/read-source.ts";
import type { RunConfiguration } from "../configuration/schema.ts";
import { trainingPart } from "../evaluation/limits.ts";
import { UsageError } from "../exit-codes.ts";
import { restoreNewest } from "./restore-checkpoint.ts";
import { runPaths } from "./run-folder.ts";
import type { RunPaths } from "./run-folder.ts";

/** A run read back from its folder. */
export interface LoadedRun {
  readonly paths: RunPaths;
  readonly configuration: RunConfiguration;
}

/** Reads the configuration of a run folder. @throws {UsageError} when the folder is not one */
export async function loadRun(folder: string): Promise<LoadedRun> {
  const paths = runPaths(folder);
  if (!existsSync(paths.configuration))
    throw new UsageError(`${folder}: not a run folder; it has no config.yaml`);
  return { paths, configuration: await validateConfiguration(readConfigurationFile(paths.configuration)) };
}

/** A policy of a run, how many decisions it learnt from, and why it is not the newest checkpoint's, if so. */
export interface LoadedPolicy {
  readonly policy: PolicyState;
  readonly decisions: number;
  readonly warnings: readonly string[];
}

/** The policy of a run's newest good checkpoint. @throws {UsageError} when there is none */
export async function loadPolicy(run: LoadedRun): Promise<LoadedPolicy> {
  const { configuration, paths } = run;
  await registerEnvironmentsOf(configuration.environment.id);
  const trainer = await createTrainer(
    { ...trainingPart(configuration), workers: 1 },
    { environmentModules: environmentModules(configuration.environment.id) },
  );
  try {
    const { found, warnings } = await restoreNewest(trainer, paths);
    if (!found)
      throw new UsageError(
        `${paths.folder}: has no checkpoint yet; continue it with npx longview train --resume --run-dir ${paths.folder}`,
      );
    return { policy: trainer.policy(), decisions: trainer.steps, warnings };
  } finally {
    await trainer.dispose();
  }
}
