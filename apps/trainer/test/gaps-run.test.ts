import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createTrainer } from "@longview/policy-gradient";
import { afterAll, expect, test } from "vitest";
import { environmentModules } from "../src/configuration/load.ts";
import { trainingPart } from "../src/evaluation/limits.ts";
import { loadRun } from "../src/run/load-run.ts";
import { runPaths, saveCheckpoint } from "../src/run/run-folder.ts";
import { contentOf, runInProcess } from "./helpers/run-in-process.ts";

const LIMIT = 120_000;
const folder = mkdtempSync(join(tmpdir(), "gaps-run-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A run folder as an interrupt after the first iteration would leave it. */
async function runIn(name: string, environment: string): Promise<string> {
  const paths = runPaths(join(folder, name));
  mkdirSync(paths.folder);
  writeFileSync(
    paths.configuration,
    `name: ${name}
environment: ${environment}
policy: { hiddenSizes: [4], itemSizes: [4] }
algorithm: { name: ppo, minibatchSize: 32, epochs: 1 }
training: { steps: 256, shards: 1, rowsPerShard: 24, rolloutLength: 8 }
evaluation: { worlds: 4, days: 5 }
`,
  );
  const { configuration } = await loadRun(paths.folder);
  const { id } = configuration.environment;
  const trainer = await createTrainer(
    { ...trainingPart(configuration), workers: 1 },
    { environmentModules: environmentModules(id) },
  );
  await trainer.iterate();
  saveCheckpoint(paths, 1, await trainer.checkpoint());
  await trainer.dispose();
  return paths.folder;
}

interface Gaps {
  readonly source: { readonly kind: string; readonly utility: string };
  readonly axes: { readonly topics: string[]; readonly segments: string[]; readonly contexts: string[] };
  readonly cells: { readonly cause: { readonly stages: string[]; readonly label: string } }[];
  readonly limits: string[];
  readonly topicPrices: unknown[];
  readonly briefs: { readonly existing: { readonly attributes: Record<string, number> }[] }[];
}

test.each([
  ["first", "{ id: marketplace/content-v0, topics: 3 }"],
  ["whole", "{ id: marketplace/content-v1, topics: 3 }"],
])(
  "a run in a content world (%s) shows its gaps with their causes, in the same bytes each time",
  async (name, environment) => {
    const run = await runIn(name, environment);
    const before = contentOf(run);
    const [out, again] = [join(folder, `${name}-gaps`), join(folder, `${name}-again`)];
    const told = await runInProcess(["gaps", run, "--out", out]);
    expect(told.code, told.errors).toBe(0);
    expect(told.out).toMatch(/gaps? in \d+ tested cells .* utility exact/);
    const gaps = JSON.parse(readFileSync(join(out, "gaps.json"), "utf8")) as Gaps;
    expect(gaps.source).toMatchObject({ kind: "run", utility: "exact" });
    expect(gaps.axes.topics).toEqual(["topic 0", "topic 1", "topic 2"]);
    expect(gaps.cells.length).toBeGreaterThan(0);
    expect(gaps.topicPrices).toHaveLength(3);
    expect(gaps.limits.join(" ")).toContain("One world of 24 user slots over 5 days");
    // this source tells all four stages apart
    for (const { cause } of gaps.cells) expect(cause.stages, cause.label).toHaveLength(1);
    expect(gaps.briefs.flatMap(({ existing }) => existing)[0]!.attributes).toHaveProperty("quality");
    expect((await runInProcess(["gaps", run, "--out", again])).code).toBe(0);
    expect(contentOf(again)).toEqual(contentOf(out));
    expect(contentOf(run)).toEqual(before);
  },
  LIMIT,
);

test("a run whose policy sets weights or levers is refused in one line", async () => {
  const run = join(folder, "weights");
  mkdirSync(run);
  writeFileSync(
    join(run, "config.yaml"),
    `environment: { id: marketplace/content-v1, actionMode: ranker-weights }
algorithm: { name: ppo }
`,
  );
  const out = join(folder, "weights-gaps");
  const told = await runInProcess(["gaps", run, "--out", out]);
  expect(told).toMatchObject({
    code: 3,
    errors: `longview: ${run}: found a policy of actionMode "ranker-weights", allowed: slate\n`,
  });
  expect(readdirSync(folder)).not.toContain("weights-gaps");
});
