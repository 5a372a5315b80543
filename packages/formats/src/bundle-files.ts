import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { z } from "zod";
import { featureReferenceSchema } from "./feature-reference.ts";
import type { FeatureReference } from "./feature-reference.ts";
import { goldenSchema } from "./golden.ts";
import type { Golden } from "./golden.ts";
import { schemaIssueText } from "./log-reading/schema-issue.ts";
import type { Manifest } from "./manifest.ts";
import { readPolicyBundle } from "./policy-bundle.ts";
import { firstLineOf, PolicyBundleError, readingProblem } from "./policy-bundle-error.ts";
import { sha256 } from "./sha256.ts";

/**
 * The bytes of one of a bundle's files, checked as they are read: so a file that changed since the bundle was verified
 * is refused too.
 *
 * @throws PolicyBundleError when it is not one of the bundle's, or has other bytes
 */
export function readBundleFile(folder: string, manifest: Manifest, name: string): Buffer {
  const file = join(folder, name);
  const expected = Object.hasOwn(manifest.files, name) ? manifest.files[name] : undefined;
  if (expected === undefined)
    throw new PolicyBundleError(join(folder, "manifest.json"), `lists no ${name} among its files`);
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (cause) {
    throw new PolicyBundleError(file, readingProblem(cause), { cause });
  }
  const actual = sha256(bytes);
  if (actual !== expected)
    throw new PolicyBundleError(file, `its SHA-256 is ${actual}, manifest.json says ${expected}`);
  return bytes;
}

/**
 * Reads a bundle's `golden.json`.
 *
 * @param manifest - of the bundle where it is verified already
 * @throws PolicyBundleError one line that names the file at fault
 */
export function readGolden(folder: string, manifest: Manifest = readPolicyBundle(folder)): Golden {
  return readJsonOf(folder, manifest, "golden.json", goldenSchema);
}

/**
 * Reads a bundle's `features.json`.
 *
 * @param manifest - of the bundle where it is verified already
 * @throws PolicyBundleError one line that names the file at fault, `manifest.json` where the bundle has no such file
 */
export function readFeatureReference(
  folder: string,
  manifest: Manifest = readPolicyBundle(folder),
): FeatureReference {
  return readJsonOf(folder, manifest, "features.json", featureReferenceSchema);
}

function readJsonOf<Schema extends z.ZodType>(
  folder: string,
  manifest: Manifest,
  name: string,
  schema: Schema,
): z.infer<Schema> {
  const text = readBundleFile(folder, manifest, name).toString("utf8");
  const refuse = (problem: string, cause: unknown): PolicyBundleError =>
    new PolicyBundleError(join(folder, name), problem, { cause });
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (cause) {
    throw refuse(`is no JSON: ${firstLineOf(cause)}`, cause);
  }
  const parsed = schema.safeParse(content);
  if (!parsed.success) throw refuse(schemaIssueText(parsed.error.issues[0]!, content), parsed.error);
  return parsed.data;
}
