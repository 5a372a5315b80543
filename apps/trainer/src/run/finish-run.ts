import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { evaluationSchema, jsonText, writeFileAtomic } from "@longview/formats";
import type { Evaluation } from "@longview/formats";
import type { PolicyState } from "@longview/policy-gradient";
import type { RunConfiguration } from "../configuration/schema.ts";
import type { Display } from "../display/display.ts";
import { UsageError } from "../exit-codes.ts";
import { readJson } from "./read-json.ts";
import { readMetrics } from "./run-folder.ts";
import type { RunPaths } from "./run-folder.ts";
import { finishLineage } from "./lineage.ts";

export interface FinishOptions {
  readonly configuration: RunConfiguration;
  readonly paths: RunPaths;
  readonly policy: PolicyState;
  readonly decisions: number;
  readonly display: Display;
  readonly stopped: () => boolean;
}

/** The evaluation of a run that has one. @throws {UsageError} when it is damaged */
export function readEvaluation(paths: RunPaths): Evaluation | undefined {
  if (!existsSync(paths.evaluation)) return undefined;
  const evaluation = readJson(paths.evaluation, evaluationSchema);
  if (evaluation === undefined)
    throw new UsageError(
      `${paths.evaluation}: is damaged; make it again with longview evaluate ${paths.folder}`,
    );
  return evaluation;
}

/** Writes `report.html` of a run. */
export async function writeReport(
  paths: RunPaths,
  configuration: RunConfiguration,
  evaluation: Evaluation,
): Promise<void> {
  const { renderReport } = await import("../report/render-report.ts");
  const page = renderReport({
    name: configuration.name,
    environment: configuration.environment.id,
    algorithm: configuration.algorithm.name,
    seed: String(configuration.seed),
    metrics: readMetrics(paths),
    evaluation,
  });
  writeFileAtomic(paths.report, page);
}

/**
 * What follows training: comparison, policy bundle, report, lineage. Each file is written whole, and what is there
 * already is made again to the same bytes, so a run killed in between ends the same. Undefined when stopped.
 */
export async function finishRun(options: FinishOptions): Promise<Evaluation | undefined> {
  const { configuration, paths, policy, decisions, display, stopped } = options;
  const { evaluatePolicy } = await import("../evaluation/evaluate.ts");
  const evaluation = await evaluatePolicy({
    configuration,
    policy,
    display,
    partsFolder: paths.evaluationParts,
    stopped,
  });
  if (evaluation === undefined) return undefined;
  const { exportBundle } = await import("../bundle/export-bundle.ts");
  await exportBundle(paths.policy, { configuration, policy, paths, decisions, evaluation });
  writeFileAtomic(paths.evaluation, jsonText(evaluation));
  if (configuration.logging.report) await writeReport(paths, configuration, evaluation);
  rmSync(join(paths.evaluationParts), { recursive: true, force: true });
  finishLineage(paths);
  return evaluation;
}
