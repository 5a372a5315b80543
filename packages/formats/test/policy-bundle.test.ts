import { createPrivateKey, createPublicKey, generateKeyPairSync, verify } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  fingerprintOf,
  generateSigningKeys,
  jsonText,
  PolicyBundleError,
  readBundleFile,
  readFeatureReference,
  readGolden,
  readPolicyBundle,
  readPrivateKey,
  readPublicKey,
  sha256,
  signManifest,
  verifyBundle,
  writePolicyBundle,
  writeSigningKeys,
} from "../src/index.ts";
import type { FeatureDistribution, PolicyBundleParts } from "../src/index.ts";

const folder = mkdtempSync(join(tmpdir(), "policy-bundle-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const distribution = (name: string): FeatureDistribution => ({
  name,
  count: 100,
  minimum: 0,
  maximum: 100,
  mean: 50,
  standardDeviation: 29,
  quantiles: Array.from({ length: 101 }, (_, i) => i),
});
const parts: PolicyBundleParts = {
  manifest: {
    schemaVersion: 1,
    policyId: "p",
    environment: { id: "test-v0", options: { b: 1, a: [true, null, "ä\u2028"] } },
    observation: { observation: { shape: [2], features: ["x", "v"] } },
    actionSpace: { kind: "discrete", size: 2 },
    distribution: "categorical",
    propensityFloor: 0.1,
    objectives: ["value"],
    costs: ["harm"],
    constraints: [{ cost: "harm", limit: 0.03, measure: "per-decision" }],
    graph: {
      inputs: [{ name: "observation", dataType: "float32", shape: ["batch", 2] }],
      outputs: [{ name: "logits", dataType: "float32", shape: ["batch", 2] }],
    },
    lineage: {
      run: "r",
      seed: "1",
      code: { version: "0.1.0", commit: null, modified: null },
      decisions: 10,
      configuration: sha256("c"),
      logs: [{ path: "a.parquet", sha256: sha256("l") }],
    },
  },
  onnx: Uint8Array.from({ length: 300 }, (_, i) => i),
  golden: { schemaVersion: 1, tolerance: 1e-5, requests: [] },
  modelCard: "# Card\n",
  featureReference: {
    schemaVersion: 1,
    decisions: 100,
    context: [distribution("x"), distribution("v")],
    candidates: [],
  },
  extra: { "tensorflow/model.json": "{}\n", "tensorflow/weights.bin": new Uint8Array(40) },
};
const keys = generateSigningKeys();
const signingKey = createPrivateKey(keys.privateKey);
const trusted = createPublicKey(keys.publicKey);
const unsigned = join(folder, "unsigned");
const signed = join(folder, "signed");
beforeAll(async () => {
  await writePolicyBundle(unsigned, parts);
  await writePolicyBundle(signed, { ...parts, signingKey });
});

/** A copy of a bundle, harmed, and what reading it says. */
function refusal(
  source: string,
  harm: (copy: string) => void,
  options?: Parameters<typeof verifyBundle>[1],
): PolicyBundleError {
  const copy = join(folder, "harmed");
  rmSync(copy, { recursive: true, force: true });
  cpSync(source, copy, { recursive: true });
  harm(copy);
  return thrownBy(() => verifyBundle(copy, options));
}

function thrownBy(act: () => unknown): PolicyBundleError {
  try {
    act();
  } catch (error) {
    if (!(error instanceof PolicyBundleError)) throw error;
    expect(error.message.startsWith(`${error.file}: `)).toBe(true);
    expect(error.message).not.toContain("\n");
    return error;
  }
  throw new Error("nothing was refused");
}

/** Changes the manifest's object and writes it as longview would, its own checksum made again. */
function rewriteManifest(copy: string, change: (manifest: Record<string, unknown>) => void): void {
  const manifest: Record<string, unknown> = {
    ...Object(JSON.parse(readFileSync(join(copy, "manifest.json"), "utf8"))),
  };
  change(manifest);
  const { integrity: _, signature, ...content } = manifest;
  writeFileSync(
    join(copy, "manifest.json"),
    jsonText({
      ...content,
      integrity: sha256(jsonText(content)),
      ...(signature === undefined ? {} : { signature }),
    }),
  );
}

