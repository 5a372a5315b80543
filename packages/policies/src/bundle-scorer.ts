import { join } from "node:path";
import { PolicyBundleError, readBundleFile, readPolicyBundle, type Manifest } from "@longview/formats";
import { createDecisionScorer, type DecisionScorer } from "./decision-scorer.ts";

/** An exported policy that can score decisions. */
export interface BundlePolicy extends DecisionScorer {
  readonly manifest: Manifest;
}

/**
 * Opens a policy bundle, checks it whole, and makes its graph ready.
 *
 * @param manifest - of the bundle where `verifyBundle` has checked it already
 * @throws Error one line that names the file and what is wrong: missing, unreadable, another hash, continuous actions
 * @example
 * const policy = await openBundlePolicy("runs/main/policy");
 * const [scores] = await policy.scores([row]); // a row of a decision log
 * Math.exp(policy.logProbability(row, scores, row.slate));
 */
export async function openBundlePolicy(
  folder: string,
  manifest: Manifest = readPolicyBundle(folder),
): Promise<BundlePolicy> {
  if (manifest.distribution === "diagonal-gaussian")
    throw new Error(
      `${folder}: its actions are continuous (diagonal-gaussian), and a decision log holds choices among candidates; allowed: plackett-luce, categorical and multi-categorical`,
    );
  const onnx = new Uint8Array(readBundleFile(folder, manifest, "policy.onnx"));
  try {
    return { ...(await createDecisionScorer({ ...manifest, onnx })), manifest };
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new PolicyBundleError(join(folder, "policy.onnx"), message.split("\n")[0] ?? "", { cause });
  }
}
