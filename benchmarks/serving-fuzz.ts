/**
 * Sends 20,000 mutated bodies to every route of a server.
 *
 * Bars: never a 500, never a crash, memory flat.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { foldIn, rootKey, uniform } from "@longview/statistics";
import { median, numberOption } from "./measure.ts";
import { Report } from "./row.ts";
import { mutated, type Draw } from "./serving/mutations.ts";
import { madeUpPolicy, madeUpSpaces, writeMadeUpBundle } from "./serving/policy-bundle.ts";
import { rankRequest } from "./serving/requests.ts";
import { ServerProcess, type Answer } from "./serving/server-process.ts";

const SIZES = { context: 4, candidates: 10, features: 3, slots: 3 };
const TOKEN = "a-token-for-measurements";
const CONNECTIONS = 8;
const LARGEST_GROWTH = 1.15;

/** Routes with a body that each of them takes. */
function validRequests(number: number, decisionId: string): readonly [string, string, unknown][] {
  const rank = rankRequest(rootKey("fuzz"), number, SIZES);
  const { item_ids, rows } = rank.candidates;
  const named = item_ids.map((item_id, i) => ({
    item_id,
    features: Object.fromEntries(rows[i]!.map((value, at) => [`item${at}`, value])),
  }));
  return [
    ["POST", "/v1/rank", rank],
    ["POST", "/v1/rank", { ...rank, candidates: named, seed: "s", session_id: "a", step: 1 }],
    ["POST", "/v1/rank/batch", { requests: [rank, { ...rank, mode: "greedy" }] }],
    ["POST", "/v1/feedback", { decision_id: decisionId, objectives: { reward: 1 }, costs: { harm: 0 } }],
    ["POST", "/v1/feedback", { feedback: [{ decision_id: decisionId, objectives: { reward: 0.5 } }] }],
    ["PUT", "/v1/policy", { policies: [{ name: "live", bundle: "bundle", share: 1, mode: "serve" }] }],
    ["POST", "/v1/policy/rollback", {}],
    ["PUT", "/v1/blocklist", { item_ids: ["a"], creator_ids: [] }],
    ["GET", "/v1/status", undefined],
    ["GET", "/v1/policy", undefined],
    ["GET", "/metrics", undefined],
    ["GET", "/healthz", undefined],
    ["GET", "/readyz", undefined],
    ["GET", "/docs/json", undefined],
    ["GET", "/", undefined],
    ["DELETE", "/v1/rank", undefined],
    ["POST", "/v1/nothing", {}],
  ];
}

/** `--bodies N` (20,000), `--seed TEXT`. */
export async function run(args: readonly string[]): Promise<number> {
  const report = new Report("serving-fuzz", args);
  const bodies = numberOption(args, "bodies", 20_000);
  const folder = mkdtempSync(join(tmpdir(), "longview-fuzz-"));
  await writeMadeUpBundle(join(folder, "bundles", "bundle"), {
    policyId: "made-up",
    policy: madeUpPolicy("fuzz", madeUpSpaces(SIZES)),
  });
  const server = await ServerProcess.start(
    [join(folder, "bundles", "bundle"), "--bundles", join(folder, "bundles"), "--log", join(folder, "log")],
    { environment: { LONGVIEW_TOKEN: TOKEN } },
  );
  const root = rootKey("mutations");
  const statuses = new Map<number, number>();
  const internal: string[] = [];
  const leaks: string[] = [];
  const memory: number[] = [];
  let broken = 0;
  let sent = 0;
  const ask = async (): Promise<void> => {
    while (sent < bodies) {
      const number = sent++;
      let drawn = 0;
      const key = foldIn(root, number);
      const draw: Draw = () => uniform(key, 0, drawn++);
      const requests = validRequests(number, `000000000000-1-${number}`);
      const [method, path, body] = requests[Math.floor(draw() * requests.length)]!;
      const text = body === undefined ? undefined : mutated(body, draw);
      // Every tenth without the token, every tenth as another type.
      const headers = {
        ...(draw() < 0.9 ? { authorization: `Bearer ${TOKEN}` } : {}),
        ...(draw() < 0.1 ? { "content-type": "text/plain" } : {}),
      };
      let answer: Answer;
      try {
        answer = await server.send(method, path, text, headers);
      } catch {
        // A connection may be closed on a request that is refused before it is read; a dead server refuses the next one too.
        broken++;
        continue;
      }
      const { status } = answer;
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      if (status >= 500 && status !== 503)
        internal.push(`${method} ${path} ${status} ${answer.text.slice(0, 200)}`);
      if (status >= 400 && /node_modules|\/src\/|\.ts:\d|at .+ \(/.test(answer.text))
        leaks.push(answer.text.slice(0, 200));
      if (number % 250 === 0) memory.push(residentMebibytes(server.pid));
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, ask));
  const alive = (await server.get("/readyz").catch(() => undefined))?.status === 200;
  const code = await server.stop();
  rmSync(folder, { recursive: true });
  const counts = [...statuses].sort(([a], [b]) => a - b).map(([status, count]) => `${status}: ${count}`);
  report.add({
    name: "serving-fuzz: answers that say internal error",
    measured: internal.length,
    unit: `of ${bodies}`,
    comparedWith: `statuses ${counts.join(", ")}; ${broken} connections closed`,
    ratio: null,
    bar: "0",
    met: internal.length === 0 && leaks.length === 0,
    ...(internal.length + leaks.length === 0
      ? {}
      : { note: [...internal, ...leaks].slice(0, 3).join(" | ") }),
  });
  report.add({
    name: "serving-fuzz: alive afterwards and stopped in order",
    measured: alive && code === 0 ? 1 : 0,
    unit: "1: yes",
    comparedWith: `exit code ${code}`,
    ratio: null,
    bar: "1",
    met: alive && code === 0,
  });
  const half = memory.length >> 1;
  const early = median(memory.slice(Math.floor(half / 2), half));
  const late = median(memory.slice(-Math.floor(half / 2)));
  report.add({
    name: "serving-fuzz: memory of the last quarter over the second",
    measured: late,
    unit: "MiB resident, median",
    comparedWith: `${early.toFixed(0)} MiB`,
    ratio: late / early,
    bar: `<= ${LARGEST_GROWTH}`,
    met: late / early <= LARGEST_GROWTH,
  });
  return report.exitCode;
}

function residentMebibytes(pid: number): number {
  const found = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
  return Number(found?.[1] ?? 0) / 1024;
}