test("a bundle reads back as it was written, its files by their schemas", () => {
  const manifest = readPolicyBundle(unsigned);
  expect(Object.keys(manifest.files)).toEqual([
    "MODEL_CARD.md",
    "features.json",
    "golden.json",
    "policy.onnx",
    "tensorflow/model.json",
    "tensorflow/weights.bin",
  ]);
  expect(verifyBundle(unsigned)).toEqual({ manifest, signedBy: undefined });
  expect(readGolden(unsigned)).toEqual(parts.golden);
  expect(readFeatureReference(unsigned, manifest)).toEqual(parts.featureReference);
  expect(readBundleFile(unsigned, manifest, "policy.onnx")).toEqual(Buffer.from(parts.onnx));
  expect(() => readBundleFile(unsigned, manifest, "../signed/policy.onnx")).toThrow(
    /manifest.json: lists no/,
  );
});

test("the checksum of a manifest is the SHA-256 of its text without the checksum and the signature", () => {
  const { integrity, signature, ...content } = readPolicyBundle(signed);
  expect(signature?.algorithm).toBe("ed25519");
  expect(integrity).toBe(sha256(`${JSON.stringify(content, null, 2)}\n`));
});

test("one flipped bit of the manifest is refused by its name, signed or not", () => {
  for (const source of [unsigned, signed]) {
    const file = join(source, "manifest.json");
    const whole = readFileSync(file);
    try {
      // Every byte of the checksum and the signature, which no other check covers; of the rest every seventh.
      const end = whole.indexOf('"integrity"');
      for (let at = 0; at < whole.length; at += at < end ? 7 : 1) {
        const bytes = Buffer.from(whole);
        bytes[at]! ^= 1 << (at % 8);
        writeFileSync(file, bytes);
        expect(thrownBy(() => readPolicyBundle(source)).file, `byte ${at}`).toBe(file);
      }
    } finally {
      writeFileSync(file, whole);
    }
  }
}, 60_000);

test("one byte changed, added or cut off in any file is refused by the file's name", () => {
  const names = Object.keys(readPolicyBundle(signed).files).concat("manifest.json");
  fc.assert(
    fc.property(
      fc.constantFrom(unsigned, signed),
      fc.constantFrom(...names),
      fc.nat(),
      fc.integer({ min: 1, max: 255 }),
      fc.constantFrom("change", "add", "cut"),
      (source, name, place, mask, how) => {
        const file = join(source, name);
        const whole = readFileSync(file);
        const at = place % whole.length;
        const changed = Buffer.from(whole);
        changed[at]! ^= mask;
        const pieces = {
          change: changed,
          add: Buffer.concat([whole, Buffer.of(mask)]),
          cut: whole.subarray(0, at),
        };
        writeFileSync(file, pieces[how]);
        try {
          expect(thrownBy(() => readPolicyBundle(source)).file).toBe(file);
        } finally {
          writeFileSync(file, whole);
        }
      },
    ),
    { numRuns: 150, seed: 4 },
  );
}, 60_000);

test("a manifest that says the same in other bytes is refused", () => {
  const rewrite = (change: (text: string) => string) => (copy: string) => {
    const file = join(copy, "manifest.json");
    writeFileSync(file, change(readFileSync(file, "utf8")));
  };
  for (const change of [
    (text: string) => JSON.stringify(JSON.parse(text)),
    (text: string) => `${text} `,
    (text: string) => text.replace('"policyId": "p"', '"policyId": "\\u0070"'),
    (text: string) => text.replace('"policyId": "p"', '"policyId": "q",\n  "policyId": "p"'),
    (text: string) => text.replace('"limit": 0.03', '"limit": 0.030'),
    (text: string) => `\uFEFF${text}`,
  ])
    expect(refusal(unsigned, rewrite(change)).file).toMatch(/manifest\.json$/);
});

test("a file that the manifest does not list, a missing one, a link and a folder are refused by name", () => {
  const refused = (harm: (copy: string) => void, message: RegExp): void =>
    expect(refusal(unsigned, harm).message).toMatch(message);
  const notListed = /is not listed in manifest\.json$/;
  refused((copy) => writeFileSync(join(copy, "more.txt"), ""), notListed);
  refused((copy) => writeFileSync(join(copy, ".hidden"), ""), /\.hidden: is not listed/);
  refused(
    (copy) => writeFileSync(join(copy, "tensorflow", "more.bin"), ""),
    /tensorflow.more\.bin: is not listed/,
  );
  refused((copy) => mkdirSync(join(copy, "empty")), /empty: is not listed/);
  refused((copy) => symlinkSync("/", join(copy, "link")), /link: is not listed/);
  refused(
    (copy) => rmSync(join(copy, "golden.json")),
    /golden\.json: listed in manifest\.json but not there$/,
  );
  refused((copy) => rmSync(join(copy, "tensorflow"), { recursive: true }), /model\.json: listed/);
  refused((copy) => rmSync(join(copy, "manifest.json")), /manifest\.json: not found; a policy bundle has/);
  const linked = (name: string) => (copy: string) => {
    renameSync(join(copy, name), join(folder, "outside"));
    symlinkSync(join(folder, "outside"), join(copy, name));
  };
  for (const name of ["policy.onnx", "manifest.json", "tensorflow"]) {
    rmSync(join(folder, "outside"), { recursive: true, force: true });
    refused(linked(name), new RegExp(`${name.replace(".", "\\.")}: is a link`));
  }
  refused((copy) => {
    rmSync(join(copy, "policy.onnx"));
    mkdirSync(join(copy, "policy.onnx"));
  }, /policy\.onnx: is no file$/);
});

