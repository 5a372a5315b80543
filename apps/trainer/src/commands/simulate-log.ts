import { existsSync } from "node:fs";
import { openDecisionLogWriter, sha256OfFile } from "@longview/formats";
import { deriveKey, rootKey } from "@longview/statistics";
import { chooseDisplay } from "../display/choose-display.ts";
import { formatNumber } from "../display/format.ts";
import { EXIT, UsageError } from "../exit-codes.ts";
import { listenForInterrupt } from "../run/interrupt.ts";
import { requireWritableFile } from "../run/output-paths.ts";
import { chooseEnvironment } from "../simulate/choose-environment.ts";
import { createDeciders } from "../simulate/deciders.ts";
import { metricNames } from "../simulate/open-decisions.ts";
import { simulateLog, type LogLength, type SimulatedLog } from "../simulate/simulate-log.ts";
import { simulatedWorld } from "../simulate/simulated-world.ts";

/** The options of `longview simulate-log`. */
export interface SimulateLogCommandOptions {
  readonly out: string;
  readonly run?: string;
  readonly environment?: string;
  readonly options?: string;
  readonly set: readonly string[];
  readonly policy: readonly string[];
  readonly sessions?: string;
  readonly decisions?: string;
  readonly users?: string;
  readonly seed: string;
  readonly uniformMixing?: string;
  readonly temperature?: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

const DEFAULT_ROWS = 128;

/** `longview simulate-log`: plays policies in an environment and writes a decision log. Returns the exit code. */
export async function simulateLogCommand(options: SimulateLogCommandOptions): Promise<number> {
  const { out, policy } = options;
  if (!/\.parquet$/i.test(out))
    throw new UsageError(`--out: found ${JSON.stringify(out)}, allowed: a file whose name ends in .parquet`);
  if (existsSync(out) && options.force !== true)
    throw new UsageError(`--out: ${out} exists; choose another file, or replace it with --force`);
  if (policy.length === 0)
    throw new UsageError("--policy: found nothing, allowed: uniform, bundle:DIR, run:DIR or a baseline");
  const length = lengthOf(options);
  const uniformMixing =
    numberOf("--uniform-mixing", options.uniformMixing, "a number from 0 to 1", (x) => x >= 0 && x <= 1) ?? 0;
  const temperature = numberOf("--temperature", options.temperature, "a number above 0", (x) => x > 0);
  const users = wholeOf("--users", options.users);
  const chosen = await chooseEnvironment(options);
  // Rows of a marketplace are the users of one world; elsewhere rows beyond the sessions would do nothing.
  const shared = chosen.id.startsWith("marketplace/");
  const limit = shared || length.kind === "decisions" ? Infinity : length.count;
  const rows = Math.min(users ?? chosen.rows ?? DEFAULT_ROWS, limit);
  const world = await simulatedWorld(chosen.id, chosen.options, rows);
  const { environment, view } = world;
  const key = deriveKey(rootKey(options.seed), "simulate-log");
  const deciders = await createDeciders(policy, { environment, view, key, uniformMixing, temperature });
  requireWritableFile("--out", out);
  const display = await chooseDisplay(options.json === true, 1);
  const interrupt = listenForInterrupt(display, "nothing will be written");
  const writer = await openDecisionLogWriter(out, metricNames(environment));
  try {
    display.beginStage(`${length.kind} of ${environment.id}`, length.count);
    const made = await simulateLog({
      world,
      deciders,
      length,
      key,
      write: writer.append,
      progress: (done) => display.stageProgress(done),
      stopped: interrupt.stopped,
    });
    display.endStage();
    if (made !== undefined) await writer.close();
    display.close();
    if (made === undefined) {
      process.stdout.write(
        options.json === true
          ? `${JSON.stringify({ status: "interrupted" })}\n`
          : `stopped; ${out} was not written\n`,
      );
      return EXIT.interrupted;
    }
    process.stdout.write(
      options.json === true ? jsonResult(out, environment.id, made) : textResult(out, made),
    );
    return EXIT.done;
  } finally {
    display.close();
    interrupt.release();
    writer.abort();
    for (const decider of deciders) await decider.dispose();
  }
}

function jsonResult(out: string, environment: string, made: SimulatedLog): string {
  return `${JSON.stringify({ status: "done", log: out, sha256: sha256OfFile(out), environment, ...made })}\n`;
}

function textResult(
  out: string,
  { decisions, sessions, units, decisionsByPolicy, means }: SimulatedLog,
): string {
  const lines = [
    `${formatNumber(decisions)} decisions in ${formatNumber(sessions)} sessions of ${formatNumber(units)} units`,
    ...Object.entries(decisionsByPolicy).map(([id, count]) => `  ${id}: ${formatNumber(count)} decisions`),
    `means of a decision: ${Object.entries(means)
      .map(([name, mean]) => `${name} ${formatNumber(mean)}`)
      .join(", ")}`,
    `log ${out}`,
  ];
  return `${lines.join("\n")}\n`;
}

function lengthOf({ sessions, decisions }: SimulateLogCommandOptions): LogLength {
  if (sessions !== undefined && decisions !== undefined)
    throw new UsageError(
      `--decisions: found ${decisions} beside --sessions ${sessions}, allowed: one of the two`,
    );
  const count = wholeOf("--sessions", sessions) ?? wholeOf("--decisions", decisions);
  if (count === undefined)
    throw new UsageError("--sessions: found nothing, allowed: how many, or --decisions with how many");
  return { kind: sessions === undefined ? "decisions" : "sessions", count };
}

function wholeOf(option: string, text: string | undefined): number | undefined {
  return numberOf(
    option,
    text,
    "a whole number from 1 to 1,000,000,000",
    (x) => Number.isInteger(x) && x >= 1 && x <= 1e9,
  );
}

function numberOf(
  option: string,
  text: string | undefined,
  allowed: string,
  accepts: (value: number) => boolean,
): number | undefined {
  if (text === undefined) return undefined;
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (!accepts(value)) throw new UsageError(`${option}: found ${JSON.stringify(text)}, allowed: ${allowed}`);
  return value;
}
