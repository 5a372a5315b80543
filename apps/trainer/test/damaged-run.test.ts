import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { lineageSchema, sha256OfFile } from "@longview/formats";
import { createTrainer } from "@longview/policy-gradient";
import { trainingPart } from "../src/evaluation/limits.ts";
import { beginLineage, isFinished } from "../src/run/lineage.ts";
import { loadPolicy, loadRun } from "../src/run/load-run.ts";
import { appendRows, listCheckpoints, runPaths, saveCheckpoint } from "../src/run/run-folder.ts";
import { UsageError } from "../src/exit-codes.ts";
import { restoreToContinue } from "../src/run/restore-checkpoint.ts";
import { lockRun } from "../src/run/run-lock.ts";
import { longview, until } from "./helpers/command.ts";
import type { Outcome } from "./helpers/command.ts";

const LIMIT = 60_000;
let folder = "";
/** A whole run, and the same one as an interrupt after iteration 2 of 4 would leave it. */
const whole = (): string => join(folder, "whole");
const partial = (): string => join(folder, "partial");

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "damaged-"));
  writeFileSync(
    join(folder, "cart.yaml"),
    `environment: { id: CartPole-v1 }
training: { steps: 1024, shards: 1, rowsPerShard: 8, rolloutLength: 32, checkpointEvery: 1 }
policy: { hiddenSizes: [8] }
algorithm: { name: ppo, minibatchSize: 64, epochs: 1 }
evaluation: { episodes: 4 }
logging: { tensorboard: false, report: false }
`,
  );
  const outcome = await longview(["train", "--config", "cart.yaml", "--run-dir", "whole"], folder);
  if (outcome.code !== 0) throw new Error(outcome.errors);
  const { configuration } = await loadRun(whole());
  const paths = runPaths(partial());
  mkdirSync(partial());
  cpSync(join(whole(), "config.yaml"), paths.configuration);
  beginLineage(paths, configuration);
  const trainer = await createTrainer(trainingPart(configuration));
  for (let iteration = 1; iteration <= 2; iteration++) {
    const metrics = await trainer.iterate();
    appendRows(paths, metrics, { iteration, steps: metrics.steps, seconds: 1, decisionsPerSecond: 1 });
    saveCheckpoint(paths, iteration, await trainer.checkpoint());
  }
  await trainer.dispose();
}, LIMIT);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let copies = 0;
function copyOf(run: string): string {
  const copy = join(folder, `copy-${++copies}`);
  cpSync(run, copy, { recursive: true });
  return copy;
}
const resume = (run: string): Promise<Outcome> => longview(["train", "--resume", "--run-dir", run], folder);
const newest = (run: string): string => listCheckpoints(runPaths(run))[0]!.path;
function flip(path: string): void {
  const bytes = readFileSync(path);
  const at = bytes.length - 16;
  bytes[at] = bytes[at]! ^ 64;
  writeFileSync(path, bytes);
}
function contents(run: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(run, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name !== ".lock")
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [path, sha256OfFile(path)]),
  );
}
function expectTheWholeRun(run: string): void {
  for (const file of ["metrics.jsonl", "evaluation.json", join("policy", "policy.onnx")])
    expect(readFileSync(join(run, file)).equals(readFileSync(join(whole(), file))), file).toBe(true);
}
test(
  "comparing an unfinished run does not finish it: resuming trains on to the same bytes",
  async () => {
    const run = copyOf(partial());
    expect((await longview(["evaluate", run], folder)).code).toBe(0);
    const finished = (): string | null =>
      lineageSchema.parse(JSON.parse(readFileSync(join(run, "lineage.json"), "utf8"))).when.finished;
    expect(finished()).toBeNull();
    expect((await resume(run)).code).toBe(0);
    expect(finished()).not.toBeNull();
    expectTheWholeRun(run);
    expect(existsSync(join(run, ".lock"))).toBe(false);
  },
  LIMIT,
);

test(
  "resuming under another configuration ends in 3, says so in one line and touches nothing",
  async () => {
    const run = copyOf(partial());
    const path = join(run, "config.yaml");
    writeFileSync(path, readFileSync(path, "utf8").replace("epochs: 1", "epochs: 2"));
    const before = contents(run);
    const outcome = await resume(run);
    expect(outcome.errors).toMatch(
      /^longview: .*config\.yaml: is not what .*checkpoint was written under; allowed: .*\n$/,
    );
    expect(outcome.code).toBe(3);
    expect(contents(run)).toEqual(before);
  },
  LIMIT,
);

test("when no checkpoint is good, the run is refused and left as it is", async () => {
  const none = copyOf(partial());
  for (const checkpoint of listCheckpoints(runPaths(none))) flip(checkpoint.path);
  const aside = copyOf(partial());
  for (const { path } of listCheckpoints(runPaths(aside))) renameSync(path, `${path}.unreadable`);
  const uncovered = copyOf(partial());
  rmSync(join(uncovered, "metrics.jsonl"));
  const { configuration } = await loadRun(partial());
  const trainer = await createTrainer(trainingPart(configuration));
  const cases: [string, RegExp][] = [
    [none, /no checkpoint is good \(.*damaged or cut short.*\); put a copy back, or train anew/],
    [aside, /no checkpoint is good; put a copy back, or train anew/],
    [uncovered, /metrics\.jsonl has good rows only up to iteration 0/],
  ];
  for (const [run, says] of cases) {
    const before = contents(run);
    const refusal = restoreToContinue(trainer, runPaths(run));
    await expect(refusal).rejects.toBeInstanceOf(UsageError);
    await expect(refusal).rejects.toThrow(says);
    expect(contents(run)).toEqual(before);
  }
  await trainer.dispose();
});

