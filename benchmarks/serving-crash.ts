/**
 * Kills a serving process at random moments under load and looks for every decision that it had answered.
 *
 * Bars: each answered decision is in the log once, none twice; a restart takes 2 seconds at most.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rootKey, uniform } from "@longview/statistics";
import { numberOption } from "./measure.ts";
import { Report } from "./row.ts";
import { madeUpPolicy, madeUpSpaces, writeMadeUpBundle } from "./serving/policy-bundle.ts";
import { rankRequest } from "./serving/requests.ts";
import { countsInLog } from "./serving/served-rows.ts";
import { ServerProcess } from "./serving/server-process.ts";

const SIZES = { context: 8, candidates: 20, features: 6, slots: 4 };
const CONNECTIONS = 16;
/** Latest moment of a kill, seconds after the load began. */
const LATEST = 2;

/** `--kills N` (20), `--durability process|disk`. */
export async function run(args: readonly string[]): Promise<number> {
  const report = new Report("serving-crash", args);
  const kills = numberOption(args, "kills", 20);
  const folder = mkdtempSync(join(tmpdir(), "longview-crash-"));
  const bundle = join(folder, "bundle");
  const log = join(folder, "log");
  await writeMadeUpBundle(bundle, {
    policyId: "made-up",
    policy: madeUpPolicy("crash", madeUpSpaces(SIZES)),
  });
  const key = rootKey("crash");
  // Rotation within the time of a run, so that sealing, conversion and deletion are hit as well.
  const serve = [bundle, "--log", log, "--rotate-seconds", "1", "--attribution-seconds", "1"];
  const answered = new Set<string>();
  const restarts: number[] = [];
  let sent = 0;
  for (let kill = 0; kill < kills; kill++) {
    const server = await ServerProcess.start(serve);
    restarts.push(server.secondsToReady);
    const end = performance.now() + 1000 * LATEST * uniform(key, kill, 0);
    let killed: Promise<number | null> | undefined;
    const ask = async (): Promise<void> => {
      while (killed === undefined) {
        const number = sent++;
        const answer = await server.post("/v1/rank", rankRequest(key, number, SIZES)).catch(() => undefined);
        if (answer?.status === 200) answered.add(idOf(answer.text));
        if (answer?.status === 200 && number % 3 === 0)
          await server
            .post("/v1/feedback", { decision_id: idOf(answer.text), objectives: { reward: 1 } })
            .catch(() => undefined);
        if (performance.now() >= end) killed ??= server.stop("SIGKILL");
      }
    };
    await Promise.all(Array.from({ length: CONNECTIONS }, ask));
    await killed;
  }
  const last = await ServerProcess.start(serve);
  restarts.push(last.secondsToReady);
  const code = await last.stop();
  const counts = await countsInLog(log);
  const missing = [...answered].filter((id) => !counts.has(id));
  const twice = [...counts].filter(([, count]) => count > 1);
  report.add({
    name: "serving-crash: answered decisions that the log lacks",
    measured: missing.length,
    unit: `of ${answered.size}`,
    comparedWith: `${kills} SIGKILLs within ${LATEST} s of load by ${CONNECTIONS} connections`,
    ratio: null,
    bar: "0",
    met: missing.length === 0 && answered.size > 0,
  });
  report.add({
    name: "serving-crash: decisions that the log holds twice",
    measured: twice.length,
    unit: `of ${counts.size} in the log`,
    comparedWith: "the same",
    ratio: null,
    bar: "0",
    met: twice.length === 0,
    note: `${counts.size - answered.size + missing.length} more were logged whose answer the kill cut off; last stop ended with ${code}`,
  });
  // The first start finds an empty folder.
  const slowest = Math.max(...restarts.slice(1));
  report.add({
    name: "serving-crash: slowest restart until ready",
    measured: slowest,
    unit: "s",
    comparedWith: `the first start, ${restarts[0]!.toFixed(2)} s`,
    ratio: null,
    bar: "<= 2",
    met: slowest <= 2,
  });
  rmSync(folder, { recursive: true });
  return report.exitCode;
}

function idOf(text: string): string {
  const answer: unknown = JSON.parse(text);
  if (typeof answer === "object" && answer !== null && "decision_id" in answer)
    return String(answer.decision_id);
  throw new Error(`no decision_id in ${text}`);
}
