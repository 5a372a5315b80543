import type { KeyObject } from "node:crypto";
import type { Stats } from "node:fs";
import { lstatSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { checkSignature, sameKey, signManifest } from "./bundle-signature.ts";
import { featureReferenceSchema } from "./feature-reference.ts";
import type { FeatureReference } from "./feature-reference.ts";
import { goldenSchema } from "./golden.ts";
import type { Golden } from "./golden.ts";
import { completeManifest, readManifestFile } from "./manifest-file.ts";
import type { BundleDescription, Manifest } from "./manifest.ts";
import { PolicyBundleError, readingProblem } from "./policy-bundle-error.ts";
import { sha256, sha256OfFile } from "./sha256.ts";
import { jsonText, writeFolderAtomic } from "./write-atomic.ts";

/** What a bundle is made of; the hashes of its files are computed while it is written. */
export interface PolicyBundleParts {
  readonly manifest: BundleDescription;
  readonly onnx: Uint8Array;
  readonly golden: Golden;
  /** The text of `MODEL_CARD.md`. */
  readonly modelCard: string;
  /** What `features.json` holds: the features' distributions, for whoever watches them drift. */
  readonly featureReference?: FeatureReference;
  /** Further files by their path inside the bundle. */
  readonly extra?: Readonly<Record<string, string | Uint8Array>>;
  /** Ed25519 private key that signs the manifest. */
  readonly signingKey?: KeyObject | undefined;
}

/**
 * Writes a policy bundle aside and renames it into place.
 *
 * @param folder - the bundle's folder; one that stands there is replaced
 * @returns the manifest as written, with the SHA-256 of every other file
 * @throws {z.ZodError} when the manifest, the golden requests or the features break their schema
 */
export async function writePolicyBundle(folder: string, parts: PolicyBundleParts): Promise<Manifest> {
  const { featureReference, signingKey } = parts;
  const contents: Record<string, string | Uint8Array> = {
    "MODEL_CARD.md": parts.modelCard,
    "golden.json": `${JSON.stringify(goldenSchema.parse(parts.golden))}\n`,
    "policy.onnx": parts.onnx,
    ...(featureReference === undefined
      ? {}
      : { "features.json": `${JSON.stringify(featureReferenceSchema.parse(featureReference))}\n` }),
    ...parts.extra,
  };
  const files: Record<string, string> = {};
  for (const name of Object.keys(contents).toSorted()) files[name] = sha256(contents[name]!);
  const unsigned = completeManifest(parts.manifest, files);
  const manifest = signingKey === undefined ? unsigned : signManifest(unsigned, signingKey);
  await writeFolderAtomic(folder, (aside) => {
    for (const [name, content] of Object.entries(contents)) {
      mkdirSync(dirname(join(aside, name)), { recursive: true });
      writeFileSync(join(aside, name), content);
    }
    writeFileSync(join(aside, "manifest.json"), jsonText(manifest));
  });
  return manifest;
}

/** What is asked of a bundle's signature. */
export interface VerifyBundleOptions {
  /** Public keys: a bundle that none of them signed is refused. An empty list trusts nobody. */
  readonly trustedKeys?: readonly KeyObject[] | undefined;
  /** Whether an unsigned bundle is refused. @defaultValue whether `trustedKeys` is given */
  readonly requireSignature?: boolean | undefined;
}

/** A bundle that holds exactly what was put into it. */
export interface VerifiedBundle {
  readonly manifest: Manifest;
  /** Fingerprint of the key that signed it; undefined where none did. */
  readonly signedBy: string | undefined;
}

/**
 * Checks a bundle whole: the manifest against its own checksum and signature, every file against the manifest, and that
 * the folder holds nothing else. One changed byte anywhere is refused.
 *
 * @throws PolicyBundleError one line that names the file at fault
 * @example
 * verifyBundle("main-policy", { trustedKeys: [readPublicKey("signing-key.public.pem")] }).signedBy;
 */
export function verifyBundle(folder: string, options: VerifyBundleOptions = {}): VerifiedBundle {
  const file = join(folder, "manifest.json");
  const kind = lstatSync(file, { throwIfNoEntry: false });
  if (kind !== undefined) requirePlain(file, kind, "file");
  const manifest = readManifestFile(file);
  const signedBy = signerOf(file, manifest, options);
  for (const name of Object.keys(manifest.files)) checkFile(folder, name, manifest.files[name]!);
  refuseUnlisted(folder, manifest);
  return { manifest, signedBy };
}

/**
 * Reads a bundle's manifest and checks the bundle whole; who signed it does not matter, that a signature is right does.
 *
 * @throws PolicyBundleError one line that names the file at fault
 */
export function readPolicyBundle(folder: string): Manifest {
  return verifyBundle(folder).manifest;
}

function signerOf(file: string, manifest: Manifest, options: VerifyBundleOptions): string | undefined {
  const { trustedKeys, requireSignature = trustedKeys !== undefined } = options;
  const check = checkSignature(manifest);
  if (check.state === "wrong")
    throw new PolicyBundleError(
      file,
      "its signature is not that of the key beside it: one of the two was changed",
    );
  if (check.state === "absent") {
    if (requireSignature)
      throw new PolicyBundleError(file, "has no signature, allowed: a bundle that was exported with --sign");
    return undefined;
  }
  const { publicKey, fingerprint } = check;
  if (trustedKeys !== undefined && !trustedKeys.some((trusted) => sameKey(trusted, publicKey)))
    throw new PolicyBundleError(
      file,
      `is signed by ${fingerprint}, which is none of the keys that are trusted`,
    );
  return fingerprint;
}

/** A link would show what is outside the folder, and may show something else tomorrow. */
function requirePlain(path: string, kind: Stats, expected: "file" | "folder"): void {
  if (kind.isSymbolicLink())
    throw new PolicyBundleError(path, "is a link; a bundle holds its files themselves");
  if (expected === "file" ? !kind.isFile() : !kind.isDirectory())
    throw new PolicyBundleError(path, `is no ${expected}`);
}

function checkFile(folder: string, name: string, expected: string): void {
  const file = join(folder, name);
  const parts = name.split("/");
  for (let depth = 1; depth <= parts.length; depth++) {
    const path = join(folder, ...parts.slice(0, depth));
    const kind = lstatSync(path, { throwIfNoEntry: false });
    if (kind === undefined) throw new PolicyBundleError(file, "listed in manifest.json but not there");
    requirePlain(path, kind, depth === parts.length ? "file" : "folder");
  }
  let actual: string;
  try {
    actual = sha256OfFile(file);
  } catch (cause) {
    throw new PolicyBundleError(file, readingProblem(cause), { cause });
  }
  if (actual !== expected)
    throw new PolicyBundleError(file, `its SHA-256 is ${actual}, manifest.json says ${expected}`);
}

function refuseUnlisted(folder: string, manifest: Manifest): void {
  const known = new Set(["manifest.json"]);
  for (const name of Object.keys(manifest.files))
    for (let path = name; path !== "."; path = dirname(path)) known.add(path);
  // Node's recursive listing would follow a link to anywhere.
  const walk = (within: string): void => {
    for (const entry of readdirSync(join(folder, within), { withFileTypes: true })) {
      const path = within === "" ? entry.name : `${within}/${entry.name}`;
      if (!known.has(path)) throw new PolicyBundleError(join(folder, path), "is not listed in manifest.json");
      if (entry.isDirectory()) walk(path);
    }
  };
  walk("");
}
