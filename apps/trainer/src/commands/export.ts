import { existsSync, readdirSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { exportBundle } from "../bundle/export-bundle.ts";
import { EXIT, UsageError } from "../exit-codes.ts";
import { readEvaluation } from "../run/finish-run.ts";
import { loadPolicy, loadRun } from "../run/load-run.ts";
import { requireWritableFolder } from "../run/output-paths.ts";

/** The options of `longview export`. */
export interface ExportCommandOptions {
  readonly out: string;
  readonly json?: boolean;
}

/** `longview export RUN --out DIR`: writes the policy bundle of a run's newest checkpoint. Returns the exit code. */
export async function exportCommand(folder: string, options: ExportCommandOptions): Promise<number> {
  if (existsSync(options.out) && statSync(options.out).isDirectory() && readdirSync(options.out).length > 0)
    throw new UsageError(`--out: ${options.out} exists and is not empty; choose another folder`);
  const run = await loadRun(folder);
  requireWritableFolder("--out", options.out);
  const { policy, decisions, warnings } = await loadPolicy(run);
  for (const warning of warnings) process.stderr.write(`longview: ${warning}\n`);
  const manifest = await exportBundle(resolve(options.out), {
    ...run,
    policy,
    decisions,
    evaluation: readEvaluation(run.paths),
  });
  process.stdout.write(
    options.json === true
      ? `${JSON.stringify({ status: "done", bundle: options.out, policyId: manifest.policyId, files: manifest.files })}\n`
      : `policy ${manifest.policyId} in ${options.out}: ${Object.keys(manifest.files).join(", ")}, manifest.json\n`,
  );
  return EXIT.done;
}
