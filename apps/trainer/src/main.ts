import { CommanderError } from "commander";
import { EXIT, UsageError } from "./exit-codes.ts";
import { buildProgram } from "./program.ts";

/** Errors of the packages that speak of the caller's input; each line of their message stands by itself. */
const BAD_INPUT: readonly string[] = [
  "ConfigurationError",
  "UsageError",
  "DecisionLogError",
  "OffPolicyEvaluationError",
  "GateSpecError",
  "ScorecardError",
];

function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.badInput;
  if (error instanceof UsageError) {
    for (const line of error.lines) process.stderr.write(`longview: ${line}\n`);
    return EXIT.badInput;
  }
  if (error instanceof Error && BAD_INPUT.includes(error.name)) {
    for (const line of error.message.split("\n")) process.stderr.write(`longview: ${line}\n`);
    return EXIT.badInput;
  }
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`longview: internal error: ${message}\n`);
  const stack = stackOf(error);
  if (process.env["LONGVIEW_DEBUG"] !== undefined) process.stderr.write(`${stack}\n`);
  else process.stderr.write("longview: LONGVIEW_DEBUG=1 shows where\n");
  return EXIT.internal;
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return "";
  if (
    "failure" in error &&
    typeof error.failure === "object" &&
    error.failure !== null &&
    "stack" in error.failure
  )
    return String(error.failure.stack);
  return error.stack ?? "";
}

/** Runs one command line, what stood after the command's name. Returns the exit code; whatever goes wrong is told on stderr. */
export async function run(argv: readonly string[]): Promise<number> {
  let exitCode: number = EXIT.done;
  try {
    await buildProgram((code) => {
      exitCode = code;
    }).parseAsync([...argv], { from: "user" });
  } catch (error) {
    exitCode = report(error);
  }
  return exitCode;
}

/** Runs the process's command and sets its exit code. */
export async function main(argv: readonly string[]): Promise<void> {
  // Whatever escapes must not end in 1 or 2: those are verdicts.
  process.on("uncaughtException", (error) => process.exit(report(error)));
  process.on("unhandledRejection", (error) => process.exit(report(error)));
  for (const stream of [process.stdout, process.stderr])
    stream.on("error", (error: NodeJS.ErrnoException) => {
      // The reader of a pipe has gone (`| head -1`): the work goes on, unheard.
      if (error.code !== "EPIPE" && error.code !== "ERR_STREAM_DESTROYED") throw error;
    });
  process.exitCode = await run(argv);
}
