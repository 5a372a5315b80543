/**
 * Draws 20 fixed requests of 6 candidates 50,000 times each through a server in this process, and compares how often each of the
 * 120 slates of 3 was shown with its propensity (chi-squared).
 *
 * Bars: the smallest p-value of the twenty above .001/20; each answered propensity is the policy's own, floor included.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rankBatchAnswerSchema, type RankAnswer } from "@longview/formats";
import { openBundlePolicy } from "@longview/policies";
import { createPolicyServer, type DecisionSink } from "@longview/server";
import { chiSquaredUpperTail, rootKey } from "@longview/statistics";
import { numberOption } from "./measure.ts";
import { Report } from "./row.ts";
import { madeUpPolicy, madeUpSpaces, writeMadeUpBundle } from "./serving/policy-bundle.ts";
import { rankRequest } from "./serving/requests.ts";

const SIZES = { context: 8, candidates: 6, features: 4, slots: 3 };
const REQUESTS = 20;
const FLOOR = 0.05;
const LEVEL = 0.001;
const BATCH = 64;
const LARGEST_DIFFERENCE = 1e-9;

/** Every ordered slate of three of six. */
const SLATES = Array.from({ length: 216 }, (_, i) => [
  Math.floor(i / 36),
  Math.floor(i / 6) % 6,
  i % 6,
]).filter((slate) => new Set(slate).size === 3);

/** Keeps nothing: what is drawn is what is measured. */
function forgetfulLog(): DecisionSink {
  const feedback = { joined: 0, late: 0, duplicate: 0, unknown: 0 };
  return {
    append: (decisions) => ({ ids: decisions.map(() => "forgotten"), written: Promise.resolve() }),
    feedback: () => Promise.resolve([]),
    addMetrics: () => Promise.resolve(),
    addPolicies: () => Promise.resolve(),
    close: () => Promise.resolve(),
    statistics: {
      decisions: 0,
      openSegments: 0,
      files: 0,
      bytes: 0,
      waitingBytes: 0,
      feedback,
      conversions: { done: 0, failed: 0, failure: undefined },
      unreadableSegments: 0,
      failure: undefined,
    },
  };
}

/** `--draws N` of each request (50,000). */
export async function run(args: readonly string[]): Promise<number> {
  const report = new Report("serving-propensities", args);
  const draws = numberOption(args, "draws", 50_000);
  const folder = mkdtempSync(join(tmpdir(), "longview-propensities-"));
  const bundle = join(folder, "bundle");
  await writeMadeUpBundle(bundle, { policyId: "drawn", policy: madeUpPolicy("drawn", madeUpSpaces(SIZES)) });
  const policy = await openBundlePolicy(bundle);
  const server = await createPolicyServer({
    policies: [{ name: "main", folder: bundle, mode: "serve", share: 1, propensityFloor: FLOOR }],
    logFolder: folder,
    log: { attributionSeconds: 1, rotateBytes: 1e6, rotateSeconds: 60, durability: "process" },
    openLog: () => Promise.resolve(forgetfulLog()),
    seed: "propensities",
  });
  const pValues: number[] = [];
  let largest = 0;
  let cells = 0;
  for (let number = 0; number < REQUESTS; number++) {
    const request = rankRequest(rootKey("propensities"), number, SIZES);
    const { item_ids, rows } = request.candidates;
    const decision = {
      context: request.context,
      candidates: item_ids.map((item_id, m) => ({ item_id, features: rows[m]! })),
    };
    const [scores] = await policy.scores([decision]);
    const probabilities = new Map(
      SLATES.map((slate) => {
        const own = Math.exp(policy.logProbability(decision, scores!, slate));
        return [slate.join(), (1 - FLOOR) * own + FLOOR / SLATES.length];
      }),
    );
    const counts = new Map<string, number>();
    for (let drawn = 0; drawn < draws; drawn += BATCH) {
      const requests = Array.from({ length: Math.min(BATCH, draws - drawn) }, () => request);
      const response = await server.fastify.inject({
        method: "POST",
        url: "/v1/rank/batch",
        payload: { requests },
      });
      for (const answer of answersOf(response.json())) {
        const slate = answer.positions.join();
        counts.set(slate, (counts.get(slate) ?? 0) + 1);
        largest = Math.max(largest, Math.abs(answer.slate_propensity / probabilities.get(slate)! - 1));
      }
    }
    const tested = pValueOf(counts, probabilities, draws);
    pValues.push(tested.pValue);
    cells += tested.cells;
  }
  await server.stop();
  await policy.dispose();
  rmSync(folder, { recursive: true, force: true });
  const smallest = Math.min(...pValues);
  report.add({
    name: "serving-propensities: smallest p-value",
    measured: smallest,
    unit: "p",
    comparedWith: "the propensities that were answered",
    ratio: null,
    bar: `> ${LEVEL}/${REQUESTS}`,
    met: smallest > LEVEL / REQUESTS,
    note: `${REQUESTS} requests of ${draws} draws, ${(cells / REQUESTS).toFixed(1)} cells each after those expected below 5 times are put together, floor ${FLOOR}`,
  });
  report.add({
    name: "serving-propensities: largest relative difference of an answered propensity",
    measured: largest,
    unit: "share",
    comparedWith: "the bundle's own probability of the slate, mixed with the uniform policy's",
    ratio: null,
    bar: `<= ${LARGEST_DIFFERENCE}`,
    met: largest <= LARGEST_DIFFERENCE,
  });
  return report.exitCode;
}

function answersOf(body: unknown): RankAnswer[] {
  return rankBatchAnswerSchema.parse(body).answers.map((answer) => {
    if ("error" in answer) throw new Error(answer.error.message);
    return answer;
  });
}

function pValueOf(
  counts: ReadonlyMap<string, number>,
  probabilities: ReadonlyMap<string, number>,
  draws: number,
): { pValue: number; cells: number } {
  const cells: { expected: number; found: number }[] = [];
  const rare = { expected: 0, found: 0 };
  for (const [slate, probability] of probabilities) {
    const cell = { expected: draws * probability, found: counts.get(slate) ?? 0 };
    if (cell.expected >= 5) cells.push(cell);
    else {
      rare.expected += cell.expected;
      rare.found += cell.found;
    }
  }
  if (rare.expected > 0) cells.push(rare);
  const statistic = cells.reduce((sum, { expected, found }) => sum + (found - expected) ** 2 / expected, 0);
  return { pValue: chiSquaredUpperTail(statistic, cells.length - 1), cells: cells.length };
}
