import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openDecisionLog, sha256OfFile } from "@longview/formats";
import { bundleFeatures, openBundlePolicy } from "@longview/policies";
import { UsageError } from "../src/exit-codes.ts";
import { bundlePolicy } from "../src/launch/bundle-policy.ts";
import { CONTENT, GRID, simulate, worldOf, writeBundle, writeLog } from "./helpers/simulation.ts";

const folder = mkdtempSync(join(tmpdir(), "bundle-policy-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const contentBundle = join(folder, "content-bundle");
const gridBundle = join(folder, "grid-bundle");
const contentWorld = () => worldOf("marketplace/content-v0", CONTENT, 32);
const gridWorld = (rows: number) => worldOf("tabular/gridworld-v0", GRID, rows);
beforeAll(async () => {
  await writeBundle(contentBundle, (await contentWorld()).environment, [
    { path: "a", sha256: "0".repeat(64) },
  ]);
  await writeBundle(gridBundle, (await gridWorld(1)).environment);
});

test("a bundle's log gives its propensities back when its policy.onnx scores the rows", async () => {
  const world = await contentWorld();
  for (const uniformMixing of [0, 0.25]) {
    const { rows } = await simulate({
      world,
      policies: [`bundle:${contentBundle}`],
      length: { kind: "decisions", count: 400 },
      uniformMixing,
    });
    expect(rows[0]!.policy_id).toBe(uniformMixing === 0 ? "untrained" : "untrained/uniform=0.25");
    const path = join(folder, `bundle-${uniformMixing}.parquet`);
    await writeLog(path, rows, world.environment);
    const policy = await bundlePolicy(contentBundle);
    const log = await openDecisionLog({ files: [path], carry: policy.carry });
    await policy.prepare(log);
    expect(policy.distribution).toBe(undefined);
    expect(policy.learnedFrom).toEqual([{ path: "a", sha256: "0".repeat(64) }]);
    expect(policy.sha256).toBe(sha256OfFile(join(contentBundle, "manifest.json")));
    let checked = 0;
    for await (const chunk of log.chunks({ rows: 100 })) {
      const probabilities = await policy.probabilityOfLogged(chunk);
      probabilities.forEach((probability, i) => {
        const count = rows[checked++]!.candidates.length;
        const mixed = (1 - uniformMixing) * probability + uniformMixing / (count * (count - 1) * (count - 2));
        expect(Math.abs(mixed / chunk.propensity![i]! - 1)).toBeLessThan(1e-9);
      });
    }
    expect(checked).toBe(400);
    log.close();
  }
});

test("an action policy's distribution over the log's actions sums to 1 and holds the logged probability", async () => {
  const world = await gridWorld(16);
  const { rows } = await simulate({
    world,
    policies: [`bundle:${gridBundle}`],
    length: { kind: "sessions", count: 50 },
  });
  const path = join(folder, "grid.parquet");
  await writeLog(path, rows, world.environment);
  const policy = await bundlePolicy(gridBundle);
  const log = await openDecisionLog({ files: [path], carry: policy.carry });
  await policy.prepare(log);
  expect(log.actions).toEqual(["0", "1", "2", "3"]);
  for await (const chunk of log.chunks()) {
    const distribution = await policy.distribution!(chunk);
    const logged = await policy.probabilityOfLogged(chunk);
    for (let i = 0; i < chunk.rowCount; i++) {
      const own = distribution.subarray(4 * i, 4 * i + 4);
      expect(Math.abs(own.reduce((a, b) => a + b, 0) - 1)).toBeLessThan(1e-12);
      expect(Math.abs(own[chunk.action![i]!]! / logged[i]! - 1)).toBeLessThan(1e-12);
      expect(logged[i]).toBe(chunk.propensity![i]);
    }
  }
  log.close();
  // Items that the reader does not know have no column: their mass is missing.
  const some = rows.filter(({ candidates, slate }) => Number(candidates[slate[0]!]!.item_id) < 2);
  const fewer = join(folder, "fewer.parquet");
  await writeLog(fewer, some, world.environment);
  const fewerLog = await openDecisionLog({ files: [fewer], carry: policy.carry });
  await policy.prepare(fewerLog);
  for await (const chunk of fewerLog.chunks()) {
    const distribution = await policy.distribution!(chunk);
    expect(distribution).toHaveLength(2 * chunk.rowCount);
    expect(distribution[0]! + distribution[1]!).toBeLessThan(0.999);
  }
  fewerLog.close();
});

test("a log that a bundle does not fit is refused in one line that names the row", async () => {
  const world = await gridWorld(4);
  const { rows } = await simulate({ world, policies: ["uniform"], length: { kind: "sessions", count: 4 } });
  const path = join(folder, "unfit.parquet");
  await writeLog(path, rows, world.environment);
  const policy = await bundlePolicy(contentBundle);
  const log = await openDecisionLog({ files: [path], carry: policy.carry });
  await expect(policy.prepare(log)).rejects.toThrow(
    /^bundle:.*content-bundle: .*unfit.parquet row 1: context has 4 numbers, the policy reads \d+$/,
  );
  log.close();
  await expect(bundlePolicy(join(folder, "no-bundle"))).rejects.toThrow(UsageError);
});

test("a policy that reads other features at the same places is refused by their names", async () => {
  const world = await contentWorld();
  const { rows } = await simulate({
    world,
    policies: [`bundle:${contentBundle}`],
    length: { kind: "decisions", count: 20 },
  });
  const path = join(folder, "noted.parquet");
  await writeLog(path, rows, world.environment);
  const policy = await bundlePolicy(contentBundle);
  const log = await openDecisionLog({ files: [path], carry: policy.carry });
  const { context, candidates } = bundleFeatures((await openBundlePolicy(contentBundle)).manifest);
  const noted = (names: readonly string[]) => ({
    ...log,
    policyFeatures: { untrained: { context: [...context], candidates: [...names] } },
  });
  await policy.prepare(noted(candidates));
  await expect(policy.prepare(noted(candidates.toReversed()))).rejects.toThrow(
    `reads ${candidates[0]} where the rows of policy untrained hold ${candidates.at(-1)} (candidates, place 0)`,
  );
  log.close();
});