test("paths that leave the bundle or hide in it are refused where it is written and where it is read", async () => {
  for (const path of [
    "../x",
    "/etc/passwd",
    "",
    "a//b",
    "a/../b",
    "./a",
    "a\\b",
    ".hidden",
    "C:x",
    "a/",
    "manifest.json",
    "é",
  ]) {
    await expect(
      writePolicyBundle(join(folder, "never"), { ...parts, extra: { [path]: "x" } }),
    ).rejects.toThrow(/invalid_key/);
    const error = refusal(unsigned, (copy) =>
      rewriteManifest(copy, (manifest) => {
        manifest["files"] = { ...Object(manifest["files"]), [path]: sha256("x") };
      }),
    );
    expect(error.message).toMatch(/manifest\.json: is no readable manifest: files: found ".*", allowed: /);
  }
  expect(existsSync(join(folder, "never"))).toBe(false);
});

test("a signature is good for the keys that are trusted, and refused for others, none and an empty list", () => {
  const other = createPublicKey(generateSigningKeys().publicKey);
  expect(verifyBundle(signed).signedBy).toBe(keys.fingerprint);
  expect(verifyBundle(signed, { trustedKeys: [other, trusted] }).signedBy).toBe(keys.fingerprint);
  const refused = (source: string, options: Parameters<typeof verifyBundle>[1], message: RegExp): void =>
    expect(thrownBy(() => verifyBundle(source, options)).message).toMatch(message);
  refused(
    signed,
    { trustedKeys: [other] },
    /manifest\.json: is signed by [0-9a-f]{64}, which is none of the keys/,
  );
  refused(signed, { trustedKeys: [] }, /none of the keys that are trusted$/);
  refused(unsigned, { trustedKeys: [trusted] }, /manifest\.json: has no signature/);
  refused(unsigned, { requireSignature: true }, /manifest\.json: has no signature/);
  expect(verifyBundle(signed, { requireSignature: true }).signedBy).toBe(keys.fingerprint);
  expect(verifyBundle(unsigned, { trustedKeys: [trusted], requireSignature: false }).signedBy).toBe(
    undefined,
  );
});

test("what was changed and given a new checksum fails by its signature; a signature of another bundle too", async () => {
  const wrong = /manifest\.json: its signature is not that of the key beside it/;
  const changed = refusal(signed, (copy) =>
    rewriteManifest(copy, (manifest) => {
      manifest["propensityFloor"] = 0;
    }),
  );
  expect(changed.message).toMatch(wrong);
  const other = join(folder, "other");
  await writePolicyBundle(other, { ...parts, modelCard: "# Another\n", signingKey });
  const moved = refusal(signed, (copy) =>
    rewriteManifest(copy, (manifest) => {
      manifest["signature"] = readPolicyBundle(other).signature;
    }),
  );
  expect(moved.message).toMatch(wrong);
  // Whoever signs anew under their own key is told apart by the key.
  const stranger = generateSigningKeys();
  const resigned = refusal(
    signed,
    (copy) =>
      writeFileSync(
        join(copy, "manifest.json"),
        jsonText(signManifest(readPolicyBundle(copy), createPrivateKey(stranger.privateKey))),
      ),
    { trustedKeys: [trusted] },
  );
  expect(resigned.message).toContain(`is signed by ${stranger.fingerprint}, which is none`);
});

