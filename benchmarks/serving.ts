/**
 * Throughput and tail of `POST /v1/rank` on one core, beside a bare Fastify route that parses the same body.
 *
 * 500 candidates × 16 features as rows (about 66 KB), a slate of 10, every decision in the write-ahead log before it is
 * answered. Servers are pinned to the first core, autocannon to another; rounds alternate between the two.
 *
 * Bars: at 32 connections ≥ 50 % of the bare route's answers a second; at 4 connections its p99 ≤ 3 times the bare route's.
 */
import { execFile, spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { rootKey } from "@longview/statistics";
import { z } from "zod";
import { median, numberOption } from "./measure.ts";
import { Report } from "./row.ts";
import { madeUpPolicy, madeUpSpaces, writeMadeUpBundle } from "./serving/policy-bundle.ts";
import { rankRequest } from "./serving/requests.ts";
import { ServerProcess } from "./serving/server-process.ts";

const SIZES = { context: 16, candidates: 500, features: 16, slots: 10 };
const BODIES = 16;
const SERVER_CORE = 0;
const LOAD_CORE = 1;
const THROUGHPUT = 0.5;
const TAIL = 3;

const execute = promisify(execFile);
const fileOf = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const resultSchema = z.object({
  perSecond: z.number(),
  failed: z.number(),
  p50: z.number(),
  p99: z.number(),
});
type Result = z.infer<typeof resultSchema>;

/** `--rounds N` (5), `--seconds N` of one round of one server (5). */
export async function run(args: readonly string[]): Promise<number> {
  const report = new Report("serving", args);
  const rounds = numberOption(args, "rounds", 5);
  const seconds = numberOption(args, "seconds", 5);
  if (availableParallelism() < 2) {
    process.stderr.write("bench serving: needs two cores, one for the server and one for the load\n");
    return 3;
  }
  const folder = mkdtempSync(join(tmpdir(), "longview-serving-"));
  const bundle = join(folder, "bundle");
  await writeMadeUpBundle(bundle, { policyId: "wide", policy: madeUpPolicy("wide", madeUpSpaces(SIZES)) });
  const bodies = writeBodies(folder);
  const bare = await startBare();
  const server = await ServerProcess.start([bundle, "--log", join(folder, "log")], { pinnedTo: SERVER_CORE });
  const urls = { server: `http://127.0.0.1:${server.port}`, bare: bare.url };
  try {
    for (const url of Object.values(urls)) await load(url, { connections: 32, seconds: 3, bodies });
    for (const connections of [32, 4]) {
      const results: Record<keyof typeof urls, Result[]> = { server: [], bare: [] };
      for (let round = 0; round < rounds; round++)
        for (const name of ["bare", "server"] as const)
          results[name].push(await load(urls[name], { connections, seconds, bodies }));
      addRow(report, connections, results);
    }
  } finally {
    await server.stop();
    bare.child.kill();
    rmSync(folder, { recursive: true, force: true });
  }
  return report.exitCode;
}

function addRow(
  report: Report,
  connections: number,
  { server, bare }: Readonly<Record<"server" | "bare", readonly Result[]>>,
): void {
  const of = (results: readonly Result[], figure: keyof Result): number =>
    median(results.map((result) => result[figure]));
  const failed = server.reduce((sum, result) => sum + result.failed, 0);
  const note = (results: readonly Result[]): string =>
    `${of(results, "perSecond").toFixed(0)}/s, p50 ${of(results, "p50").toFixed(2)} ms, p99 ${of(results, "p99").toFixed(2)} ms`;
  const notes = `server ${note(server)}; bare ${note(bare)}; ${failed} failed; medians of ${server.length} interleaved rounds`;
  const share = of(server, "perSecond") / of(bare, "perSecond");
  const tail = of(server, "p99") / of(bare, "p99");
  report.add(
    connections === 32
      ? {
          name: "serving: decisions per second on one core, 32 connections",
          measured: of(server, "perSecond"),
          unit: "decisions/s",
          comparedWith: "a bare Fastify route that parses the same body",
          ratio: share,
          bar: `>= ${THROUGHPUT} of the bare route's`,
          met: failed === 0 && share >= THROUGHPUT,
          note: notes,
        }
      : {
          name: "serving: p99 of a decision, 4 connections",
          measured: of(server, "p99"),
          unit: "ms",
          comparedWith: "a bare Fastify route that parses the same body",
          ratio: tail,
          bar: `<= ${TAIL} times the bare route's`,
          met: failed === 0 && tail <= TAIL,
          note: notes,
        },
  );
}

function writeBodies(folder: string): string[] {
  const key = rootKey("serving");
  return Array.from({ length: BODIES }, (_, number) => {
    const body = rankRequest(key, number, SIZES);
    // Five decimals, as features travel.
    const rows = body.candidates.rows.map((row) => row.map((value) => Number(value.toFixed(5))));
    const file = join(folder, `body-${number}.json`);
    writeFileSync(file, JSON.stringify({ ...body, candidates: { ...body.candidates, rows } }));
    return file;
  });
}

async function startBare(): Promise<{ child: ChildProcess; url: string }> {
  const child = spawn(
    "taskset",
    ["-c", String(SERVER_CORE), process.execPath, "--import", "tsx", fileOf("serving/bare-route.ts")],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.on("data", (text: Buffer) => resolve(text.toString().trim()));
    child.on("error", reject);
    child.on("exit", (code) => reject(new Error(`the bare route ended with ${code}`)));
  });
  return { child, url };
}

async function load(
  url: string,
  { connections, seconds, bodies }: { connections: number; seconds: number; bodies: readonly string[] },
): Promise<Result> {
  const { stdout } = await execute("taskset", [
    "-c",
    String(LOAD_CORE),
    process.execPath,
    fileOf("serving/load.mjs"),
    url,
    String(connections),
    String(seconds),
    ...bodies,
  ]);
  return resultSchema.parse(JSON.parse(stdout));
}
