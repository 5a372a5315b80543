/**
 * One policy, five executors, 100,000 random requests: the trainer's inference, the server, plain ONNX Runtime, the TensorFlow.js graph
 * model of the bundle, and NumPy in Python.
 *
 * Bars: trainer, server and ONNX Runtime equal to 1e-6; the others within 2e-5 max(1, |score|).
 */
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { rankBatchAnswerSchema } from "@longview/formats";
import { choiceLogProbability, createPolicyInference } from "@longview/policies";
import { rootKey, uniform } from "@longview/statistics";
import { createExecutor } from "@longview/tensor";
import { numberOption } from "./measure.ts";
import { Report } from "./row.ts";
import { loadBundleGraphModel } from "./serving/bundle-graph-model.ts";
import { madeUpPolicy, madeUpSpaces, writeMadeUpBundle, type MadeUpPolicy } from "./serving/policy-bundle.ts";
import { rankRequest, type RankRequest } from "./serving/requests.ts";
import { ServerProcess } from "./serving/server-process.ts";

const SIZES = { context: 16, candidates: 20, features: 12, slots: 4 };
const BATCH = 64;
const TOLERANCE = 1e-6;
const WIDE_TOLERANCE = 2e-5;

/** Requests with the same number of candidates, side by side. */
interface RequestGroup {
  readonly candidates: number;
  readonly requests: readonly RankRequest[];
  readonly context: Float32Array;
  readonly features: Float32Array;
}

/** `--requests N` (100,000). */
export async function run(args: readonly string[]): Promise<number> {
  const report = new Report("serving-parity", args);
  const count = numberOption(args, "requests", 100_000);
  const folder = mkdtempSync(join(tmpdir(), "longview-parity-"));
  const bundle = join(folder, "bundle");
  const policy = madeUpPolicy("parity", madeUpSpaces(SIZES));
  await writeMadeUpBundle(bundle, { policyId: "made-up", policy });
  const groups = groupsOf(count);
  const reference = await byOnnxRuntime(join(bundle, "policy.onnx"), groups);
  const add = (name: string, worst: number, bar: number, note = ""): void =>
    report.add({
      name: `serving-parity: ${name}`,
      measured: worst,
      unit: bar === TOLERANCE ? "largest difference" : "largest difference / max(1, |score|)",
      comparedWith: `plain ONNX Runtime, ${count} requests of 1 to ${SIZES.candidates} candidates`,
      ratio: null,
      bar: `<= ${bar}`,
      met: worst <= bar,
      ...(note === "" ? {} : { note }),
    });
  add("trainer's inference", worstDifference(reference, await byTrainer(policy, groups)), TOLERANCE);
  add(
    "TensorFlow.js graph model",
    worstRelative(reference, await byTensorFlow(bundle, groups)),
    WIDE_TOLERANCE,
  );
  const python = await byPython(folder, bundle, groups);
  if (typeof python === "string")
    report.add({
      name: "serving-parity: Python",
      measured: null,
      unit: "largest difference / max(1, |score|)",
      comparedWith: "plain ONNX Runtime",
      ratio: null,
      bar: `<= ${WIDE_TOLERANCE}`,
      met: null,
      note: python,
    });
  else add(`Python, ${python.evaluator}`, worstRelative(reference, python.scores), WIDE_TOLERANCE);
  add(
    "server over HTTP, propensities of the slates it drew",
    await byServer(folder, bundle, groups, reference),
    TOLERANCE,
    "difference of joint and position propensities from those of ONNX Runtime's scores",
  );
  rmSync(folder, { recursive: true });
  return report.exitCode;
}

