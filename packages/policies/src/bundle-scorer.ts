import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readPolicyBundle, type Manifest } from "@longview/formats";
import { createDecisionScorer, type DecisionScorer } from "./decision-scorer.ts";

/** An exported policy that can score decisions. */
export interface BundlePolicy extends DecisionScorer {
  readonly manifest: Manifest;
}

/**
 * Opens a policy bundle, checks its files against its manifest, and makes its graph ready.
 *
 * @throws Error one line that names the file and what is wrong: missing, unreadable, another hash, continuous actions
 * @example
 * const policy = await openBundlePolicy("runs/main/policy");
 * const [scores] = await policy.scores([row]); // a row of a decision log
 * Math.exp(policy.logProbability(row, scores, row.slate));
 */
export async function openBundlePolicy(folder: string): Promise<BundlePolicy> {
  const manifestFile = join(folder, "manifest.json");
  const manifest = attempt(manifestFile, () => readPolicyBundle(folder));
  const graphFile = join(folder, "policy.onnx");
  if (manifest.files["policy.onnx"] === undefined)
    throw new Error(`${manifestFile}: lists no policy.onnx among its files; a policy bundle has one`);
  if (manifest.distribution === "diagonal-gaussian")
    throw new Error(
      `${folder}: its actions are continuous (diagonal-gaussian), and a decision log holds choices among candidates; allowed: plackett-luce, categorical and multi-categorical`,
    );
  const onnx = new Uint8Array(readFileSync(graphFile));
  try {
    return { ...(await createDecisionScorer({ ...manifest, onnx })), manifest };
  } catch (cause) {
    throw new Error(`${graphFile}: ${oneLine(cause)}`, { cause });
  }
}

function attempt<Result>(file: string, read: () => Result): Result {
  try {
    return read();
  } catch (cause) {
    // Problems of other files name them already.
    if (cause instanceof Error && cause.name === "Error" && !("code" in cause)) throw cause;
    throw new Error(`${file}: is no readable manifest: ${oneLine(cause)}`, { cause });
  }
}

function oneLine(cause: unknown): string {
  if (cause instanceof Error && "issues" in cause && Array.isArray(cause.issues)) {
    const [issue]: unknown[] = cause.issues;
    if (typeof issue === "object" && issue !== null && "message" in issue && "path" in issue)
      return `${Array.isArray(issue.path) ? issue.path.join(".") : ""}: ${String(issue.message)}`;
  }
  const message = cause instanceof Error ? cause.message : String(cause);
  return message.split("\n")[0] ?? "";
}
