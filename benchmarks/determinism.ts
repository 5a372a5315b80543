import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { rootKey, uniform } from "@longview/statistics";
import { longview, root } from "./longview-command.ts";
import { numberOption, textOption } from "./measure.ts";
import { Report } from "./row.ts";

const FILES = ["metrics.jsonl", "evaluation.json", join("policy", "policy.onnx")];
const KILLS = 3;

function hashes(folder: string): string[] {
  return FILES.map((file) =>
    createHash("sha256")
      .update(readFileSync(join(folder, file)))
      .digest("hex"),
  );
}

/**
 * `npm run bench -- determinism [--config examples/quick.yaml] [--seed 1] [--kill-seed 1]`: one run with one worker, one
 * with two, and one with two that is killed (SIGKILL) at three random moments and resumed. Their files must be equal.
 */
export async function run(args: readonly string[]): Promise<number> {
  const report = new Report("determinism", args);
  const config = join(root, textOption(args, "config") ?? "examples/quick.yaml");
  const seed = String(numberOption(args, "seed", 1));
  const killKey = rootKey(numberOption(args, "kill-seed", 1));
  const folder = join(root, textOption(args, "folder") ?? "runs/benchmarks/determinism");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const train = async (name: string, workers: number, killAfter?: number) => {
    const runFolder = join(folder, name);
    const resume = existsSync(runFolder) ? ["--resume"] : [];
    const ending = await longview(
      [
        "train",
        "--config",
        config,
        "--seed",
        seed,
        "--workers",
        String(workers),
        "--run-dir",
        runFolder,
        ...resume,
        "--json",
      ],
      killAfter,
    );
    if (!ending.killed && ending.code !== 0)
      throw new Error(`the run ${name} ended with ${ending.code}: ${ending.error}`);
    return { ...ending, runFolder };
  };
  const one = await train("one-worker", 1);
  const two = await train("two-workers", 2);
  const moments: string[] = [];
  for (let kill = 0; kill < KILLS; kill++) {
    // Three thirds of an undisturbed run, one random moment in each, so that training and evaluation are both hit.
    const after = (two.seconds / KILLS) * uniform(killKey, kill, 0) + (kill > 0 ? two.seconds / KILLS : 1);
    const { killed, seconds } = await train("killed", 2, after);
    moments.push(killed ? `${seconds.toFixed(1)} s` : "not killed: it had ended");
  }
  const last = await train("killed", 2);
  const expected = hashes(one.runFolder);
  for (const [name, { runFolder }, note] of [
    ["two workers against one", two, undefined],
    [
      `killed ${KILLS} times and resumed, against one worker undisturbed`,
      last,
      `killed after ${moments.join(", ")}`,
    ],
  ] as const) {
    const found = hashes(runFolder);
    FILES.forEach((file, i) => {
      const same = found[i] === expected[i];
      report.add({
        name: `${name}: ${file}`,
        measured: same ? 1 : 0,
        unit: "equal bytes (1) or not (0)",
        comparedWith: `sha256 ${expected[i]!.slice(0, 16)}…, found ${found[i]!.slice(0, 16)}…`,
        ratio: null,
        bar: "equal",
        met: same,
        ...(note === undefined ? {} : { note }),
      });
    });
  }
  return report.exitCode;
}