/** All requests, by their number of candidates. */
function groupsOf(count: number): RequestGroup[] {
  const key = rootKey("parity requests");
  const byCandidates = new Map<number, RankRequest[]>();
  for (let number = 0; number < count; number++) {
    const candidates = 1 + Math.floor(uniform(rootKey("parity sizes"), number, 0) * SIZES.candidates);
    const request = rankRequest(key, number, SIZES, candidates);
    const list = byCandidates.get(candidates);
    if (list === undefined) byCandidates.set(candidates, [request]);
    else list.push(request);
  }
  return [...byCandidates].map(([candidates, requests]) => ({
    candidates,
    requests,
    context: Float32Array.from(requests.flatMap(({ context }) => context)),
    features: Float32Array.from(requests.flatMap(({ candidates: { rows } }) => rows.flat())),
  }));
}

/** Rows of one call. */
const CALL = 256;

/** Scores of each group, `[requests, candidates]`, in calls of some rows. */
async function inCalls(
  groups: readonly RequestGroup[],
  call: (group: {
    rows: number;
    candidates: number;
    context: Float32Array;
    features: Float32Array;
  }) => Promise<ArrayLike<number>>,
): Promise<Float32Array[]> {
  const out: Float32Array[] = [];
  for (const { candidates, requests, context, features } of groups) {
    const scores = new Float32Array(requests.length * candidates);
    for (let start = 0; start < requests.length; start += CALL) {
      const rows = Math.min(CALL, requests.length - start);
      const width = candidates * SIZES.features;
      const some = await call({
        rows,
        candidates,
        context: context.subarray(start * SIZES.context, (start + rows) * SIZES.context),
        features: features.subarray(start * width, (start + rows) * width),
      });
      scores.set(some, start * candidates);
    }
    out.push(scores);
  }
  return out;
}

async function byOnnxRuntime(file: string, groups: readonly RequestGroup[]): Promise<Float32Array[]> {
  const session = await InferenceSession.create(file, { intraOpNumThreads: 1 });
  return inCalls(groups, async ({ rows, candidates, context, features }) => {
    const { scores } = await session.run({
      context: new Tensor("float32", context.slice(), [rows, SIZES.context]),
      candidates: new Tensor("float32", features.slice(), [rows, candidates, SIZES.features]),
      mask: new Tensor("bool", new Uint8Array(rows * candidates).fill(1), [rows, candidates]),
    });
    if (!(scores?.data instanceof Float32Array)) throw new Error("policy.onnx: scores are not float32");
    return scores.data;
  });
}

/** The trainer always has all places: those that a request lacks are masked. */
async function byTrainer(policy: MadeUpPolicy, groups: readonly RequestGroup[]): Promise<Float32Array[]> {
  const { model, state, observationClip } = policy;
  const executor = await createExecutor("onnxruntime");
  const inference = await createPolicyInference({ model, executor, rows: CALL, observationClip });
  inference.setPolicy(state);
  const { inputs } = inference;
  return inCalls(groups, async ({ rows, candidates, context, features }) => {
    inputs["context"]!.set(context);
    inputs["mask"]!.fill(0);
    for (let row = 0; row < rows; row++) {
      const own = features.subarray(
        row * candidates * SIZES.features,
        (row + 1) * candidates * SIZES.features,
      );
      inputs["candidates"]!.set(own, row * SIZES.candidates * SIZES.features);
      inputs["mask"]!.fill(1, row * SIZES.candidates, row * SIZES.candidates + candidates);
    }
    const { scores } = await inference.run();
    const out = new Float32Array(rows * candidates);
    for (let row = 0; row < rows; row++)
      out.set(
        scores!.subarray(row * SIZES.candidates, row * SIZES.candidates + candidates),
        row * candidates,
      );
    return out;
  });
}

async function byTensorFlow(bundle: string, groups: readonly RequestGroup[]): Promise<Float32Array[]> {
  const { tf, model } = await loadBundleGraphModel(join(bundle, "tensorflow"));
  return inCalls(groups, async ({ rows, candidates, context, features }) => {
    const scores = tf.tidy(() =>
      model.predict({
        context: tf.tensor(context, [rows, SIZES.context]),
        candidates: tf.tensor(features, [rows, candidates, SIZES.features]),
        mask: tf.ones([rows, candidates], "bool"),
      }),
    );
    if (!(scores instanceof tf.Tensor)) throw new Error("the graph model has more than one output");
    const data = await scores.data();
    scores.dispose();
    return data;
  });
}

