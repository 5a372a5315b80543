/**
 * Closes the loop: a content marketplace asks a server for 100,000 decisions, reports what came of them, and `longview estimate` reads
 * the server's decision log.
 *
 * Bars: the serving policy's estimated value is the mean logged outcome to 1e-6; of a perturbed policy, whose true value at the logged
 * contexts comes from forking the world at each of them, at least 90 of 100 intervals at 95 % hold the truth.
 */
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { rankBatchAnswerSchema, type DecisionLogRow } from "@longview/formats";
import { makeContentMarketplace, type ContentMarketplace } from "@longview/marketplace";
import { openBundlePolicy, SlateDraws, type BundlePolicy } from "@longview/policies";
import { deriveKey, foldIn, rootKey, type RandomKey } from "@longview/statistics";
import { numberOption } from "./measure.ts";
import { Report } from "./row.ts";
import { candidateNames, madeUpPolicy, writeMadeUpBundle } from "./serving/policy-bundle.ts";
import { queryServedLog } from "./serving/served-rows.ts";
import { ServerProcess } from "./serving/server-process.ts";

const OBJECTIVE = "creatorValue";
/** Bounds of one page, by the law of the objective. */
const RANGE = "0,1";
const ATTRIBUTION_SECONDS = 30;
const USERS = 100;
const BATCH = 50;
/** Slates of the perturbed policy that are tried at each context. */
const FORKS = 20;
const command = fileURLToPath(new URL("../apps/trainer/bin/longview.mjs", import.meta.url));

type Decision = Pick<DecisionLogRow, "context" | "candidates"> & {
  readonly row: number;
  readonly places: number[];
};

/** What one world says of the perturbed policy. */
interface WorldTruth {
  readonly decisions: number;
  readonly perturbed: number;
}

/** `--decisions N` (100,000), `--worlds N` (100), `--perturbation S` (0.02). */
export async function run(args: readonly string[]): Promise<number> {
  const report = new Report("serving-loop", args);
  const worlds = numberOption(args, "worlds", 100);
  const decisions = Math.ceil(numberOption(args, "decisions", 100_000) / worlds);
  const perturbation = numberOption(args, "perturbation", 0.02);
  const folder = mkdtempSync(join(tmpdir(), "longview-loop-"));
  const example = makeContentMarketplace({ users: USERS });
  const metrics = { objectives: example.objectiveNames, costs: example.costNames };
  const served = join(folder, "served");
  const other = join(folder, "perturbed");
  await writeMadeUpBundle(served, { policyId: "served", policy: madeUpPolicy("loop", example), ...metrics });
  await writeMadeUpBundle(other, {
    policyId: "perturbed",
    policy: madeUpPolicy("loop", example, perturbation),
    ...metrics,
  });
  const log = join(folder, "log");
  const serve = [
    served,
    "--log",
    log,
    "--rotate-seconds",
    "20",
    "--attribution-seconds",
    String(ATTRIBUTION_SECONDS),
  ];
  const server = await ServerProcess.start(serve);
  const perturbed = await openBundlePolicy(other);
  const truths: WorldTruth[] = [];
  const root = rootKey("loop");
  for (let world = 0; world < worlds; world++)
    truths.push(
      await playWorld(makeContentMarketplace({ users: USERS }), {
        server,
        perturbed,
        world,
        decisions,
        key: foldIn(root, world),
      }),
    );
  await server.stop();
  // A start after the last window has closed completes what the first server had to leave open.
  await new Promise((resolve) => setTimeout(resolve, 1000 * (ATTRIBUTION_SECONDS + 2)));
  await (await ServerProcess.start(serve)).stop();
  const [counted] = await queryServedLog(
    log,
    `SELECT count(*)::DOUBLE AS rows, avg(objectives.${OBJECTIVE}) AS mean, count(*) FILTER (outcomes_complete)::DOUBLE AS complete FROM log`,
  );
  const mean = Number(counted!["mean"]);
  const own = await estimate(filesIn(log), served);
  const off = Math.abs(own.value / mean - 1);
  report.add({
    name: "serving-loop: value of the serving policy, off the mean logged outcome",
    measured: off,
    unit: "relative",
    comparedWith: `${own.value} and ${mean}; ${counted!["rows"]} rows, ${counted!["complete"]} complete, of ${truths.reduce((sum, truth) => sum + truth.decisions, 0)} decisions served`,
    ratio: null,
    bar: "<= 0.000001",
    met: off <= 1e-6 && counted!["rows"] === truths.reduce((sum, truth) => sum + truth.decisions, 0),
  });
  let held = 0;
  let width = 0;
  mkdirSync(join(folder, "worlds"));
  for (const [world, truth] of truths.entries()) {
    const file = join(folder, "worlds", `${world}.parquet`);
    await queryServedLog(
      log,
      `FROM log WHERE unit_id LIKE 'w${world}-%' ORDER BY timestamp, decision_id`,
      file,
    );
    const { lower, upper } = await estimate([file], other);
    if (lower <= truth.perturbed && truth.perturbed <= upper) held++;
    width += (upper - lower) / worlds;
  }
  report.add({
    name: "serving-loop: intervals of the perturbed policy that hold its true value",
    measured: held,
    unit: `of ${worlds}`,
    comparedWith: `truth by forking the world ${FORKS} times at each context; mean width ${width.toFixed(4)}, value ${mean.toFixed(4)}`,
    ratio: null,
    bar: ">= 90 of 100",
    met: held >= 0.9 * worlds,
  });
  rmSync(folder, { recursive: true });
  return report.exitCode;
}

