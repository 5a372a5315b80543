import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseGateSpec } from "@longview/formats";
import { afterAll, describe, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { UsageError } from "../src/exit-codes.ts";
import { explainKeys } from "../src/configuration/explain.ts";
import { loadConfiguration, validateConfiguration } from "../src/configuration/load.ts";
import { nearest } from "../src/configuration/nearest.ts";
import { applyAssignment, readConfigurationFile } from "../src/configuration/read-source.ts";
import { runConfiguration } from "../src/configuration/schema.ts";

const folder = mkdtempSync(join(tmpdir(), "configuration-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function problems(tree: Record<string, unknown>): Promise<readonly string[]> {
  try {
    await validateConfiguration(tree);
  } catch (error) {
    if (error instanceof UsageError) return error.lines;
    throw error;
  }
  return [];
}

const cartPole = { environment: { id: "CartPole-v1" } };

describe("each mistake is one line: the key's path, what was found, what is allowed", () => {
  test.each([
    [
      "a misspelt key gets the nearest one",
      { training: { stpes: 5 } },
      /^training\.stpes: unknown key \(found 5\); did you mean steps\? Allowed here: steps, shards/,
    ],
    ["a misspelt section too", { trainning: {} }, /^trainning: unknown key .*did you mean training\?/],
    [
      "a wrong type",
      { training: { steps: "many" } },
      /^training\.steps: found "many", allowed: a whole number >= 1$/,
    ],
    [
      "a fraction",
      { training: { steps: 1.5 } },
      /^training\.steps: found 1\.5, allowed: a whole number >= 1$/,
    ],
    [
      "a value out of range",
      { algorithm: { name: "ppo", discountFactor: 1.5 } },
      /^algorithm\.discountFactor: found 1\.5, allowed: a number > 0 and <= 1$/,
    ],
    [
      "an unknown algorithm",
      { algorithm: { name: "pppo" } },
      /^algorithm\.name: found "pppo", allowed: one of ppo, ppo-lagrangian, a2c, reinforce; did you mean ppo\?$/,
    ],
    [
      "an unknown word",
      { policy: { activation: "tahn" } },
      /^policy\.activation: found "tahn", allowed: one of tanh, relu; did you mean tanh\?$/,
    ],
    [
      "a key of another algorithm",
      { algorithm: { name: "reinforce", epochs: 3 } },
      /^algorithm\.epochs: unknown key \(found 3\)/,
    ],
    [
      "an unknown environment",
      { environment: { id: "CartPol-v1" } },
      /^environment\.id: found "CartPol-v1", allowed: one of .*; did you mean CartPole-v1\?$/,
    ],
    [
      "an environment's own option",
      { environment: { id: "marketplace/content-v0", dayz: 3 } },
      /^environment\.dayz: unknown key \(found 3\); did you mean days\?/,
    ],
    [
      "constraints without an algorithm that holds them",
      { constraints: { harm: { limit: 1 } } },
      /^algorithm\.name: found ppo, allowed: ppo-lagrangian where constraints are set \(harm\)$/,
    ],
    [
      "a constraint without its limit",
      { constraints: { harm: {} }, algorithm: { name: "ppo-lagrangian" } },
      /^constraints\.harm\.limit: found nothing, allowed: a number >= -1000000000 and <= 1000000000$/,
    ],
  ])("%s", async (_name, tree, expected) => {
    const lines = await problems({ ...cartPole, ...tree });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(expected);
    expect(lines[0]).not.toContain("\n");
  });

  test("several mistakes are several lines", async () => {
    const lines = await problems({ ...cartPole, worker: 2, training: { steps: 0, shard: 1 } });
    expect(lines).toHaveLength(3);
  });

  test("nothing at all still names the key that is missing", async () => {
    expect(await problems({})).toEqual([expect.stringMatching(/^environment: found nothing, allowed: /)]);
  });
});

test("a complete configuration reads back as itself", async () => {
  const configuration = await validateConfiguration({ ...cartPole, seed: 7 });
  expect(configuration.training.steps).toBeGreaterThan(0);
  expect(await validateConfiguration(parse(stringify(configuration)))).toEqual(configuration);
});

const examples = new URL("../../../examples/", import.meta.url);
const exampleFiles = readdirSync(examples, { recursive: true, encoding: "utf8" }).filter((name) =>
  name.endsWith(".yaml"),
);
const isGate = (name: string): boolean => name.startsWith("open-bandit") || name.startsWith("gate-");

test.each(exampleFiles.filter((name) => !isGate(name)))(
  "examples/%s is a valid configuration",
  async (name) => {
    const { environment } = await loadConfiguration({ file: fileURLToPath(new URL(name, examples)) });
    expect(environment.id).not.toBe("");
  },
);

test.each(exampleFiles.filter(isGate))("examples/%s is a valid gate specification", (name) => {
  const spec = parseGateSpec(readConfigurationFile(fileURLToPath(new URL(name, examples))), name);
  expect(spec.name).not.toBe("");
});

test("--set reads YAML scalars, makes sections and refuses what is not one", () => {
  const tree = { training: { steps: 1 }, name: "x" };
  applyAssignment(tree, "training.steps=2_000".replace("_", ""));
  applyAssignment(tree, "policy.hiddenSizes=[32, 16]");
  applyAssignment(tree, "algorithm.targetKl=null");
  expect(tree).toEqual({
    training: { steps: 2000 },
    name: "x",
    policy: { hiddenSizes: [32, 16] },
    algorithm: { targetKl: null },
  });
  expect(() => applyAssignment(tree, "steps")).toThrow(/^--set: found "steps", allowed: key\.path=value/);
  expect(() => applyAssignment(tree, "name.x=1")).toThrow(/name is "x", not a map/);
});

test("a file that is not YAML is named with line and column", () => {
  const path = join(folder, "broken.yaml");
  writeFileSync(path, "name: a\ntraining: {steps: 1\nseed: [\n");
  expect(() => readConfigurationFile(path)).toThrow(/broken\.yaml:\d+:\d+: /);
  expect(() => readConfigurationFile(join(folder, "none.yaml"))).toThrow(/no such file/);
  writeFileSync(path, "- a list\n");
  expect(() => readConfigurationFile(path)).toThrow(/found a list at the top, allowed: a map of keys/);
});

test("JSON is read as well, and the file's name is the run's unless it has one", async () => {
  const path = join(folder, "my run.json");
  writeFileSync(path, JSON.stringify(cartPole));
  expect((await loadConfiguration({ file: path, seed: "abc" })).name).toBe("my-run");
  expect((await loadConfiguration({ file: path, seed: "abc" })).seed).toBe("abc");
});

test("every key is explained: a meaning, a default or that it is required, and what is allowed", () => {
  const rows = explainKeys(runConfiguration);
  expect(rows.length).toBeGreaterThan(50);
  for (const row of rows) {
    expect(row.meaning, row.key).not.toBe("");
    expect(row.allowed, row.key).not.toBe("nothing");
  }
  const byKey = new Map(rows.map((row) => [row.key, row]));
  expect(byKey.get("constraints.NAME.limit")?.standard).toBe("required");
  expect(byKey.get("algorithm.gaeLambda")?.meaning).toMatch(/only ppo, ppo-lagrangian, a2c/);
  expect(byKey.get("workers")?.allowed).toBe("a whole number >= 1 and <= 256");
});

test("the nearest word forgives case, swaps and beginnings, and guesses nothing far", () => {
  const known = ["learningRate", "minibatchSize", "epochs"];
  expect(nearest("learning_rate", known)).toBe("learningRate");
  expect(nearest("epcohs", known)).toBe("epochs");
  expect(nearest("minibatch", known)).toBe("minibatchSize");
  expect(nearest("zebra", known)).toBeUndefined();
});
