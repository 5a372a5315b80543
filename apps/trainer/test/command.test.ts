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
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  evaluationSchema,
  goldenSchema,
  lineageSchema,
  readPolicyBundle,
  sha256OfFile,
} from "@longview/formats";
import { longview, until } from "./helpers/command.ts";

const LIMIT = 60_000;
let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "command-"));
  writeFileSync(
    join(folder, "cart.yaml"),
    `environment: { id: CartPole-v1 }
training: { steps: 4000, rowsPerShard: 8, rolloutLength: 32, checkpointEvery: 2 }
algorithm: { name: ppo, minibatchSize: 64 }
evaluation: { episodes: 8 }
`,
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const read = (...path: string[]): Buffer => readFileSync(join(folder, ...path));

test(
  "help ends in 0, with examples, for the command and each subcommand",
  async () => {
    const all = await Promise.all(
      [[], ["train"], ["evaluate"], ["export"], ["config"]].map((name) =>
        longview([...name, "--help"], folder),
      ),
    );
    for (const outcome of all) {
      expect(outcome.code).toBe(0);
      expect(outcome.out).toContain("Examples:\n  $ npx longview");
      expect(outcome.errors).toBe("");
    }
  },
  LIMIT,
);

test(
  "bad input ends in 3, says it in one line each on standard error, and writes nothing",
  async () => {
    mkdirSync(join(folder, "empty"));
    const empty = join(folder, "empty");
    const config = join(folder, "cart.yaml");
    const cases: [string[], RegExp][] = [
      [
        ["train", "--config", config, "--set", "training.stpes=5"],
        /^longview: training\.stpes: unknown key .*did you mean steps\?.*\n$/,
      ],
      [
        ["train", "--config", config, "--set", "algorithm.minibatchSize=100000"],
        /^longview: algorithm\.minibatchSize: 100000 is more than one rollout collects.*\n$/,
      ],
      [
        [
          "train",
          "--config",
          config,
          "--set",
          "algorithm.name=ppo-lagrangian",
          "--set",
          "constraints.harm.limit=1",
        ],
        /^longview: constraints\.harm: .*no such cost.*\n$/,
      ],
      [["train", "--config", "none.yaml"], /^longview: none\.yaml: no such file.*\n$/],
      [
        [
          "train",
          "--config",
          config,
          "--set",
          "environment={ id: marketplace/content-v0, catalogue: /none.csv }",
        ],
        /^longview: .*catalogue \/none\.csv: cannot be read.*\n$/,
      ],
      [["train"], /^longview: --config: found nothing.*\n$/],
      [["train", "--resume"], /^longview: --resume: which run\?.*\n$/],
      [["train", "--config", config, "--run-dir", empty], /^longview: --run-dir: .* exists already;.*\n$/],
      [["evaluate", "nowhere"], /^longview: nowhere: not a run folder.*\n$/],
      [["frobnicate"], /unknown command/],
      [["train", "--frobnicate"], /unknown option/],
    ];
    const outcomes = await Promise.all(cases.map(([args]) => longview(args, empty)));
    for (const [index, outcome] of outcomes.entries()) {
      expect(outcome.errors, cases[index]![0].join(" ")).toMatch(cases[index]![1]);
      expect(outcome.code, cases[index]![0].join(" ")).toBe(3);
      expect(outcome.out).toBe("");
    }
    expect(readdirSync(empty)).toEqual([]);
  },
  LIMIT,
);

test(
  "the schema is JSON Schema that knows the top-level keys",
  async () => {
    const { code, out } = await longview(["config", "--schema"], folder);
    expect(code).toBe(0);
    const schema = JSON.parse(out) as { properties: Record<string, unknown> };
    expect(Object.keys(schema.properties)).toEqual([
      "name",
      "seed",
      "workers",
      "executor",
      "environment",
      "policy",
      "algorithm",
      "constraints",
      "training",
      "evaluation",
      "logging",
    ]);
  },
  LIMIT,
);

test(
  "a run makes every file, interrupted and killed runs resume to its bytes, and its policy proves itself",
  async () => {
    const whole = await longview(["train", "--config", "cart.yaml", "--json"], folder);
    expect(whole.errors).toBe("");
    expect(whole.code).toBe(0);
    const result = JSON.parse(whole.out) as { status: string; run: string };
    expect(result).toMatchObject({ status: "done", run: join("runs", "cart") });
    const run = join("runs", "cart");

    expect(readdirSync(join(folder, run)).toSorted()).toEqual([
      "checkpoints",
      "config.yaml",
      "evaluation.json",
      "lineage.json",
      "metrics.jsonl",
      "policy",
      "report.html",
      "tensorboard",
      "timing.jsonl",
    ]);
    const evaluation = evaluationSchema.parse(JSON.parse(read(run, "evaluation.json").toString()));
    expect(evaluation.policies.map((policy) => policy.name)).toEqual(["trained", "random"]);
    const lineage = lineageSchema.parse(JSON.parse(read(run, "lineage.json").toString()));
    expect(lineage.when.finished).not.toBeNull();
    for (const output of lineage.outputs)
      expect(sha256OfFile(join(folder, run, output.path))).toBe(output.sha256);
    const clock = /"(seconds|wallTime|when|time)"/;
    expect(read(run, "metrics.jsonl").toString()).not.toMatch(clock);

    // Ctrl-C once rows appear: saved, and says how to go on.
    const stopped = join("runs", "stopped");
    const interrupted = await longview(
      ["train", "--config", "cart.yaml", "--run-dir", stopped],
      folder,
      (child) => {
        void until(() => existsSync(join(folder, stopped, "metrics.jsonl"))).then(() => child.kill("SIGINT"));
      },
    );
    expect(interrupted.code).toBe(130);
    expect(interrupted.out).toContain(`longview train --resume --run-dir ${stopped}`);
    expect(existsSync(join(folder, stopped, "evaluation.json"))).toBe(false);
    // Then killed without warning in the middle of what follows, then left to end.
    await longview(["train", "--resume", "--run-dir", stopped], folder, (child) => {
      const rows = (): number => read(stopped, "metrics.jsonl").toString().split("\n").length;
      const before = rows();
      void until(() => rows() > before + 2).then(() => child.kill("SIGKILL"));
    });
    const resumed = await longview(["train", "--resume", "--run-dir", stopped], folder);
    expect(resumed.code).toBe(0);
    for (const file of [
      "metrics.jsonl",
      "evaluation.json",
      "report.html",
      join("policy", "policy.onnx"),
      join("policy", "golden.json"),
      "config.yaml",
    ])
      expect(read(stopped, file).equals(read(run, file)), file).toBe(true);

    // What is done is not done again; another seed is refused.
    expect((await longview(["train", "--resume", "--run-dir", stopped], folder)).code).toBe(0);
    const other = await longview(
      ["train", "--resume", "--run-dir", stopped, "--config", "cart.yaml", "--seed", "9"],
      folder,
    );
    expect(other.code).toBe(3);
    expect(other.errors).toMatch(
      /^longview: seed: found "9", the run in .* has 1; a resumed run keeps its configuration\n$/,
    );

    // The exported bundle is the run's, and an independent session of its graph gives the golden outputs.
    const exported = await longview(["export", run, "--out", "bundle", "--json"], folder);
    expect(exported.code).toBe(0);
    const manifest = readPolicyBundle(join(folder, "bundle"));
    expect(manifest.files["policy.onnx"]).toBe(
      readPolicyBundle(join(folder, run, "policy")).files["policy.onnx"],
    );
    expect(manifest.observation["observation"]?.features).toEqual([
      "position",
      "velocity",
      "angle",
      "angularVelocity",
    ]);
    const golden = goldenSchema.parse(JSON.parse(read("bundle", "golden.json").toString()));
    expect(golden.requests).toHaveLength(100);
    const { InferenceSession, Tensor } = await import("onnxruntime-node");
    const session = await InferenceSession.create(read("bundle", "policy.onnx"));
    for (const request of golden.requests) {
      const { shape, data } = request.inputs["observation"]!;
      const answer = await session.run({
        observation: new Tensor("float32", Float32Array.from(data), shape),
      });
      const logits = Array.from(answer["logits"]!.data as Float32Array);
      for (const [index, value] of request.outputs["logits"]!.data.entries())
        expect(Math.abs(logits[index]! - value)).toBeLessThanOrEqual(
          golden.tolerance * Math.max(1, Math.abs(value)),
        );
    }

    const again = await longview(["evaluate", run, "--json", "--out", "again.json"], folder);
    expect(again.code).toBe(0);
    expect(read("again.json").equals(read(run, "evaluation.json"))).toBe(true);
  },
  3 * LIMIT,
);