const PYTHON = "/usr/bin/python3";

async function byPython(
  folder: string,
  bundle: string,
  groups: readonly RequestGroup[],
): Promise<string | { readonly evaluator: string; readonly scores: Float32Array[] }> {
  const python = process.env["LONGVIEW_PYTHON"] ?? PYTHON;
  if (!existsSync(python)) return `there is no ${python}; set LONGVIEW_PYTHON`;
  groups.forEach(({ context, features }, g) => {
    writeFileSync(join(folder, `context-${g}.f32`), context);
    writeFileSync(join(folder, `candidates-${g}.f32`), features);
  });
  const shapes = groups.map(({ candidates, requests }) => [requests.length, candidates]);
  writeFileSync(join(folder, "shapes.json"), JSON.stringify({ ...SIZES, groups: shapes }));
  const script = fileURLToPath(new URL("./serving/score_requests.py", import.meta.url));
  try {
    const { stdout } = await promisify(execFile)(python, [script, bundle, folder], {
      env: { ...process.env, PYTHONDONTWRITEBYTECODE: "1" },
    });
    const scores = groups.map((_, g) => {
      const bytes = readFileSync(join(folder, `scores-${g}.f32`));
      return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
    });
    return { evaluator: stdout.trim(), scores };
  } catch (cause) {
    return cause instanceof Error ? cause.message.split("\n").slice(-2).join(" ") : String(cause);
  }
}

async function byServer(
  folder: string,
  bundle: string,
  groups: readonly RequestGroup[],
  reference: readonly Float32Array[],
): Promise<number> {
  const server = await ServerProcess.start([bundle, "--log", join(folder, "log")]);
  let worst = 0;
  for (const [g, { requests, candidates }] of groups.entries()) {
    for (let start = 0; start < requests.length; start += BATCH) {
      const some = requests.slice(start, start + BATCH);
      const { status, text } = await server.post("/v1/rank/batch", { requests: some });
      if (status !== 200) throw new Error(`the server answered ${status}: ${text}`);
      const parsed: unknown = JSON.parse(text);
      rankBatchAnswerSchema.parse(parsed).answers.forEach((answer, i) => {
        if ("error" in answer) throw new Error(`the server refused a request: ${answer.error.message}`);
        const at = (start + i) * candidates;
        const scores = Float64Array.from(reference[g]!.subarray(at, at + candidates));
        const expected = choiceLogProbability(scores, answer.positions, [
          { first: 0, candidates, slots: SIZES.slots },
        ]);
        worst = Math.max(worst, Math.abs(Math.exp(expected.joint) - answer.slate_propensity));
        answer.position_propensities.forEach((propensity, slot) => {
          worst = Math.max(worst, Math.abs(Math.exp(expected.positions[slot]!) - propensity));
        });
      });
    }
  }
  await server.stop();
  return worst;
}

function worstDifference(expected: readonly Float32Array[], found: readonly Float32Array[]): number {
  return largest(expected, found, (a, b) => Math.abs(a - b));
}

function worstRelative(expected: readonly Float32Array[], found: readonly Float32Array[]): number {
  return largest(expected, found, (a, b) => Math.abs(a - b) / Math.max(1, Math.abs(a)));
}

function largest(
  expected: readonly Float32Array[],
  found: readonly Float32Array[],
  distance: (a: number, b: number) => number,
): number {
  let worst = 0;
  expected.forEach((scores, g) =>
    scores.forEach((score, i) => {
      const other = found[g]![i]!;
      // A number that is missing or none is no small difference.
      worst = Number.isFinite(other) ? Math.max(worst, distance(score, other)) : Infinity;
    }),
  );
  return worst;
}
