import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import type { KeyObject } from "node:crypto";
import { basename, dirname, join } from "node:path";
import { parsePrivateKey, parsePublicKey } from "./bundle-signature.ts";
import type { SigningKeys } from "./bundle-signature.ts";
import { firstLineOf, PolicyBundleError, readingProblem } from "./policy-bundle-error.ts";

/** Where {@link writeSigningKeys} put the two keys. */
export interface SigningKeyFiles {
  readonly privateKey: string;
  readonly publicKey: string;
}

/**
 * Writes `signing-key.pem`, which its owner alone may read, and `signing-key.public.pem` into a folder.
 *
 * @throws PolicyBundleError when either is there already: a key that signed bundles must not be lost by a mistake
 */
export function writeSigningKeys(folder: string, keys: SigningKeys): SigningKeyFiles {
  const files = {
    privateKey: join(folder, "signing-key.pem"),
    publicKey: join(folder, "signing-key.public.pem"),
  };
  for (const file of Object.values(files)) if (existsSync(file)) throw existsAlready(file);
  mkdirSync(folder, { recursive: true });
  writeNewFile(files.privateKey, keys.privateKey, 0o600);
  try {
    writeNewFile(files.publicKey, keys.publicKey, 0o644);
  } catch (cause) {
    rmSync(files.privateKey, { force: true });
    throw cause;
  }
  return files;
}

/** Reads the private key that signs bundles. @throws PolicyBundleError one line that names the file */
export const readPrivateKey = (file: string): KeyObject => readKey(file, parsePrivateKey);

/** Reads a public key that is to be trusted. @throws PolicyBundleError one line that names the file */
export const readPublicKey = (file: string): KeyObject => readKey(file, parsePublicKey);

function readKey(file: string, parse: (pem: string) => KeyObject): KeyObject {
  let pem: string;
  try {
    pem = readFileSync(file, "utf8");
  } catch (cause) {
    throw new PolicyBundleError(file, readingProblem(cause), { cause });
  }
  try {
    return parse(pem);
  } catch (cause) {
    throw new PolicyBundleError(file, firstLineOf(cause), { cause });
  }
}

const existsAlready = (file: string): PolicyBundleError =>
  new PolicyBundleError(file, "exists; keys are never replaced, choose another folder");

/** Written aside and linked to its name, because a link, unlike a rename, never replaces a file. */
function writeNewFile(file: string, text: string, mode: number): void {
  const aside = join(dirname(file), `.${basename(file)}.writing`);
  rmSync(aside, { force: true });
  const descriptor = openSync(aside, "wx", mode);
  try {
    writeFileSync(descriptor, text);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  try {
    linkSync(aside, file);
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "EEXIST") throw existsAlready(file);
    throw cause;
  } finally {
    rmSync(aside, { force: true });
  }
}
