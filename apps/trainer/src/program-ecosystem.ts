import type { Command } from "commander";
import type { ScorecardCommandOptions } from "./commands/scorecard.ts";
import { examples, exitCodes } from "./program-help.ts";

/** The commands that look at a whole ecosystem. */
export function ecosystemCommands(program: Command, finish: (code: number) => void): void {
  program
    .command("scorecard")
    .description("Compute the ecosystem's metrics from a decision log, with intervals, and what moved.")
    .argument("<log...>", "decision logs, or a folder (a run, a server's log) that holds .parquet files")
    .option(
      "--columns <file>",
      "which column holds what, YAML (Open Bandit's and Longview's own logs need none)",
    )
    .option("--fields <file>", "what the log's numbers are, YAML, or marketplace/content-v0")
    .option(
      "--windows <windows>",
      "a number of equal parts, or FROM..TO,FROM..TO in days from the first page",
    )
    .option("--segments <segment>", "policy, column:NAME or context:NAME: for mix and rate")
    .option("--exchange-rates <file>", "what the ecosystem's one value is made of, YAML")
    .option("--settings <file>", "thresholds of metrics, YAML")
    .option("--confidence <share>", "of the intervals", "0.95")
    .option("--seed <seed>", "decides which users are left out together", "0")
    .option("--quarantine <file>", "set rows that break the log's contract aside into this file")
    .option("--out <folder>", "where scorecard.json and scorecard.html go")
    .option("--force", "replace an earlier scorecard in --out")
    .option("--json", "print nothing but the report as JSON")
    .addHelpText(
      "after",
      examples("longview scorecard log.parquet --windows 2 --segments policy --out card") + exitCodes,
    )
    .action(async (logs: string[], options: ScorecardCommandOptions) => {
      const { scorecardCommand } = await import("./commands/scorecard.ts");
      finish(await scorecardCommand(logs, options));
    });
}