test("base64 that decodes to the same signature from other text is refused", () => {
  const error = refusal(signed, (copy) => {
    const file = join(copy, "manifest.json");
    const text = readFileSync(file, "utf8");
    // The last letter before == carries four bits that decode to nothing.
    const [whole, letter] = /"value": "[^"]*(.)=="/.exec(text) ?? [];
    if (whole === undefined || letter === undefined) throw new Error("no signature");
    const next = String.fromCharCode(letter.charCodeAt(0) + 1);
    writeFileSync(file, text.replace(whole, whole.replace(`${letter}=="`, `${next}=="`)));
  });
  expect(error.message).toMatch(/signature\.value: found .*, allowed: base64 of 64 bytes$/);
});

test("anyone can check a signature: Ed25519 over the manifest's text without it", () => {
  const { signature, ...content } = Object(
    JSON.parse(readFileSync(join(signed, "manifest.json"), "utf8")),
  ) as Record<string, unknown> & { signature: { value: string } };
  const text = `${JSON.stringify(content, null, 2)}\n`;
  expect(verify(null, Buffer.from(text), trusted, Buffer.from(signature.value, "base64"))).toBe(true);
  // SPKI of Ed25519 ends in the 32 raw bytes (RFC 8410), whose SHA-256 is the fingerprint.
  const raw = trusted.export({ format: "der", type: "spki" }).subarray(-32);
  expect(keys.fingerprint).toBe(sha256(raw));
  expect(fingerprintOf(signingKey)).toBe(keys.fingerprint);
});

test("keys are written once, the private one for its owner alone, and read back", () => {
  const place = join(folder, "deep", "keys");
  const files = writeSigningKeys(place, keys);
  expect(readdirSync(place).toSorted()).toEqual(["signing-key.pem", "signing-key.public.pem"]);
  expect(statSync(files.privateKey).mode & 0o777).toBe(0o600);
  expect(fingerprintOf(readPrivateKey(files.privateKey))).toBe(keys.fingerprint);
  expect(fingerprintOf(readPublicKey(files.publicKey))).toBe(keys.fingerprint);
  const before = readFileSync(files.privateKey);
  expect(thrownBy(() => writeSigningKeys(place, generateSigningKeys())).message).toMatch(
    /signing-key\.pem: exists; keys are never replaced/,
  );
  rmSync(files.privateKey);
  expect(thrownBy(() => writeSigningKeys(place, generateSigningKeys())).file).toBe(files.publicKey);
  expect(existsSync(files.privateKey)).toBe(false);
  expect(before.toString()).toBe(keys.privateKey);
});

test("what is no key, or the wrong one of a pair, is refused in one line that names the file", () => {
  const file = join(folder, "some.pem");
  const refused = (content: string, read: (file: string) => unknown, message: RegExp): void => {
    writeFileSync(file, content);
    const error = thrownBy(() => read(file));
    expect(error.file).toBe(file);
    expect(error.message).toMatch(message);
  };
  const elliptic = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const locked = signingKey.export({ format: "pem", type: "pkcs8", cipher: "aes-256-cbc", passphrase: "x" });
  refused("no key", readPrivateKey, /is no Ed25519 private key; allowed: an unencrypted PKCS#8 PEM file$/);
  refused(keys.publicKey, readPrivateKey, /is no Ed25519 private key/);
  refused(locked.toString(), readPrivateKey, /is no Ed25519 private key/);
  refused(
    elliptic.privateKey.export({ format: "pem", type: "pkcs8" }).toString(),
    readPrivateKey,
    /no Ed25519/,
  );
  refused("", readPublicKey, /is no Ed25519 public key; allowed: an SPKI PEM file$/);
  refused(keys.privateKey, readPublicKey, /holds a private key, allowed: the public one/);
  refused(elliptic.publicKey.export({ format: "pem", type: "spki" }).toString(), readPublicKey, /no Ed25519/);
  expect(thrownBy(() => readPublicKey(join(folder, "none.pem"))).message).toMatch(/none\.pem: not found$/);
  expect(thrownBy(() => readPublicKey(folder)).message).toMatch(/is a folder, allowed: a file$/);
});

test("features whose quantiles fall or are too few are refused where they are written", async () => {
  const refused = async (change: Partial<FeatureDistribution>): Promise<void> => {
    await expect(
      writePolicyBundle(join(folder, "never"), {
        ...parts,
        featureReference: {
          schemaVersion: 1,
          decisions: 1,
          context: [{ ...distribution("x"), ...change }],
          candidates: [],
        },
      }),
    ).rejects.toThrow(/"context"/);
  };
  await refused({ quantiles: Array.from({ length: 101 }, (_, i) => -i) });
  await refused({ quantiles: [1, 2, 3] });
  await refused({ mean: Number.NaN });
});