test(
  "a damaged newest checkpoint, or one that the metrics do not reach, gives way to the one before",
  async () => {
    const damaged = copyOf(partial());
    flip(newest(damaged));
    // What compares and exports takes the one before, too, and leaves the folder alone.
    const run = await loadRun(damaged);
    const before = contents(damaged);
    const { decisions, warnings } = await loadPolicy(run);
    expect(decisions).toBe(256);
    expect(warnings).toEqual([
      expect.stringMatching(/0000002\.checkpoint: checkpoint: damaged or cut short.*; took the one before$/),
    ]);
    expect(contents(damaged)).toEqual(before);

    const short = copyOf(partial());
    const metrics = join(short, "metrics.jsonl");
    writeFileSync(metrics, `${readFileSync(metrics, "utf8").split("\n")[0]!}\n{"iteration":2}\n`);
    const trainer = await createTrainer(trainingPart(run.configuration));
    const restored = await restoreToContinue(trainer, runPaths(short));
    expect(restored.warnings).toEqual([
      expect.stringMatching(/metrics\.jsonl has good rows only up to iteration 1; took the one before$/),
    ]);
    expect(trainer.iteration).toBe(1);
    expect(readdirSync(join(short, "checkpoints")).toSorted()).toEqual([
      "0000001.checkpoint",
      "0000002.checkpoint.ahead",
    ]);
    await trainer.dispose();

    const outcome = await resume(damaged);
    expect(outcome.code).toBe(0);
    expect(outcome.out).toContain("; took the one before\n");
    expectTheWholeRun(damaged);
  },
  LIMIT,
);

test("a damaged lineage is named, and what to do about it", async () => {
  const run = copyOf(whole());
  const { configuration, paths } = await loadRun(run);
  expect(isFinished(paths, configuration)).toBe(true);
  for (const text of ["", "{}"]) {
    writeFileSync(paths.lineage, text);
    expect(() => isFinished(paths, configuration)).toThrow(/lineage\.json: is damaged .* or remove it/);
    expect(() => beginLineage(paths, configuration)).toThrow(UsageError);
  }
});

test(
  "one process at a time has a run; the lock of a dead one is taken over",
  async () => {
    const run = copyOf(partial());
    const lock = join(run, ".lock");
    const release = lockRun(run);
    expect(() => lockRun(run)).toThrow(new RegExp(`is in use by process ${process.pid}; wait for it`));
    const outcome = await resume(run);
    expect(outcome.code).toBe(3);
    expect(outcome.errors).toMatch(/^longview: .* is in use by process \d+; .*\n$/);
    release();
    expect(existsSync(lock)).toBe(false);
    // No process has the largest number; a living one that began at another time is not the one that locked.
    const stale = ["4194304 1\n", "", ...(existsSync("/proc/self/stat") ? [`${process.pid} 1\n`] : [])];
    for (const content of stale) {
      writeFileSync(lock, content);
      lockRun(run)();
      expect(readdirSync(run).filter((file) => file.startsWith("."))).toEqual([]);
    }
  },
  LIMIT,
);

test.skipIf(process.platform === "win32")(
  "a second signal, a second after the first, ends a first iteration that takes minutes at once",
  async () => {
    const run = join(folder, "long");
    const sizes = "training={ steps: 100000000, shards: 1, rowsPerShard: 4096, rolloutLength: 4096 }";
    let second = 0n;
    const args = ["train", "--config", "cart.yaml", "--run-dir", run, "--set", sizes];
    const outcome = await longview([...args, "--set", "policy.hiddenSizes=[256,256]"], folder, (child) => {
      const wait = (milliseconds: number): Promise<void> =>
        new Promise((resolve) => setTimeout(resolve, milliseconds));
      void until(() => existsSync(join(run, "lineage.json")))
        .then(() => wait(300))
        .then(() => child.kill("SIGTERM"))
        .then(() => wait(1300))
        .then(() => {
          second = process.hrtime.bigint();
          child.kill("SIGTERM");
        });
    });
    expect(Number(process.hrtime.bigint() - second) / 1e9).toBeLessThan(5);
    // A shell shows a death by SIGINT as 130.
    expect([outcome.code, outcome.signal]).toEqual([null, "SIGINT"]);
    expect(outcome.errors).toBe("");
  },
  LIMIT,
);

test(
  "an empty comparison, or a damaged part of one, is made again with a word",
  async () => {
    const run = copyOf(whole());
    truncateSync(join(run, "evaluation.json"));
    const refused = await longview(["export", run, "--out", join(folder, "none")], folder);
    expect(refused.code).toBe(3);
    expect(refused.errors).toMatch(/^longview: .*evaluation\.json: is damaged; make it again with .*\n$/);
    const outcome = await resume(run);
    expect(outcome.code).toBe(0);
    expect(outcome.out).toContain("evaluation.json: is damaged; comparing again");
    expectTheWholeRun(run);
  },
  LIMIT,
);

test(
  "a reader that goes away (| head -1) does not end the run",
  async () => {
    const run = join(folder, "unheard");
    const args = ["train", "--config", "cart.yaml", "--run-dir", run];
    const outcome = await longview(args, folder, (child) => {
      child.stdout!.once("data", () => child.stdout!.destroy());
    });
    expect(outcome.errors).toBe("");
    expect(outcome.code).toBe(0);
    expectTheWholeRun(run);
  },
  LIMIT,
);
