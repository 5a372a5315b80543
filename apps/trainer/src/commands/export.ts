import type { KeyObject } from "node:crypto";
import { existsSync, readdirSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { fingerprintOf, PolicyBundleError, readPrivateKey } from "@longview/formats";
import { exportBundle } from "../bundle/export-bundle.ts";
import { EXIT, UsageError } from "../exit-codes.ts";
import { readEvaluation } from "../run/finish-run.ts";
import { loadPolicy, loadRun } from "../run/load-run.ts";
import { requireWritableFolder } from "../run/output-paths.ts";

/** The options of `longview export`. */
export interface ExportCommandOptions {
  readonly out: string;
  /** PEM file of the private key that signs the bundle. */
  readonly sign?: string;
  readonly propensityFloor?: string;
  readonly json?: boolean;
}

/** `longview export RUN --out DIR [--sign KEY.pem]`: writes the policy bundle of a run's newest checkpoint. Returns the exit code. */
export async function exportCommand(folder: string, options: ExportCommandOptions): Promise<number> {
  if (existsSync(options.out) && statSync(options.out).isDirectory() && readdirSync(options.out).length > 0)
    throw new UsageError(`--out: ${options.out} exists and is not empty; choose another folder`);
  const propensityFloor = floorOf(options.propensityFloor);
  const signingKey = options.sign === undefined ? undefined : signingKeyOf(options.sign);
  const run = await loadRun(folder);
  requireWritableFolder("--out", options.out);
  const { policy, decisions, warnings } = await loadPolicy(run);
  for (const warning of warnings) process.stderr.write(`longview: ${warning}\n`);
  const manifest = await exportBundle(resolve(options.out), {
    ...run,
    policy,
    decisions,
    evaluation: readEvaluation(run.paths),
    signingKey,
    propensityFloor,
  });
  const signedBy = signingKey === undefined ? null : fingerprintOf(signingKey);
  process.stdout.write(
    options.json === true
      ? `${JSON.stringify({ status: "done", bundle: options.out, policyId: manifest.policyId, files: manifest.files, signedBy })}\n`
      : `policy ${manifest.policyId} in ${options.out}: ${Object.keys(manifest.files).join(", ")}, manifest.json${signedBy === null ? "" : `; signed by ${signedBy}`}\n`,
  );
  return EXIT.done;
}

function floorOf(text: string | undefined): number {
  const floor = text === undefined ? 0 : text.trim() === "" ? Number.NaN : Number(text);
  if (!(floor >= 0 && floor < 1))
    throw new UsageError(
      `--propensity-floor: found ${JSON.stringify(text)}, allowed: a share from 0 to below 1`,
    );
  return floor;
}

function signingKeyOf(file: string): KeyObject {
  try {
    return readPrivateKey(file);
  } catch (cause) {
    if (cause instanceof PolicyBundleError) throw new UsageError(`--sign: ${cause.message}`);
    throw cause;
  }
}
