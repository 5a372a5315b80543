import { Command } from "commander";
import packageInformation from "../package.json" with { type: "json" };
import type { ConfigCommandOptions } from "./commands/config.ts";
import type { EvaluateCommandOptions } from "./commands/evaluate.ts";
import type { ExportCommandOptions } from "./commands/export.ts";
import type { TrainCommandOptions } from "./commands/train.ts";

const collect = (value: string, before: readonly string[]): string[] => [...before, value];
const examples = (...lines: string[]): string =>
  `\nExamples:\n${lines.map((line) => `  $ npx ${line}`).join("\n")}\n`;
const exitCodes = `
Exit codes: 0 done, 3 bad input or usage, 70 internal error, 130 interrupted (saved, and says how to continue).
`;

/**
 * The command line. Every subcommand imports what it needs when it runs, so that help is quick.
 *
 * @param finish - gets the exit code of the subcommand that ran
 */
export function buildProgram(finish: (code: number) => void): Command {
  const program = new Command("longview")
    .description("Trains content-distribution policies for the long-term value of a whole marketplace.")
    .version(packageInformation.version, "--version", "print the version")
    .exitOverride()
    .showHelpAfterError("(longview --help shows what there is)")
    .addHelpText(
      "after",
      examples(
        "longview train --config examples/quick.yaml",
        "longview evaluate runs/quick --out evaluation.json --set evaluation.worlds=48",
        "longview export runs/quick --out quick-policy",
        "longview config --explain",
      ) + exitCodes,
    );

  program
    .command("train")
    .description("Train a policy, compare it with others on worlds nobody saw, and export it.")
    .option("-c, --config <file>", "configuration, YAML or JSON")
    .option(
      "-s, --set <key=value>",
      "set one key by its path; may be given several times",
      collect,
      [] as string[],
    )
    .option("--seed <seed>", "any text or number; wins over the file's")
    .option("--workers <count>", "threads; results are the same bytes for any number")
    .option("--run-dir <folder>", "where the run goes (default: runs/NAME, then NAME-2, NAME-3 …)")
    .option("--resume", "continue the run in --run-dir, or the newest one of --config")
    .option("--json", "print nothing but one JSON result")
    .addHelpText(
      "after",
      examples(
        "longview train --config examples/quick.yaml",
        "longview train --config examples/main.yaml --seed 7 --set training.steps=2000000 --workers 4",
        "longview train --resume --run-dir runs/main",
      ) + exitCodes,
    )
    .action(async (options: TrainCommandOptions) => {
      const { trainCommand } = await import("./commands/train.ts");
      finish(await trainCommand(options));
    });

  program
    .command("evaluate")
    .description("Compare a run's newest policy with the others again.")
    .argument("<run>", "run folder")
    .option("-s, --set <key=value>", "set a key under evaluation; needs --out", collect, [] as string[])
    .option("--workers <count>", "threads; results are the same for any number")
    .option("--out <file>", "where the result goes (default: the run's evaluation.json)")
    .option("--json", "print nothing but the result as JSON")
    .addHelpText(
      "after",
      examples(
        "longview evaluate runs/main",
        "longview evaluate runs/main --set evaluation.worlds=96 --out more-worlds.json",
      ) + exitCodes,
    )
    .action(async (run: string, options: EvaluateCommandOptions) => {
      const { evaluateCommand } = await import("./commands/evaluate.ts");
      finish(await evaluateCommand(run, options));
    });

  program
    .command("export")
    .description("Write a run's newest policy as a bundle that serving reads.")
    .argument("<run>", "run folder")
    .requiredOption("--out <folder>", "the bundle's folder; must not hold anything yet")
    .option("--json", "print one JSON result")
    .addHelpText("after", examples("longview export runs/main --out main-policy") + exitCodes)
    .action(async (run: string, options: ExportCommandOptions) => {
      const { exportCommand } = await import("./commands/export.ts");
      finish(await exportCommand(run, options));
    });

  program
    .command("config")
    .description("Print the configuration's JSON Schema, or a table of every key.")
    .option("--schema", "JSON Schema, for editors and checks")
    .option("--explain", "every key with its default, range and meaning")
    .option("--environment <id>", "of this environment's options instead")
    .option("--json", "the table as JSON")
    .addHelpText(
      "after",
      examples(
        "longview config --explain",
        "longview config --explain --environment marketplace/content-v0",
        "longview config --schema > longview.schema.json",
      ) + exitCodes,
    )
    .action(async (options: ConfigCommandOptions) => {
      const { configCommand } = await import("./commands/config.ts");
      finish(await configCommand(options));
    });

  return program;
}
