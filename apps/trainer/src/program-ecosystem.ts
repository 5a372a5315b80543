import type { Command } from "commander";
import type { GapsCommandOptions } from "./commands/gaps.ts";
import type { ScorecardCommandOptions } from "./commands/scorecard.ts";
import { examples, exitCodes } from "./program-help.ts";

/** The commands that look at a whole ecosystem. */
export function ecosystemCommands(program: Command, finish: (code: number) => void): void {
  program
    .command("gaps")
    .description("Find what content is missing, for whom, in which context, and why.")
    .argument("<run-or-log...>", "a run folder, or decision logs in order of time")
    .requiredOption("--out <folder>", "where gaps.html, gaps.json and the briefs go; new or empty")
    .option("--metric <name>", "the outcome that counts as utility (default: the log's first)")
    .option("--items <file>", "CSV of all items: item_id, topic, and numbers that describe them")
    .option("--topic-features <first-last>", "candidate features of which the largest is the topic, from 0")
    .option("--segment <column>", "groups of users: a column, or context.K")
    .option("--context <column>", "situations: a column, or context.K")
    .option("--wanted <column>", "the topic that was asked for")
    .option("--blocked <column>", "candidates that integrity blocked: positions, or true and false")
    .option("--reference <share>", "above which share of items a new one could be", "0.9")
    .option("--margin <utility>", "loss a decision that is no gap (default: 5 % of the best)")
    .option("--false-discovery-rate <share>", "expected share of false ones among those reported", "0.05")
    .option("--briefs <count>", "briefs at most", "20")
    .option("--json", "print one JSON result")
    .addHelpText(
      "after",
      examples(
        "longview gaps runs/main --out gaps",
        "longview gaps log.parquet --items items.csv --segment country --out gaps",
      ) + exitCodes,
    )
    .action(async (inputs: string[], options: GapsCommandOptions) => {
      const { gapsCommand } = await import("./commands/gaps.ts");
      finish(await gapsCommand(inputs, options));
    });

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
