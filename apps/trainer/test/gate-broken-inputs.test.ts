import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { makeInputs, type BrokenCase } from "./helpers/broken-launch.ts";
import { brokenFiles, brokenMappings, brokenRows } from "./helpers/broken-logs.ts";
import { brokenCandidates, brokenOutputs } from "./helpers/broken-policies.ts";
import { brokenSpecifications } from "./helpers/broken-specifications.ts";
import { contentOf, readerFolders, runInProcess } from "./helpers/run-in-process.ts";

const folder = mkdtempSync(join(tmpdir(), "gate-broken-"));
const given = join(folder, "given");
const results = join(folder, "results");
const temporary = join(folder, "temporary");
for (const path of [results, temporary]) mkdirSync(path);
vi.stubEnv("TMPDIR", temporary);
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

const inputs = await makeInputs(given);
const out = join(results, "out");
const plain = (text: string): string =>
  text
    .replaceAll(`${results}/`, "RESULTS/")
    .replaceAll(`${given}/`, "")
    .replaceAll(given, ".")
    .replaceAll(/\b\d+-(?=log\.|gate\.|columns\.|t\.)/g, "");

async function gate({ log, candidate, spec, more = [], ...attempt }: BrokenCase[1], force: boolean) {
  const { good } = inputs;
  const columns = "columns" in attempt ? attempt.columns : good.columns;
  const files = log === undefined ? [good.log] : typeof log === "string" ? [log] : log;
  return runInProcess([
    "gate",
    "--log",
    ...files,
    ...(columns === undefined ? [] : ["--columns", columns]),
    "--candidate",
    candidate ?? good.candidate,
    "--spec",
    spec ?? good.spec,
    "--out",
    attempt.out ?? out,
    ...more.map((text) => text.replace("RESULTS", results)),
    ...(force ? ["--force"] : []),
  ]);
}

const verdict = join(folder, "verdict");
beforeAll(async () => {
  await gate({ out: verdict }, false);
});

/** Every other case has an earlier verdict at `--out` that it may replace; the others have nothing there. */
let turn = 0;
async function refused([, attempt, ...lines]: BrokenCase): Promise<void> {
  const earlier = turn++ % 2 === 1;
  if (earlier) cpSync(verdict, out, { recursive: true });
  const before = [contentOf(given), contentOf(results)];
  const { code, errors, out: said } = await gate(attempt, earlier);
  const told = plain(errors).split("\n");
  expect(told.pop()).toBe("");
  expect(told).toHaveLength(lines.length);
  lines.forEach((line, k) => {
    if (line.endsWith("…")) expect(told[k]!.slice(0, 9 + line.length)).toBe(`longview: ${line.slice(0, -1)}`);
    else expect(told[k]).toBe(`longview: ${line}`);
  });
  expect(code).toBe(3);
  expect(said).not.toMatch(/SHIP|HOLD|NO-DECISION/);
  expect([contentOf(given), contentOf(results)]).toEqual(before);
  expect(readerFolders()).toEqual([]);
  rmSync(out, { recursive: true, force: true });
}

describe("is refused with 3, one line each that says what, where and what is allowed, and nothing on the disk", () => {
  const tables = {
    file: brokenFiles(inputs),
    row: brokenRows(inputs),
    mapping: brokenMappings(inputs),
    specification: brokenSpecifications(inputs),
    candidate: brokenCandidates(inputs),
    output: brokenOutputs(inputs),
  };
  for (const [kind, cases] of Object.entries(tables))
    for (const found of cases) test(`${kind}: ${found[0]}`, () => refused(found));
});
