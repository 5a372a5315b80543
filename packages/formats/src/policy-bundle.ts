import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { goldenSchema } from "./golden.ts";
import type { Golden } from "./golden.ts";
import { manifestSchema } from "./manifest.ts";
import type { Manifest } from "./manifest.ts";
import { sha256, sha256OfFile } from "./sha256.ts";
import { jsonText, writeFolderAtomic } from "./write-atomic.ts";

/** What a bundle is made of; the hashes of its files are computed while it is written. */
export interface PolicyBundleParts {
  readonly manifest: Omit<Manifest, "files">;
  readonly onnx: Uint8Array;
  readonly golden: Golden;
  /** The text of `MODEL_CARD.md`. */
  readonly modelCard: string;
  /** Further files by their path inside the bundle. */
  readonly extra?: Readonly<Record<string, string | Uint8Array>>;
}

/**
 * Writes a policy bundle aside and renames it into place.
 *
 * @param folder - the bundle's folder; one that stands there is replaced
 * @returns the manifest as written, with the SHA-256 of every other file
 * @throws {z.ZodError} when the manifest or the golden requests break their schema
 */
export async function writePolicyBundle(folder: string, parts: PolicyBundleParts): Promise<Manifest> {
  const contents: Record<string, string | Uint8Array> = {
    "MODEL_CARD.md": parts.modelCard,
    "golden.json": `${JSON.stringify(goldenSchema.parse(parts.golden))}\n`,
    "policy.onnx": parts.onnx,
    ...parts.extra,
  };
  const files: Record<string, string> = {};
  for (const name of Object.keys(contents).toSorted()) files[name] = sha256(contents[name]!);
  const manifest = manifestSchema.parse({ ...parts.manifest, files });
  await writeFolderAtomic(folder, (aside) => {
    for (const [name, content] of Object.entries(contents)) {
      mkdirSync(dirname(join(aside, name)), { recursive: true });
      writeFileSync(join(aside, name), content);
    }
    writeFileSync(join(aside, "manifest.json"), jsonText(manifest));
  });
  return manifest;
}

/**
 * Reads a bundle's manifest and checks each file against it.
 *
 * @throws {Error} one line naming the file that is missing or differs from its hash
 */
export function readPolicyBundle(folder: string): Manifest {
  const path = join(folder, "manifest.json");
  if (!existsSync(path)) throw new Error(`${path}: not found; a policy bundle has a manifest.json`);
  const manifest = manifestSchema.parse(JSON.parse(readFileSync(path, "utf8")));
  for (const [name, expected] of Object.entries(manifest.files)) {
    const file = join(folder, name);
    if (!existsSync(file)) throw new Error(`${file}: listed in manifest.json but not there`);
    const actual = sha256OfFile(file);
    if (actual !== expected)
      throw new Error(`${file}: its SHA-256 is ${actual}, manifest.json says ${expected}`);
  }
  return manifest;
}