interface WorldPlan {
  readonly server: ServerProcess;
  readonly perturbed: BundlePolicy;
  readonly world: number;
  readonly decisions: number;
  readonly key: RandomKey;
}

/** Lets the server decide in a world, and values the perturbed policy at every context by forks. */
async function playWorld(environment: ContentMarketplace, plan: WorldPlan): Promise<WorldTruth> {
  const { server, perturbed, world, decisions, key } = plan;
  const objective = environment.objectiveNames.indexOf(OBJECTIVE);
  const width = environment.objectiveNames.length;
  environment.reset({ key: deriveKey(key, "environment") });
  let done = 0;
  let sum = 0;
  for (let tick = 0; done < decisions; tick++) {
    const made = decisionsOf(environment).slice(0, decisions - done);
    const answers = await served(server, made, world);
    const before = environment.snapshot();
    const scores = await perturbed.scores(made);
    const draws = new SlateDraws(environment.options.candidates);
    for (let fork = 0; fork < FORKS; fork++) {
      environment.restore(before);
      made.forEach((decision, i) => {
        const groups = perturbed.groups(decision, environment.options.slots);
        const { slate } = draws.draw(
          { groups },
          { kind: "scores", scores: scores[i]! },
          { share: 0, key: foldIn(deriveKey(key, "forks"), tick * FORKS + fork), entity: decision.row },
        );
        write(environment, decision, slate);
      });
      environment.step();
      for (const { row } of made) sum += environment.objectives[row * width + objective]! / FORKS;
    }
    environment.restore(before);
    made.forEach((decision, i) => write(environment, decision, answers[i]!.positions));
    environment.step();
    done += made.length;
    await reported(server, environment, made, answers);
  }
  return { decisions: done, perturbed: sum / done };
}

function decisionsOf(environment: ContentMarketplace): Decision[] {
  const { observation, options, rowCount, active } = environment;
  const count = options.candidates;
  const contextSize = observation.context.length / rowCount;
  const features = observation.candidates.length / rowCount / count;
  const out: Decision[] = [];
  for (let row = 0; row < rowCount; row++) {
    if (active[row] === 0) continue;
    const places = Array.from({ length: count }, (_, place) => place).filter(
      (place) => observation.mask[row * count + place] !== 0,
    );
    if (places.length === 0) continue;
    out.push({
      row,
      places,
      context: Array.from(observation.context.subarray(row * contextSize, (row + 1) * contextSize)),
      candidates: places.map((place) => {
        const start = (row * count + place) * features;
        return {
          item_id: `item-${place}`,
          creator_id: "creator",
          features: Array.from(observation.candidates.subarray(start, start + features)),
        };
      }),
    });
  }
  return out;
}

function write(environment: ContentMarketplace, { row, places }: Decision, slate: ArrayLike<number>): void {
  const { slots } = environment.options;
  for (let slot = 0; slot < slots; slot++)
    environment.action[row * slots + slot] = slot < slate.length ? places[slate[slot]!]! : -1;
}

interface Served {
  readonly decisionId: string;
  readonly positions: readonly number[];
}

async function served(server: ServerProcess, made: readonly Decision[], world: number): Promise<Served[]> {
  const out: Served[] = [];
  for (let start = 0; start < made.length; start += BATCH) {
    const requests = made.slice(start, start + BATCH).map(({ row, context, candidates }) => ({
      unit_id: `w${world}-u${row}`,
      context,
      candidates: {
        features: candidateNames(candidates[0]!.features.length),
        item_ids: candidates.map(({ item_id }) => item_id),
        rows: candidates.map(({ features }) => features),
      },
    }));
    const { status, text } = await server.post("/v1/rank/batch", { requests });
    if (status !== 200) throw new Error(`the server answered ${status}: ${text}`);
    const parsed: unknown = JSON.parse(text);
    for (const answer of rankBatchAnswerSchema.parse(parsed).answers) {
      if ("error" in answer) throw new Error(`the server refused a decision: ${answer.error.message}`);
      out.push({ decisionId: answer.decision_id, positions: answer.positions });
    }
  }
  return out;
}

async function reported(
  server: ServerProcess,
  environment: ContentMarketplace,
  made: readonly Decision[],
  answers: readonly Served[],
): Promise<void> {
  const named = (names: readonly string[], values: Float64Array, row: number): Record<string, number> =>
    Object.fromEntries(names.map((name, k) => [name, values[row * names.length + k]!]));
  const { objectiveNames, costNames, objectives, costs } = environment;
  const feedback = made.map(({ row }, i) => ({
    decision_id: answers[i]!.decisionId,
    objectives: named(objectiveNames, objectives, row),
    costs: named(costNames, costs, row),
  }));
  const { status, text } = await server.post("/v1/feedback", { feedback });
  if (status !== 200) throw new Error(`the server answered ${status} to feedback: ${text}`);
}

const filesIn = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith(".parquet"))
    .toSorted()
    .map((name) => join(folder, name));

/** What `longview estimate` says of a policy by inverse propensities. */
async function estimate(
  files: readonly string[],
  bundle: string,
): Promise<{ readonly value: number; readonly lower: number; readonly upper: number }> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [
      command,
      "estimate",
      "--log",
      ...files,
      "--candidate",
      `bundle:${bundle}`,
      "--range",
      `${OBJECTIVE}=${RANGE}`,
      "--estimators",
      "ips",
      "--json",
    ],
    { maxBuffer: 1 << 26 },
  );
  const { metrics }: { metrics: { candidate: { value: number; lower: number; upper: number } }[] } =
    JSON.parse(stdout);
  return metrics[0]!.candidate;
}
