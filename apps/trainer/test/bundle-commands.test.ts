import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readPolicyBundle, readPublicKey, verifyBundle } from "@longview/formats";
import { runInProcess } from "./helpers/run-in-process.ts";

const folder = mkdtempSync(join(tmpdir(), "bundle-commands-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = join(folder, "run");
const keys = join(folder, "keys");
let fingerprint = "";
beforeAll(async () => {
  writeFileSync(
    join(folder, "cart.yaml"),
    `environment: { id: CartPole-v1 }
policy: { hiddenSizes: [8] }
training: { steps: 256, rowsPerShard: 4, rolloutLength: 32 }
algorithm: { name: ppo, minibatchSize: 64 }
evaluation: { episodes: 4 }
logging: { tensorboard: false, report: false }
`,
  );
  const trained = await runInProcess([
    "train",
    "--config",
    join(folder, "cart.yaml"),
    "--run-dir",
    run,
    "--json",
  ]);
  if (trained.code !== 0) throw new Error(trained.errors);
  const made = await runInProcess(["keys", "--out", keys, "--json"]);
  if (made.code !== 0) throw new Error(made.errors);
  fingerprint = (JSON.parse(made.out) as { fingerprint: string }).fingerprint;
}, 60_000);

test("keys makes a pair, says its fingerprint, and never replaces one", async () => {
  expect(readdirSync(keys).toSorted()).toEqual(["signing-key.pem", "signing-key.public.pem"]);
  expect(statSync(join(keys, "signing-key.pem")).mode & 0o777).toBe(0o600);
  expect(fingerprint).toMatch(/^[0-9a-f]{64}$/);
  const before = readFileSync(join(keys, "signing-key.pem"));
  const again = await runInProcess(["keys", "--out", keys]);
  expect(again).toMatchObject({ code: 3, out: "" });
  expect(again.errors).toMatch(/^longview: --out: .*signing-key\.pem: exists; keys are never replaced.*\n$/);
  expect(readFileSync(join(keys, "signing-key.pem")).equals(before)).toBe(true);
  const other = await runInProcess(["keys", "--out", join(folder, "other")]);
  expect(other.code).toBe(0);
  expect(other.out).toMatch(
    /signing-key\.pem .*\n.*signing-key\.public\.pem .*\nfingerprint [0-9a-f]{64}\n$/,
  );
  expect(other.out).not.toContain(fingerprint);
  const file = join(folder, "cart.yaml");
  expect((await runInProcess(["keys", "--out", file])).errors).toMatch(/^longview: --out: .*cart\.yaml.*\n$/);
  expect((await runInProcess(["keys", "--out", ""])).code).toBe(3);
});

test("export signs, sets the floor, and verify agrees; the run's own bundle is not signed", async () => {
  const out = join(folder, "signed");
  const told = await runInProcess([
    "export",
    run,
    "--out",
    out,
    "--sign",
    join(keys, "signing-key.pem"),
    "--propensity-floor",
    "0.1",
  ]);
  expect(told.code, told.errors).toBe(0);
  expect(told.out).toContain(`signed by ${fingerprint}`);
  const trustedKeys = [readPublicKey(join(keys, "signing-key.public.pem"))];
  const { manifest, signedBy } = verifyBundle(out, { trustedKeys });
  expect(signedBy).toBe(fingerprint);
  expect(manifest.propensityFloor).toBe(0.1);
  const verified = await runInProcess(["verify", out, "--key", join(keys, "signing-key.public.pem")]);
  expect(verified.code, verified.errors).toBe(0);
  expect(verified.out).toContain(`signed by ${fingerprint} (a key you trust)`);

  const own = await runInProcess(["verify", join(run, "policy")]);
  expect(own.code, own.errors).toBe(0);
  expect(own.out).toContain("signature  none\n");
  const plain = readPolicyBundle(join(run, "policy"));
  expect(plain.files["policy.onnx"]).toBe(manifest.files["policy.onnx"]);
  expect(manifest.policyId).toBe(`${plain.policyId}-floor0.1`);
  const refused = await runInProcess([
    "verify",
    join(run, "policy"),
    "--key",
    join(keys, "signing-key.public.pem"),
  ]);
  expect(refused).toMatchObject({ code: 3, out: "" });
  expect(refused.errors).toMatch(/manifest\.json: has no signature, allowed: .*\n$/);
}, 30_000);

test("the card of a run tells its comparison with intervals, its data and how to load it", () => {
  const card = readFileSync(join(run, "policy", "MODEL_CARD.md"), "utf8");
  for (const part of [
    "## Intended use",
    "## What it was shown to do",
    "| Policy | Value (95 % interval) | Trained minus it (95 % interval) | Within the limits |",
    "## Known limits",
    "simulation alone",
    "Its intervals rest on 4 episodes",
    "## What it was trained for",
    "## What it learned from",
    "256 simulated decisions in `CartPole-v1` (balance a pole on a cart",
    "Every option of the environment stood at its default",
    "## How to load it",
    'onnxruntime.InferenceSession("policy.onnx")',
    'logits, = session.run(["logits"], {',
    "It is not signed",
  ])
    expect(card).toContain(part);
  expect(card).not.toMatch(/undefined|NaN|\[object|Advertisers/);
});

test("a key or a floor that cannot be used is refused before anything is written", async () => {
  const out = join(folder, "never");
  const cases: [string[], RegExp][] = [
    [["--sign", join(folder, "none.pem")], /--sign: .*none\.pem: not found\n$/],
    [
      ["--sign", join(keys, "signing-key.public.pem")],
      /--sign: .*public\.pem: is no Ed25519 private key; allowed: .*\n$/,
    ],
    [["--propensity-floor", "1"], /--propensity-floor: found "1", allowed: a share from 0 to below 1\n$/],
    [["--propensity-floor", "-0.1"], /--propensity-floor: found "-0\.1"/],
    [["--propensity-floor", "much"], /--propensity-floor: found "much"/],
    [["--propensity-floor", " "], /--propensity-floor: found " "/],
  ];
  for (const [options, message] of cases) {
    const told = await runInProcess(["export", run, "--out", out, ...options]);
    expect(told.code, options.join(" ")).toBe(3);
    expect(told.errors).toMatch(message);
    expect(told.out).toBe("");
  }
  expect(existsSync(out)).toBe(false);
});

test("a bundle harmed on its way is refused with exit code 3 and the file's name", async () => {
  const out = join(folder, "harmed");
  expect((await runInProcess(["export", run, "--out", out])).code).toBe(0);
  for (const name of readdirSync(out).filter((each) => statSync(join(out, each)).isFile())) {
    const file = join(out, name);
    const whole = readFileSync(file);
    const bytes = Buffer.from(whole);
    bytes[Math.floor(bytes.length / 2)]! ^= 1;
    writeFileSync(file, bytes);
    const told = await runInProcess(["verify", out]);
    writeFileSync(file, whole);
    expect(told, name).toMatchObject({ code: 3, out: "" });
    expect(told.errors.startsWith(`longview: ${file}: `), told.errors).toBe(true);
  }
  writeFileSync(join(out, "notes.txt"), "mine");
  expect((await runInProcess(["verify", out])).errors).toMatch(
    /notes\.txt: is not listed in manifest\.json\n$/,
  );
}, 30_000);
