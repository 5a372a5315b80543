import { readFileSync } from "node:fs";
import type { z } from "zod";
import { schemaIssueText } from "./log-reading/schema-issue.ts";
import { manifestSchema } from "./manifest.ts";
import type { BundleDescription, Manifest } from "./manifest.ts";
import { firstLineOf, PolicyBundleError, readingProblem } from "./policy-bundle-error.ts";
import { sha256 } from "./sha256.ts";
import { jsonText } from "./write-atomic.ts";

/** Completes what is known of a policy to an unsigned manifest. @throws {z.ZodError} when it breaks its schema */
export function completeManifest(
  description: BundleDescription,
  files: Readonly<Record<string, string>>,
): Manifest {
  // The schema decides the order of the keys, and so the text.
  const content = manifestSchema
    .omit({ integrity: true, signature: true })
    .parse({ ...description, files: { ...files } });
  return { ...content, integrity: integrityOf(content) };
}

/** SHA-256 of the text of what a manifest says, without what vouches for it. */
function integrityOf(manifest: object): string {
  const content = Object.entries(manifest).filter(([key]) => key !== "integrity" && key !== "signature");
  return sha256(jsonText(Object.fromEntries(content)));
}

/**
 * Reads `manifest.json` and checks that its bytes are exactly the text of what it says, and that it says what it said
 * when it was written. Its signature is not looked at.
 *
 * @throws PolicyBundleError one line that names it
 */
export function readManifestFile(file: string): Manifest {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (cause) {
    const problem = readingProblem(cause);
    throw new PolicyBundleError(
      file,
      problem === "not found" ? "not found; a policy bundle has a manifest.json" : problem,
      { cause },
    );
  }
  const unreadable = (problem: string, cause?: unknown): PolicyBundleError =>
    new PolicyBundleError(file, `is no readable manifest: ${problem}`, { cause });
  let content: unknown;
  try {
    content = JSON.parse(bytes.toString("utf8"));
  } catch (cause) {
    throw unreadable(firstLineOf(cause), cause);
  }
  const parsed = manifestSchema.safeParse(content);
  if (!parsed.success) throw unreadable(issueText(parsed.error.issues[0]!, content), parsed.error);
  const manifest = parsed.data;
  let text: string;
  try {
    text = jsonText(manifest);
  } catch (cause) {
    throw unreadable(firstLineOf(cause), cause);
  }
  // Spaces, escapes, another order or a key given twice would be other bytes that say the same.
  if (!bytes.equals(Buffer.from(text)))
    throw new PolicyBundleError(
      file,
      "its bytes are not the text that longview writes for what it says: it was changed after it was written",
    );
  const integrity = integrityOf(manifest);
  if (integrity !== manifest.integrity)
    throw new PolicyBundleError(
      file,
      `its integrity is ${integrity}, it says ${manifest.integrity}: it was changed after it was written`,
    );
  return manifest;
}

function issueText(issue: z.core.$ZodIssue, content: unknown): string {
  if (issue.code !== "invalid_key") return schemaIssueText(issue, content);
  const key = JSON.stringify(String(issue.path.at(-1)));
  return `${issue.path.slice(0, -1).join(".")}: found ${key}, allowed: ${issue.issues[0]?.message ?? issue.message}`;
}
