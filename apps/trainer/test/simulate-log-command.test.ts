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
import { openDecisionLog, sha256OfFile } from "@longview/formats";
import { simulateLogCommand, type SimulateLogCommandOptions } from "../src/commands/simulate-log.ts";
import { UsageError } from "../src/exit-codes.ts";
import { longview, until } from "./helpers/command.ts";
import { CONTENT, worldOf, writeBundle } from "./helpers/simulation.ts";

const LIMIT = 60_000;
const folder = mkdtempSync(join(tmpdir(), "simulate-log-command-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const contentBundle = join(folder, "content-bundle");
beforeAll(async () => {
  await writeBundle(contentBundle, (await worldOf("marketplace/content-v0", CONTENT, 1)).environment);
});

const command = (options: Partial<SimulateLogCommandOptions>): Promise<number> =>
  simulateLogCommand({
    out: join(folder, "refused.parquet"),
    policy: ["uniform"],
    set: [],
    seed: "1",
    sessions: "3",
    environment: "tabular/chain-v0",
    ...options,
  });

test("what cannot be simulated is refused in one line, and nothing is written", async () => {
  writeFileSync(join(folder, "there.parquet"), "before");
  mkdirSync(join(folder, "no-bundle"));
  const cases: [Partial<SimulateLogCommandOptions>, RegExp][] = [
    [{ environment: "Pendulum-v1" }, /^environment Pendulum-v1: its actions are continuous \(box\)/],
    [{ environment: "tabular/chian-v0" }, /did you mean tabular\/chain-v0/],
    [{ set: ["lenght=5"] }, /options.lenght: no such option, did you mean length\?/],
    [{ options: "{ length: 1 }" }, /options.length/],
    [{ out: join(folder, "there.parquet") }, /^--out: .*there.parquet exists; .*--force/],
    [{ out: join(folder, "log.csv") }, /^--out: .*allowed: a file whose name ends in .parquet/],
    [{ policy: ["unifrom"] }, /^--policy: found "unifrom", allowed: uniform, .*did you mean uniform\?/],
    [{ policy: [] }, /^--policy: found nothing/],
    [{ policy: ["uniform", "uniform"] }, /^--policy: two are called uniform; .*second=uniform/],
    [{ policy: ["popular"] }, /^--policy popular: is a baseline of content marketplaces/],
    [
      { policy: ["popular"], environment: "marketplace/content-v0" },
      /^--policy popular: always shows its best slate.*--uniform-mixing/,
    ],
    [
      { policy: ["popular"], environment: "marketplace/content-v0", uniformMixing: "0.1", temperature: "2" },
      /^--policy popular: .*--temperature is for/,
    ],
    [{ uniformMixing: "1.5" }, /^--uniform-mixing: found "1.5", allowed: a number from 0 to 1/],
    [{ temperature: "0" }, /^--temperature: found "0", allowed: a number above 0/],
    [{ sessions: "0" }, /^--sessions: found "0", allowed: a whole number/],
    [{ decisions: "5" }, /^--decisions: found 5 beside --sessions 3/],
    [{ run: "runs/x" }, /^--environment: found tabular\/chain-v0 beside --run runs\/x/],
    [{ policy: [`bundle:${join(folder, "no-bundle")}`] }, /manifest.json: not found/],
    [{ policy: [`bundle:${contentBundle}`] }, /does not fit: context has 5 numbers, the policy reads/],
    [{ policy: [`run:${join(folder, "no-run")}`] }, /not a run folder/],
  ];
  for (const [options, message] of cases) {
    const error: unknown = await command(options).catch((cause: unknown) => cause);
    expect(error, String(message)).toBeInstanceOf(UsageError);
    const lines = error instanceof UsageError ? error.lines : [];
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(message);
  }
  expect(readFileSync(join(folder, "there.parquet"), "utf8")).toBe("before");
  expect(readdirSync(folder).filter((name) => /refused|writing/.test(name))).toEqual([]);
});

test(
  "the command writes the same bytes again, and says what it wrote",
  async () => {
    const asked =
      "--policy heuristic --uniform-mixing 0.3 --decisions 400 --users 32 --seed 7 --json --environment marketplace/content-v0";
    const args = (out: string): string[] => [
      "simulate-log",
      ...asked.split(" "),
      "--out",
      out,
      "--policy",
      `bundle:${contentBundle}`,
      "--options",
      JSON.stringify(CONTENT),
    ];
    const [one, two] = await Promise.all(
      ["one.parquet", "two.parquet"].map((out) => longview(args(out), folder)),
    );
    expect([one!.code, two!.code]).toEqual([0, 0]);
    expect(one!.errors).toBe("");
    const result: unknown = JSON.parse(one!.out);
    expect(result).toMatchObject({
      status: "done",
      log: "one.parquet",
      decisions: 400,
      sha256: sha256OfFile(join(folder, "one.parquet")),
    });
    expect(sha256OfFile(join(folder, "two.parquet"))).toBe(sha256OfFile(join(folder, "one.parquet")));
    const log = await openDecisionLog({ files: [join(folder, "one.parquet")] });
    expect(log.metrics.join()).toBe(
      "reward,userValue,creatorValue,engagement,integrityHarm,newCreatorShortfall",
    );
    expect(log.policies!.map(({ id }) => id).toSorted()).toEqual([
      "heuristic/uniform=0.3",
      "untrained/uniform=0.3",
    ]);
    log.close();
  },
  LIMIT,
);

test(
  "Ctrl-C ends in 130 and leaves no file",
  async () => {
    const place = mkdtempSync(join(folder, "interrupted-"));
    const args = ["simulate-log", "--out", "log.parquet", "--policy", "uniform", "--decisions", "10000000"];
    const outcome = await longview([...args, "--environment", "marketplace/content-v0"], place, (child) => {
      // The folder that the log is written in: before it a probe has the same name as a file.
      void until(() => existsSync(`${join(place, ".log.parquet.writing")}/.`)).then(() =>
        child.kill("SIGINT"),
      );
    });
    expect(outcome.code).toBe(130);
    expect(outcome.out).toContain("log.parquet was not written");
    expect(readdirSync(place)).toEqual([]);
  },
  LIMIT,
);

test(
  "a run's newest policy decides as its bundle does, to the last byte",
  async () => {
    writeFileSync(
      join(folder, "cart.yaml"),
      `environment: { id: CartPole-v1 }
training: { steps: 256, rowsPerShard: 8, rolloutLength: 32 }
algorithm: { name: ppo, minibatchSize: 64 }
evaluation: { episodes: 8 }
`,
    );
    const trained = await longview(["train", "--config", "cart.yaml", "--run-dir", "run", "--json"], folder);
    expect([trained.code, trained.errors]).toEqual([0, ""]);
    const run = join(folder, "run");
    const args = ["--decisions", "200", "--seed", "3", "--temperature", "2", "--json"];
    const outcomes = await Promise.all(
      [
        ["run.parquet", `run:${run}`],
        ["bundle.parquet", `bundle:${join(run, "policy")}`],
      ].map(([out, policy]) =>
        longview(["simulate-log", "--out", out!, "--policy", policy!, "--run", run, ...args], folder),
      ),
    );
    for (const { code, errors } of outcomes) expect([code, errors]).toEqual([0, ""]);
    expect(sha256OfFile(join(folder, "run.parquet"))).toBe(sha256OfFile(join(folder, "bundle.parquet")));
  },
  LIMIT,
);
