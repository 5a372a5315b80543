import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import {
  decisionLogRowSchema,
  evaluationSchema,
  jsonText,
  readPolicyBundle,
  sha256,
  sha256OfFile,
  writeFileAtomic,
  writePolicyBundle,
} from "../src/index.ts";
import type { PolicyBundleParts } from "../src/index.ts";

const folder = mkdtempSync(join(tmpdir(), "formats-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("a hash is the published SHA-256 (FIPS 180-2 'abc')", () => {
  const expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  expect(sha256("abc")).toBe(expected);
  writeFileSync(join(folder, "abc"), "abc");
  expect(sha256OfFile(join(folder, "abc"))).toBe(expected);
});

test("an atomic write replaces a file, makes its folder and leaves nothing beside it", () => {
  const path = join(folder, "deep", "er", "file.txt");
  writeFileAtomic(path, "one");
  writeFileAtomic(path, "two");
  expect(readFileSync(path, "utf8")).toBe("two");
  expect(readdirSync(join(folder, "deep", "er"))).toEqual(["file.txt"]);
});

test("JSON text refuses a number that JSON cannot hold and names its key", () => {
  expect(() => jsonText({ a: { b: [1, Number.NaN] } })).toThrow(/^a\.b\.1: NaN cannot be written/);
});

const code = { version: "0.1.0", commit: null, modified: null };
const parts: PolicyBundleParts = {
  manifest: {
    schemaVersion: 1,
    policyId: "p",
    environment: { id: "CartPole-v1", options: {} },
    observation: { observation: { shape: [4], features: ["x", "v", "angle", "w"] } },
    actionSpace: { kind: "discrete", count: 2 },
    distribution: "categorical",
    propensityFloor: 0,
    objectives: [],
    costs: [],
    constraints: [],
    graph: {
      inputs: [{ name: "observation", dataType: "float32", shape: ["batch", 4] }],
      outputs: [{ name: "logits", dataType: "float32", shape: ["batch", 2] }],
    },
    lineage: { run: "r", seed: "1", code, decisions: 10, configuration: sha256("c"), logs: [] },
  },
  onnx: new Uint8Array([1, 2, 3]),
  golden: { schemaVersion: 1, tolerance: 1e-5, requests: [] },
  modelCard: "# Card\n",
};

test("a bundle reads back, and a changed file is named", async () => {
  const bundle = join(folder, "policy");
  const written = await writePolicyBundle(bundle, parts);
  expect(written.files["policy.onnx"]).toBe(sha256(new Uint8Array([1, 2, 3])));
  expect(readPolicyBundle(bundle)).toEqual(written);
  await writePolicyBundle(bundle, parts);
  writeFileSync(join(bundle, "policy.onnx"), new Uint8Array([9]));
  expect(() => readPolicyBundle(bundle)).toThrow(/policy\.onnx: its SHA-256 is/);
});

test("a decision whose slate leaves its candidates or shows one twice is refused", () => {
  const row = {
    decision_id: "d",
    unit_id: "u",
    session_id: "s",
    step: 0,
    timestamp: 0,
    policy_id: "p",
    random_key: "0:0",
    context: [0],
    candidates: [
      { item_id: "a", creator_id: "c", features: [1] },
      { item_id: "b", creator_id: "c", features: [2] },
    ],
    slate: [1, 0],
    slate_propensity: 0.5,
    position_propensities: [0.5, 1],
    objectives: {},
    costs: {},
    terminated: false,
    truncated: false,
    outcomes_complete: true,
  };
  expect(decisionLogRowSchema.safeParse(row).success).toBe(true);
  expect(decisionLogRowSchema.safeParse({ ...row, slate: [1, 2] }).success).toBe(false);
  expect(decisionLogRowSchema.safeParse({ ...row, slate: [1, 1] }).success).toBe(false);
  expect(decisionLogRowSchema.safeParse({ ...row, slate_propensity: 0 }).success).toBe(false);
});

test("an evaluation without policies is refused", () => {
  expect(evaluationSchema.safeParse({ schemaVersion: 1, policies: [] }).success).toBe(false);
});
