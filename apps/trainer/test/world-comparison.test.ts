import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { evaluationSchema, readPolicyBundle } from "@longview/formats";
import { longview } from "./helpers/command.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "worlds-"));
  writeFileSync(
    join(folder, "small.yaml"),
    `environment: { id: marketplace/content-v0, days: 8 }
policy: { hiddenSizes: [16], itemSizes: [16] }
algorithm: { name: ppo-lagrangian, minibatchSize: 64 }
constraints: { integrityHarm: { limit: 0.06 }, newCreatorShortfall: { limit: 0.1 } }
training: { steps: 600, shards: 2, rowsPerShard: 32, rolloutLength: 8 }
evaluation: { worlds: 4, days: 4, tuningTrials: 2, tuningWorlds: 1 }
`,
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("on marketplace worlds one thread and two give the same bytes, every policy is there, and a slate bundle is written", async () => {
  const runs = await Promise.all(
    ["1", "2"].map((workers) =>
      longview(
        ["train", "--config", "small.yaml", "--workers", workers, "--run-dir", `with-${workers}`],
        folder,
      ),
    ),
  );
  for (const run of runs) {
    expect(run.errors).toBe("");
    expect(run.code).toBe(0);
    expect(run.out).toMatch(/trained minus it \[95 %\]/);
    expect(run.out).toMatch(/Oracle: Privileged: .*not proven to be the optimum/);
  }
  for (const file of ["metrics.jsonl", "evaluation.json", "report.html", join("policy", "policy.onnx")])
    expect(
      readFileSync(join(folder, "with-1", file)).equals(readFileSync(join(folder, "with-2", file))),
      file,
    ).toBe(true);

  const evaluation = evaluationSchema.parse(
    JSON.parse(readFileSync(join(folder, "with-1", "evaluation.json"), "utf8")),
  );
  expect(evaluation.policies.map((policy) => policy.name)).toEqual([
    "trained",
    "random",
    "popular",
    "myopic",
    "heuristic",
    "oracle",
  ]);
  const [trained, random] = evaluation.policies;
  expect(trained!.costs["integrityHarm"]?.limit).toBe(0.06);
  expect(random!.daily?.["satisfaction"]).toHaveLength(4);
  expect(random!.differenceToTrained.mean).toBeCloseTo(trained!.value.mean - random!.value.mean, 9);

  const manifest = readPolicyBundle(join(folder, "with-1", "policy"));
  expect(manifest.graph.inputs.map((tensor) => tensor.name)).toEqual(["context", "candidates", "mask"]);
  expect(manifest.graph.outputs.map((tensor) => tensor.name)).toEqual(["scores"]);
  expect(manifest.distribution).toBe("plackett-luce");
  const candidates = manifest.observation["candidates"]!;
  expect(candidates.features).toHaveLength(candidates.shape.at(-1)!);
  expect(candidates.features).toContain("classifierScore");
}, 120_000);
