import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign,
  verify,
} from "node:crypto";
import type { KeyObject } from "node:crypto";
import type { Manifest } from "./manifest.ts";
import { jsonText } from "./write-atomic.ts";

/** A new pair of keys for bundles, as PEM texts: PKCS#8 and SPKI, what `openssl` reads and writes. */
export interface SigningKeys {
  readonly privateKey: string;
  readonly publicKey: string;
  /** @see fingerprintOf */
  readonly fingerprint: string;
}

/** Makes an Ed25519 key pair from the operating system's randomness. */
export function generateSigningKeys(): SigningKeys {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  return {
    privateKey: privateKey.export({ format: "pem", type: "pkcs8" }).toString(),
    publicKey: publicKey.export({ format: "pem", type: "spki" }).toString(),
    fingerprint: fingerprintOf(publicKey),
  };
}

/** The key's owner can be asked for it over another channel: SHA-256 of the 32 raw public bytes, in hexadecimal. */
export function fingerprintOf(key: KeyObject): string {
  return createHash("sha256").update(rawPublicKey(key)).digest("hex");
}

/**
 * Reads an Ed25519 private key from its PKCS#8 PEM text.
 *
 * @throws RangeError when it is another kind of key, encrypted, or no key
 */
export function parsePrivateKey(pem: string): KeyObject {
  const key = attempt(() => createPrivateKey({ key: pem, format: "pem" }));
  if (key?.asymmetricKeyType !== "ed25519")
    throw new RangeError("is no Ed25519 private key; allowed: an unencrypted PKCS#8 PEM file");
  return key;
}

/**
 * Reads an Ed25519 public key from its SPKI PEM text.
 *
 * @throws RangeError when it is another kind of key, a private one, or no key
 */
export function parsePublicKey(pem: string): KeyObject {
  // Node would derive the public key of a private one: but who checks has no business with it.
  if (pem.includes("PRIVATE KEY"))
    throw new RangeError(
      "holds a private key, allowed: the public one, and the private key stays where it signs",
    );
  const key = attempt(() => createPublicKey({ key: pem, format: "pem" }));
  if (key?.asymmetricKeyType !== "ed25519")
    throw new RangeError("is no Ed25519 public key; allowed: an SPKI PEM file");
  return key;
}

function attempt(make: () => KeyObject): KeyObject | undefined {
  try {
    return make();
  } catch {
    return undefined;
  }
}

/** Puts a signature under a manifest, or another in the place of the one that is there. */
export function signManifest(manifest: Manifest, privateKey: KeyObject): Manifest {
  const { signature: _, ...unsigned } = manifest;
  return {
    ...unsigned,
    signature: {
      algorithm: "ed25519",
      publicKey: rawPublicKey(privateKey).toString("base64"),
      value: sign(null, Buffer.from(jsonText(unsigned)), privateKey).toString("base64"),
    },
  };
}

/** What became of a manifest's signature. */
export type SignatureCheck =
  | { readonly state: "absent" }
  | { readonly state: "wrong" }
  | { readonly state: "good"; readonly fingerprint: string; readonly publicKey: KeyObject };

/** Checks a manifest's signature against the key that stands beside it; whether that key is trusted is another question. */
export function checkSignature(manifest: Manifest): SignatureCheck {
  const { signature, ...unsigned } = manifest;
  if (signature === undefined) return { state: "absent" };
  const publicKey = attempt(() => publicKeyOf(signature.publicKey));
  if (publicKey === undefined) return { state: "wrong" };
  return verify(null, Buffer.from(jsonText(unsigned)), publicKey, Buffer.from(signature.value, "base64"))
    ? { state: "good", fingerprint: fingerprintOf(publicKey), publicKey }
    : { state: "wrong" };
}

/** Whether two keys are one: by their public parts. */
export function sameKey(one: KeyObject, other: KeyObject): boolean {
  return rawPublicKey(one).equals(rawPublicKey(other));
}

function rawPublicKey(key: KeyObject): Buffer {
  const { x } = (key.type === "private" ? createPublicKey(key) : key).export({ format: "jwk" });
  if (x === undefined) throw new RangeError("key: has no public part of an Ed25519 key");
  return Buffer.from(x, "base64url");
}

function publicKeyOf(base64: string): KeyObject {
  const x = Buffer.from(base64, "base64").toString("base64url");
  return createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" });
}
