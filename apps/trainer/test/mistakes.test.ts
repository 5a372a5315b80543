import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { evaluateCommand } from "../src/commands/evaluate.ts";
import { exportCommand } from "../src/commands/export.ts";
import { trainCommand } from "../src/commands/train.ts";
import { validateConfiguration } from "../src/configuration/load.ts";
import { applyAssignment, readConfigurationFile } from "../src/configuration/read-source.ts";
import { UsageError } from "../src/exit-codes.ts";
import { claimRunFolder } from "../src/run/run-folder.ts";

const folder = mkdtempSync(join(tmpdir(), "mistakes-"));
const run = join(folder, "run");
const file = join(folder, "file");
const cartPole = { environment: { id: "CartPole-v1" } };
beforeAll(async () => {
  mkdirSync(run);
  writeFileSync(file, "");
  writeFileSync(join(folder, "cart.yaml"), stringify(cartPole));
  writeFileSync(
    join(run, "config.yaml"),
    stringify(await validateConfiguration({ ...cartPole, name: "cart" })),
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const mistake = (act: () => unknown): string => {
  try {
    act();
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
  return "";
};

describe("YAML that only a parser could love is the caller's mistake, in one line", () => {
  const bomb = ["a: &a [1,1,1,1,1,1,1,1,1,1]"];
  for (const [before, name] of ["ab", "bc", "cd", "de"].map((pair) => pair.split("")))
    bomb.push(`${name}: &${name} [${Array.from({ length: 10 }, () => `*${before}`).join(",")}]`);
  test.each([
    ["an alias bomb", bomb.join("\n"), /Excessive alias count/],
    ["an unknown alias", "seed: *nothing", /nothing/],
    ["an anchor that holds itself", "policy: &p { hiddenSizes: *p }", /policy\.hiddenSizes: an alias/],
    ["an unknown tag", "seed: !frob 1", /:1:7: Unresolved tag: !frob/],
    [
      "a key that vanishes",
      "constraints: { __proto__: { limit: 1 } }",
      /constraints\.__proto__: __proto__ c/,
    ],
    ["a key of every object", "constraints: { constructor: { limit: 1 } }", /constraints\.constructor: /],
  ])("%s", (_name, text, expected) => {
    const path = join(folder, "odd.yaml");
    writeFileSync(path, text);
    const message = mistake(() => readConfigurationFile(path));
    expect(message).toMatch(expected);
    expect(message).toContain(path);
    expect(message).not.toContain("\n");
  });

  test("what two aliases share is two things after reading", () => {
    const path = join(folder, "shared.yaml");
    writeFileSync(path, "a: &x { b: 1 }\nc: *x\n");
    const tree = readConfigurationFile(path);
    applyAssignment(tree, "a.b=2");
    expect(tree).toEqual({ a: { b: 2 }, c: { b: 1 } });
  });

  test.each(["constraints.__proto__.limit=1", "a.prototype=1", "constructor=1", "a={ __proto__: 1 }"])(
    "--set %s",
    (assignment) => {
      const place = assignment.startsWith("a={") ? "a.__proto__" : assignment.split("=")[0]!;
      expect(mistake(() => applyAssignment({}, assignment))).toContain(`--set: ${place}: `);
    },
  );
});

describe("a place that cannot be written is named before any work", () => {
  const long = join(folder, "x".repeat(300));
  test.each([join(file, "x"), join(file, "x", "y"), "", "/proc/zz", "/proc/zz/y", long])(
    "--run-dir %j",
    (asked) => {
      expect(mistake(() => claimRunFolder(asked, "name"))).toMatch(/^--run-dir: /);
    },
  );

  test.each([folder, join(file, "x"), "", "/proc/zz", "/proc/zz/y", long])(
    "evaluate --out %j",
    async (out) => {
      await expect(evaluateCommand(run, { set: [], out, json: true })).rejects.toThrow(/^--out: /);
    },
  );

  test.each([file, join(file, "x"), "", "/proc/zz", "/proc/zz/y", long])("export --out %j", async (out) => {
    await expect(exportCommand(run, { out })).rejects.toThrow(/^--out: /);
  });

  test("a good place is left as it was, and a checked one holds nothing", async () => {
    const out = join(folder, "new", "bundle");
    await expect(exportCommand(run, { out })).rejects.toThrow(/has no checkpoint yet/);
    expect(existsSync(out)).toBe(false);
    expect(readdirSync(join(folder, "new"))).toEqual([]);
    expect(existsSync(join("..", ".writing"))).toBe(false);
  });
});

const lagrangian = { algorithm: { name: "ppo-lagrangian" } };
test.each<[string, Record<string, unknown>, RegExp]>([
  ["a limit", { constraints: { harm: { limit: 1e308 } } }, /^constraints\.harm\.limit: found 1e\+308/],
  [
    "a gain",
    { algorithm: { name: "ppo-lagrangian", multiplier: { integralGain: 1e308 } } },
    /integralGain: found 1e\+308/,
  ],
  [
    "a first multiplier",
    { algorithm: { name: "ppo-lagrangian", multiplier: { initial: 5, maximum: 2 } } },
    /^algorithm\.multiplier\.initial: found 5; it must be at most algorithm\.multiplier\.maximum$/,
  ],
  ["a confidence", { evaluation: { confidence: 0.9999 } }, /^evaluation\.confidence: .* <= 0\.999$/],
  [
    "quotas",
    { environment: { id: "marketplace/content-v0", candidates: 10 } },
    /^environment\.retrieval: the quotas topic 9 \+ fresh 3 \+ popular 3 \+ newCreator 3 = 18 .* is 10; set retrieval\.topic/,
  ],
])("%s beyond what can be computed with is refused at the start", async (_name, changes, expected) => {
  await expect(validateConfiguration({ ...cartPole, ...lagrangian, ...changes })).rejects.toThrow(expected);
});

test("a resumed run takes workers within the schema, and a seed that reads the same is the same", async () => {
  const resume = { set: [], resume: true, runDir: run };
  await expect(trainCommand({ ...resume, workers: "1e9" })).rejects.toThrow(
    /^workers: found 1000000000, allowed: a whole number >= 1 and <= 256$/,
  );
  const config = join(folder, "cart.yaml");
  await expect(trainCommand({ ...resume, config, seed: "1", set: ["training.steps=5"] })).rejects.toThrow(
    /^training\.steps: found 5/,
  );
  await expect(trainCommand({ ...resume, config, seed: "2" })).rejects.toThrow(/^seed: found "2"/);
});
