import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { verdictSchema } from "@longview/formats";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runInProcess } from "./helpers/run-in-process.ts";

const spec = fileURLToPath(new URL("../../../examples/gate-simulated.yaml", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "longview-gate-simulated-"));
const log = join(folder, "log.parquet");

beforeAll(async () => {
  const world = [
    "--environment",
    "marketplace/content-v0",
    "--policy",
    "heuristic",
    "--uniform-mixing",
    "0.5",
  ];
  await runInProcess(["simulate-log", "--out", log, ...world, "--users", "64", "--decisions", "3000"]);
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true }));

test("the example for simulated logs holds every outcome in its bounds, and says that pages are valued by themselves", async () => {
  const out = join(folder, "verdict");
  const asked = ["--log", log, "--candidate", "uniform", "--spec", spec, "--out", out];
  const { code, errors } = await runInProcess(["gate", ...asked]);
  expect(errors).not.toContain("its range is given");
  expect([0, 1, 2]).toContain(code);
  const verdict = verdictSchema.parse(JSON.parse(readFileSync(join(out, "verdict.json"), "utf8")));
  expect(verdict.metrics.map(({ metric }) => metric)).toEqual([
    "userValue",
    "engagement",
    "creatorValue",
    "newCreatorShortfall",
    "integrityHarm",
  ]);
  const horizon = verdict.validity.find(({ id }) => id === "horizon")!;
  expect(horizon.state).toBe("amber");
  expect(horizon.found).toMatch(/^sessions of \d+ decisions on average, each decision valued by itself$/);
}, 60_000);
