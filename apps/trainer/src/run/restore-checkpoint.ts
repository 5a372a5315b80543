import { readFileSync, renameSync } from "node:fs";
import { basename } from "node:path";
import type { Trainer } from "@longview/policy-gradient";
import { UsageError } from "../exit-codes.ts";
import { failureOf } from "./messages.ts";
import { goodMetrics, hasSetAsideCheckpoints, listCheckpoints } from "./run-folder.ts";
import type { RunPaths } from "./run-folder.ts";

/** Which checkpoint was taken, and why not a newer one. */
export interface Restored {
  /** False when the run has no checkpoint yet, so that it begins at its beginning. */
  readonly found: boolean;
  readonly warnings: readonly string[];
}

/**
 * Brings a trainer to the newest checkpoint of a run that can be read. Touches nothing in the run folder.
 *
 * @throws {UsageError} when the configuration is not the checkpoint's, or when there are checkpoints but none is good
 */
export async function restoreNewest(trainer: Trainer, paths: RunPaths): Promise<Restored> {
  const { warnings, found } = await tryCheckpoints(trainer, paths, Number.POSITIVE_INFINITY);
  return { found, warnings };
}

/**
 * The same for a run that is to go on: a checkpoint must be covered by `metrics.jsonl`, whose rows it continues. The
 * newer ones that were passed over are renamed, so that they are neither counted nor pruned among the good ones.
 *
 * @throws {UsageError} as {@link restoreNewest}, and when `metrics.jsonl` covers none
 */
export async function restoreToContinue(trainer: Trainer, paths: RunPaths): Promise<Restored> {
  const { warnings, found, passedOver } = await tryCheckpoints(trainer, paths, goodMetrics(paths).length);
  for (const { path, suffix } of passedOver) renameSync(path, `${path}.${suffix}`);
  return { found, warnings: found ? warnings : [`${paths.checkpoints}: no checkpoint yet; beginning anew`] };
}

interface Tried extends Restored {
  readonly passedOver: readonly { path: string; suffix: string }[];
}

async function tryCheckpoints(trainer: Trainer, paths: RunPaths, covered: number): Promise<Tried> {
  const warnings: string[] = [];
  const passedOver: { path: string; suffix: string }[] = [];
  const checkpoints = listCheckpoints(paths);
  for (const { path, iteration } of checkpoints) {
    if (iteration > covered) {
      warnings.push(`${path}: ${basename(paths.metrics)} has good rows only up to iteration ${covered}`);
      passedOver.push({ path, suffix: "ahead" });
      continue;
    }
    try {
      await trainer.restore(new Uint8Array(readFileSync(path)));
      return { found: true, warnings: warnings.map((each) => `${each}; took the one before`), passedOver };
    } catch (error) {
      if (error instanceof Error && error.name === "ConfigurationError")
        throw new UsageError(
          `${paths.configuration}: is not what ${path} was written under; allowed: the configuration that the run began with (only workers, logging and evaluation may differ)`,
        );
      warnings.push(`${path}: ${failureOf(error).lines[0] ?? "cannot be read"}`);
      passedOver.push({ path, suffix: "unreadable" });
    }
  }
  if (checkpoints.length > 0 || hasSetAsideCheckpoints(paths))
    throw new UsageError(
      `${paths.checkpoints}: no checkpoint is good${warnings.length === 0 ? "" : ` (${warnings.join("; ")})`}; put a copy back, or train anew in another --run-dir with --config ${paths.configuration}`,
    );
  return { found: false, warnings, passedOver };
}
