import { createPrivateKey } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  fingerprintOf,
  generateSigningKeys,
  readBundleFile,
  readFeatureReference,
  readGolden,
  readPolicyBundle,
  writePolicyBundle,
  type Golden,
  type Manifest,
} from "@longview/formats";
import { checkGolden } from "@longview/policies";
import { createTrainer } from "@longview/policy-gradient";
import { exportBundle } from "../src/bundle/export-bundle.ts";
import { environmentModules, validateConfiguration } from "../src/configuration/load.ts";
import { trainingPart } from "../src/evaluation/limits.ts";
import { runPaths } from "../src/run/run-folder.ts";
import { runInProcess } from "./helpers/run-in-process.ts";
import { CONTENT } from "./helpers/simulation.ts";

const folder = mkdtempSync(join(tmpdir(), "bundle-verify-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const keys = generateSigningKeys();
const signingKey = createPrivateKey(keys.privateKey);
const bundle = join(folder, "bundle");
let manifest: Manifest;

/** A real bundle of a network that has not learned yet. */
async function exported(place: string): Promise<Manifest> {
  const configuration = await validateConfiguration({
    name: "small",
    environment: { id: "marketplace/content-v0", ...CONTENT },
    policy: { hiddenSizes: [8], itemSizes: [8] },
    algorithm: { name: "ppo-lagrangian", minibatchSize: 64 },
    constraints: { integrityHarm: { limit: 0.05 } },
    training: { steps: 1, rowsPerShard: 32, rolloutLength: 8 },
  });
  const trainer = await createTrainer(
    { ...trainingPart(configuration), workers: 1 },
    { environmentModules: environmentModules(configuration.environment.id) },
  );
  writeFileSync(join(folder, "config.yaml"), "");
  try {
    return await exportBundle(place, {
      configuration,
      policy: trainer.policy(),
      paths: runPaths(folder),
      decisions: 0,
      signingKey,
      propensityFloor: 0.05,
    });
  } finally {
    await trainer.dispose();
  }
}

beforeAll(async () => {
  manifest = await exported(bundle);
}, 60_000);

test("an exported slate bundle has golden requests of many sizes, features by name, and verifies", async () => {
  expect(readPolicyBundle(bundle)).toEqual(manifest);
  expect(manifest.propensityFloor).toBe(0.05);
  expect(manifest.policyId).toMatch(/^small-[0-9a-f]{12}-floor0\.05$/);
  const golden = readGolden(bundle, manifest);
  expect(golden.requests).toHaveLength(100);
  const counts = golden.requests.map(({ inputs }) => inputs["candidates"]!.shape[1]!);
  expect(new Set(counts).size).toBeGreaterThanOrEqual(4);
  expect(golden.requests.filter(({ inputs }) => inputs["mask"]!.data.includes(0)).length).toBeGreaterThan(0);
  golden.requests.forEach(({ outputs }, i) => expect(outputs["scores"]!.shape).toEqual([1, counts[i]]));
  const reference = readFeatureReference(bundle, manifest);
  expect(reference.context.map(({ name }) => name)).toEqual(manifest.observation["context"]!.features);
  expect(reference.candidates.map(({ name }) => name)).toEqual(manifest.observation["candidates"]!.features);
  const check = await checkGolden(bundle);
  expect(check.requests).toBe(100);
  expect(check.largestDifference).toBeLessThanOrEqual(golden.tolerance);
});

test("the same policy exports to the same bytes", async () => {
  const again = join(folder, "again");
  await exported(again);
  for (const name of readdirSync(bundle, { recursive: true, encoding: "utf8" }).filter((each) =>
    each.includes("."),
  ))
    expect(readFileSync(join(again, name)).equals(readFileSync(join(bundle, name))), name).toBe(true);
}, 60_000);

test("one flipped byte anywhere in a real bundle is refused by the name of its file", () => {
  const names = [...Object.keys(manifest.files), "manifest.json"];
  const originals = new Map(names.map((name) => [name, readFileSync(join(bundle, name))]));
  fc.assert(
    fc.property(
      fc.constantFrom(...names),
      fc.nat({ max: 1 << 30 }),
      fc.integer({ min: 1, max: 255 }),
      (name, place, mask) => {
        const file = join(bundle, name);
        const whole = originals.get(name)!;
        const bytes = Buffer.from(whole);
        bytes[place % bytes.length]! ^= mask;
        writeFileSync(file, bytes);
        try {
          expect(() => readPolicyBundle(bundle)).toThrow(file);
        } finally {
          writeFileSync(file, whole);
        }
      },
    ),
    { numRuns: 150, seed: 11 },
  );
  expect(readPolicyBundle(bundle)).toEqual(manifest);
}, 60_000);

/** The bundle with other golden requests, whole and signed. */
async function withGolden(name: string, change: (golden: Golden) => void): Promise<string> {
  const golden = structuredClone(readGolden(bundle, manifest));
  change(golden);
  const place = join(folder, name);
  const { files: _files, integrity: _integrity, signature: _signature, ...description } = manifest;
  await writePolicyBundle(place, {
    manifest: description,
    onnx: readBundleFile(bundle, manifest, "policy.onnx"),
    golden,
    modelCard: "",
    signingKey,
  });
  return place;
}

test("golden requests that the graph does not answer as stored are refused: which request, which output", async () => {
  const cases: [string, (golden: Golden) => void, RegExp][] = [
    [
      "off",
      ({ requests }) => {
        requests[7]!.outputs["scores"]!.data[0]! += 0.01;
      },
      /golden\.json: request 7, output scores\.0: the graph gives .*, stored is .*may be 0\.00002$/,
    ],
    [
      "short",
      ({ requests }) => {
        requests[3]!.outputs["scores"]!.data.pop();
      },
      /golden\.json: request 3, output scores: the graph gives \d+ numbers, stored are \d+$/,
    ],
    ["few", ({ requests }) => void requests.pop(), /golden\.json: holds 99 requests, allowed: exactly 100$/],
    ["none", ({ requests }) => requests.splice(0), /golden\.json: holds 0 requests/],
    [
      "no-output",
      ({ requests }) => {
        requests[0]!.outputs = {};
      },
      /golden\.json: request 0 has no output scores$/,
    ],
    [
      "no-input",
      ({ requests }) => {
        delete requests[1]!.inputs["mask"];
      },
      /golden\.json: request 1 has no input mask$/,
    ],
    [
      "odd-input",
      ({ requests }) => {
        requests[1]!.inputs["context"]!.data.pop();
      },
      /golden\.json: request 1, input context: \d+ numbers, its shape is \[1, \d+\]$/,
    ],
  ];
  for (const [name, change, message] of cases) {
    const place = await withGolden(name, change);
    await expect(checkGolden(place), name).rejects.toThrow(message);
    const told = await runInProcess(["verify", place]);
    expect(told.code, name).toBe(3);
    expect(told.out).toBe("");
    expect(told.errors.trimEnd()).toMatch(message);
    expect(told.errors.split("\n")).toHaveLength(2);
  }
  const within = await withGolden("within", ({ requests }) => {
    requests[7]!.outputs["scores"]!.data[0]! += 1e-5;
  });
  const { largestDifference } = await checkGolden(within);
  expect(largestDifference).toBeGreaterThan(5e-6);
  await expect(
    checkGolden(
      { graph: manifest.graph, onnx: readBundleFile(bundle, manifest, "policy.onnx") },
      readGolden(join(folder, "off")),
    ),
  ).rejects.toThrow(/^request 7, output scores\.0/);
}, 60_000);

test("a graph that is no model is refused by its file", async () => {
  const place = join(folder, "no-model");
  const { files: _files, integrity: _integrity, signature: _signature, ...description } = manifest;
  await writePolicyBundle(place, {
    manifest: description,
    onnx: new TextEncoder().encode("no model"),
    golden: readGolden(bundle, manifest),
    modelCard: "",
  });
  const told = await runInProcess(["verify", place]);
  expect(told.code).toBe(3);
  expect(told.errors).toMatch(/^longview: .*policy\.onnx: .*\n$/);
});

test("longview verify says what it checked, and by whom the bundle is signed", async () => {
  const publicKey = join(folder, "public.pem");
  const strange = join(folder, "strange.pem");
  const fingerprint = fingerprintOf(signingKey);
  writeFileSync(publicKey, keys.publicKey);
  writeFileSync(strange, generateSigningKeys().publicKey);
  const plain = await runInProcess(["verify", bundle]);
  expect(plain).toMatchObject({ code: 0, errors: "" });
  expect(plain.out).toContain(`signed by ${fingerprint} (not checked against a key you trust; pass --key)\n`);
  expect(plain.out).toMatch(
    /golden {5}100 requests through ONNX Runtime; largest difference \S+, accepted 0\.00002\n/,
  );
  const checked = await runInProcess(["verify", bundle, "--key", strange, "--key", publicKey, "--json"]);
  expect(checked.code).toBe(0);
  expect(JSON.parse(checked.out)).toMatchObject({
    status: "done",
    policyId: manifest.policyId,
    signedBy: fingerprint,
    trusted: true,
    golden: { requests: 100 },
  });
  const cases: [string[], RegExp][] = [
    [
      ["verify", bundle, "--key", strange],
      /manifest\.json: is signed by [0-9a-f]{64}, which is none of the keys/,
    ],
    [["verify", bundle, "--key", join(folder, "none.pem")], /none\.pem: not found/],
    [["verify", join(folder, "nowhere")], /nowhere: no such folder, allowed: a policy bundle/],
    [["verify", folder], /manifest\.json: not found; a policy bundle has a manifest\.json/],
  ];
  for (const [argv, message] of cases) {
    const told = await runInProcess(argv);
    expect(told.code, argv.join(" ")).toBe(3);
    expect(told.out).toBe("");
    expect(told.errors).toMatch(message);
    expect(told.errors).toMatch(/^longview: .*\n$/);
  }
});

test("the card says who signs, the floor, and that nothing was compared yet", () => {
  const card = readFileSync(join(bundle, "MODEL_CARD.md"), "utf8");
  expect(card).toContain(`the key with the fingerprint \`${keys.fingerprint}\``);
  expect(card).toContain("Its propensity floor is 0.05");
  expect(card).toContain("Nothing yet: it was exported before its comparison");
  expect(card).toContain("`candidates = 8`, by default 20");
  expect(card).toContain("Integrity harm (`integrityHarm`) at most 0.05 per decision");
  expect(card).not.toMatch(/undefined|NaN|\[object/);
});
