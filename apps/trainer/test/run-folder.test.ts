import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { claimRunFolder, cutBack, listCheckpoints, runPaths, saveCheckpoint } from "../src/run/run-folder.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "run-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("metrics are cut back to the checkpoint, a half-written last line too", () => {
  const path = join(folder, "metrics.jsonl");
  writeFileSync(path, '{"iteration":1}\n{"iteration":2}\n{"iteration":3}\n{"iterat');
  cutBack(path, 5);
  expect(readFileSync(path, "utf8")).toBe('{"iteration":1}\n{"iteration":2}\n{"iteration":3}\n');
  cutBack(path, 2);
  expect(readFileSync(path, "utf8")).toBe('{"iteration":1}\n{"iteration":2}\n');
  cutBack(path, 0);
  expect(readFileSync(path, "utf8")).toBe("");
});

test("the last two checkpoints stay, and one that was being written does not count", () => {
  const paths = runPaths(folder);
  for (const iteration of [5, 10, 100]) saveCheckpoint(paths, iteration, new Uint8Array([iteration]));
  writeFileSync(join(paths.checkpoints, ".0000110.checkpoint.writing"), "");
  expect(listCheckpoints(paths).map((each) => each.iteration)).toEqual([100, 10]);
  expect(readdirSync(paths.checkpoints)).toHaveLength(3);
});

test("a folder that is asked for and exists is refused", () => {
  const path = join(folder, "deep", "run");
  expect(claimRunFolder(path, "x")).toBe(path);
  expect(existsSync(path)).toBe(true);
  expect(() => claimRunFolder(path, "x")).toThrow(
    /exists already; choose another, or continue it with --resume/,
  );
  mkdirSync(join(folder, "other"));
  expect(() => claimRunFolder(join(folder, "other"), "x")).toThrow(/exists already/);
});
