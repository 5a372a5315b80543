import { Command } from "commander";
import packageInformation from "../package.json" with { type: "json" };
import type { ConfigCommandOptions } from "./commands/config.ts";
import type { EstimateCommandOptions } from "./commands/estimate.ts";
import type { EvaluateCommandOptions } from "./commands/evaluate.ts";
import type { ExportCommandOptions } from "./commands/export.ts";
import type { GateCommandOptions } from "./commands/gate.ts";
import type { SimulateCommandOptions } from "./commands/simulate.ts";
import type { SimulateLogCommandOptions } from "./commands/simulate-log.ts";
import type { ItemTableCommandOptions } from "./commands/item-table.ts";
import type { KeysCommandOptions } from "./commands/keys.ts";
import type { ServeCommandOptions } from "./commands/serve.ts";
import type { TrainCommandOptions } from "./commands/train.ts";
import type { VerifyCommandOptions } from "./commands/verify.ts";
import { ecosystemCommands } from "./program-ecosystem.ts";
import { collect, examples, exitCodes } from "./program-help.ts";

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
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, "longview: ")) })
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
    .option("--sign <file>", "sign it with this private key (longview keys makes one)")
    .option(
      "--propensity-floor <share>",
      "share of uniformly random choices that serving mixes in, from 0 to below 1 (default: 0)",
    )
    .option("--json", "print one JSON result")
    .addHelpText(
      "after",
      examples(
        "longview export runs/main --out main-policy",
        "longview export runs/main --out main-policy --sign keys/signing-key.pem --propensity-floor 0.05",
      ) + exitCodes,
    )
    .action(async (run: string, options: ExportCommandOptions) => {
      const { exportCommand } = await import("./commands/export.ts");
      finish(await exportCommand(run, options));
    });

  program
    .command("keys")
    .description("Make a key pair that signs policy bundles.")
    .requiredOption(
      "--out <folder>",
      "where signing-key.pem and signing-key.public.pem go; never replaces them",
    )
    .option("--json", "print one JSON result")
    .addHelpText("after", examples("longview keys --out keys") + exitCodes)
    .action(async (options: KeysCommandOptions) => {
      const { keysCommand } = await import("./commands/keys.ts");
      finish(keysCommand(options));
    });

  program
    .command("verify")
    .description("Check a policy bundle: its files, its manifest, its signature and its golden requests.")
    .argument("<bundle>", "the bundle's folder")
    .option(
      "--key <file>",
      "a public key you trust; then the bundle must be signed by it (may be given several times)",
      collect,
      [] as string[],
    )
    .option("--json", "print one JSON result")
    .addHelpText(
      "after",
      examples(
        "longview verify main-policy",
        "longview verify main-policy --key keys/signing-key.public.pem",
      ) + exitCodes,
    )
    .action(async (bundle: string, options: VerifyCommandOptions) => {
      const { verifyCommand } = await import("./commands/verify.ts");
      finish(await verifyCommand(bundle, options));
    });

  program
    .command("simulate-log")
    .description("Play policies in an environment and write a decision log with exact propensities.")
    .requiredOption("--out <file>", "the log, a .parquet file; one that exists is refused without --force")
    .option(
      "-p, --policy <policy>",
      "[NAME=]uniform, bundle:DIR, run:DIR, or popular, myopic, heuristic, oracle; several split the units",
      collect,
      [] as string[],
    )
    .option("--run <run>", "the environment of this run")
    .option("--environment <id>", "an environment (longview config --explain lists them)")
    .option("--options <options>", "the environment's options: a YAML or JSON file, or {…}")
    .option("-s, --set <key=value>", "set one of the environment's options", collect, [] as string[])
    .option("--sessions <count>", "whole sessions (episodes) to log")
    .option("--decisions <count>", "decisions to log, instead")
    .option("--users <count>", "users (rows) side by side (default: the run's, or 128)")
    .option("--seed <seed>", "any text or number", "0")
    .option("--uniform-mixing <share>", "share of uniformly random slates in every policy, from 0 to 1")
    .option("--temperature <temperature>", "divides the scores of bundles and runs before they are sampled")
    .option("--force", "replace a file that exists")
    .option("--json", "print nothing but one JSON result")
    .addHelpText(
      "after",
      examples(
        "longview simulate-log --out log.parquet --policy run:runs/quick --sessions 2000 --seed 7",
        "longview simulate-log --out log.parquet --environment marketplace/content-v0 --policy heuristic --uniform-mixing 0.3 --decisions 50000",
        "longview simulate-log --out test.parquet --policy control=uniform --policy bundle:runs/quick/policy --sessions 1000",
      ) + exitCodes,
    )
    .action(async (options: SimulateLogCommandOptions) => {
      const { simulateLogCommand } = await import("./commands/simulate-log.ts");
      finish(await simulateLogCommand(options));
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

  simulateCommand(program, finish);
  serveCommand(program, finish);
  launchCommands(program, finish);
  ecosystemCommands(program, finish);
  return program;
}

/** The command that shows what a policy does to a whole marketplace. */
function simulateCommand(program: Command, finish: (code: number) => void): void {
  program
    .command("simulate")
    .description(
      "Run a policy in whole marketplaces: their life day by day, their scorecard, and a page of it.",
    )
    .requiredOption(
      "-p, --policy <policy>",
      "heuristic, random, popular, myopic, oracle, bundle:DIR or run:DIR",
    )
    .option("--against <policy>", "another one, in the same worlds on the same luck: paired differences")
    .option(
      "-w, --world <id>",
      "marketplace/content-v1 or -v0 (default: the one that a bundle or run learned in, else content-v1)",
    )
    .option("-o, --option <key=value>", "set one of the world's options", collect, [] as string[])
    .option("--days <count>", "days to simulate", "60")
    .option("--users <count>", "user slots of a world (default: the run's, or 256)")
    .option("--worlds <count>", "independent worlds, over which intervals are taken", "8")
    .option("--seed <seed>", "any text or number", "0")
    .option("--exchange-rates <file>", "what the ecosystem's one value is made of, YAML")
    .option("--confidence <confidence>", "of every interval", "0.95")
    .option("--workers <count>", "threads; results are the same for any number")
    .option("--out <folder>", "where ecosystem.json and ecosystem.html go")
    .option("--force", "replace an earlier simulation in --out")
    .option("--json", "print nothing but the report as JSON")
    .addHelpText(
      "after",
      examples(
        "longview simulate --policy heuristic --days 60 --worlds 8 --out ecosystem",
        "longview simulate --policy heuristic --against popular --out heuristic-against-popular",
        "longview simulate --policy heuristic --option levers.adLoad=2 --worlds 16 --json",
        "longview simulate --policy run:runs/quick --against heuristic",
      ) + exitCodes,
    )
    .action(async (options: SimulateCommandOptions) => {
      const { simulateCommand: simulate } = await import("./commands/simulate.ts");
      finish(await simulate(options));
    });
}

/** The command that serves policies. */
function serveCommand(program: Command, finish: (code: number) => void): void {
  program
    .command("serve")
    .description("Serve a policy bundle over HTTP, and log each decision with its propensity.")
    .argument("<bundle>", "the bundle's folder; it gets what the canaries leave, by the name of main")
    .option("--host <address>", "where to listen", "127.0.0.1")
    .option("--port <port>", "0 takes any free port and prints it", "8080")
    .option("--log <folder>", "the decision log", "decision-log")
    .option("--floor <share>", "share of uniformly random slates (default: each bundle's own)")
    .option("--canary <name=dir:share>", "a policy that gets a share of the units", collect, [] as string[])
    .option("--shadow <name=dir>", "a policy that ranks and that nobody sees", collect, [] as string[])
    .option("--bundles <folder>", "the only folder from which control calls may load bundles")
    .option("--trust <key.pem>", "a public key; only bundles signed by one of them", collect, [] as string[])
    .option(
      "--token-file <file>",
      "what control calls must bear (default: LONGVIEW_TOKEN; else they are off)",
    )
    .option("--attribution-seconds <seconds>", "how long feedback is waited for", "3600")
    .option("--rotate-seconds <seconds>", "age at which a part of the log is closed", "300")
    .option("--rotate-megabytes <megabytes>", "size at which it is", "64")
    .option("--durability <kind>", "process: survives a crash of it; disk: of the machine too", "process")
    .option("--max-in-flight <requests>", "more at once get 503", "256")
    .option("--seed <seed>", "makes every draw repeat, for tests only")
    .option("--verbose", "log refused requests too")
    .addHelpText(
      "after",
      examples(
        "longview serve runs/main/policy",
        "longview serve bundles/main --canary next=bundles/next:0.05 --shadow bold=bundles/bold",
        "longview serve bundles/main --bundles bundles --trust signing-key.public.pem --token-file token",
      ) + exitCodes,
    )
    .action(async (bundle: string, options: ServeCommandOptions) => {
      const { serveCommand: serve } = await import("./commands/serve.ts");
      finish(await serve(bundle, options));
    });
}

const policyForms = `
A policy C is one of:
  uniform        every possible item (or slate) equally often
  logged         the policy that wrote the log
  bundle:DIR     an exported policy, scored on the log's own contexts and candidates
  column:NAME    a column with its probability of the logged action
  table:CSV      item_id, position, probability
`;
const gateExitCodes = `
Exit codes: 0 SHIP, 1 HOLD, 2 NO-DECISION, 3 bad input or usage, 70 internal error, 130 interrupted.
`;

/** The commands that judge policies on logs. */
function launchCommands(program: Command, finish: (code: number) => void): void {
  program
    .command("gate")
    .description(
      "Judge a launch on the incumbent's logs: SHIP, HOLD or NO-DECISION, with a page to decide on.",
    )
    .requiredOption("--log <files...>", "decision logs in order of time: .parquet, .csv, .jsonl, also .gz")
    .option(
      "--columns <file>",
      "which column holds what, YAML (Open Bandit's and Longview's own logs need none)",
    )
    .requiredOption("--candidate <policy>", "the policy to launch, see below")
    .option(
      "--incumbent <policy>",
      "the policy to beat (default: the specification's, else the one that wrote the log)",
    )
    .requiredOption("--spec <file>", "what is decided and how, YAML, written before the data is looked at")
    .requiredOption("--out <folder>", "where verdict.json and review.html go")
    .option(
      "--quarantine <file>",
      "set rows that break the log's contract aside into this file instead of refusing the log",
    )
    .option("--force", "replace an earlier verdict in --out")
    .option("--json", "print nothing but the verdict as JSON")
    .addHelpText(
      "after",
      policyForms +
        examples(
          "longview gate --log log.parquet --candidate bundle:runs/quick/policy --spec gate.yaml --out verdict",
          "longview gate --log obd_bts_women.csv.gz --candidate uniform --spec examples/open-bandit/women-bts-to-uniform.yaml --out verdict",
        ) +
        gateExitCodes,
    )
    .action(async (options: GateCommandOptions) => {
      const { gateCommand } = await import("./commands/gate.ts");
      finish(await gateCommand(options));
    });

  program
    .command("estimate")
    .description(
      "Estimate what a policy is worth on another's logs, by several estimators, without a verdict.",
    )
    .requiredOption("--log <files...>", "decision logs in order of time: .parquet, .csv, .jsonl, also .gz")
    .option(
      "--columns <file>",
      "which column holds what, YAML (Open Bandit's and Longview's own logs need none)",
    )
    .requiredOption("--candidate <policy>", "the policy to value, see below")
    .option("--incumbent <policy>", "the policy to compare it with", "logged")
    .option(
      "--metric <name>",
      "a metric of the log; may be given several times (default: the first)",
      collect,
      [] as string[],
    )
    .option(
      "--range <metric=least,most>",
      "bounds of a metric's outcomes (default: 0,1 where every one is 0 or 1)",
      collect,
      [] as string[],
    )
    .option("--estimators <names>", "names with commas between, or all", "ips,snips,dr")
    .option("--reward-model <kind>", "auto, linear, logistic or mlp", "auto")
    .option("--confidence <share>", "of the intervals", "0.95")
    .option("--horizon <decisions>", "value sessions over so many decisions", "1")
    .option("--discount-factor <factor>", "per decision of a session", "1")
    .option(
      "--quarantine <file>",
      "set rows that break the log's contract aside into this file instead of refusing the log",
    )
    .option("--out <file>", "write the numbers as JSON")
    .option("--json", "print nothing but the numbers as JSON")
    .addHelpText(
      "after",
      policyForms +
        examples(
          "longview estimate --log obd_random_men.csv.gz --candidate table:bts-men.csv --estimators all",
          "longview estimate --log log.parquet --candidate bundle:runs/quick/policy --range reward=0,10",
        ) +
        exitCodes,
    )
    .action(async (options: EstimateCommandOptions) => {
      const { estimateCommand } = await import("./commands/estimate.ts");
      finish(await estimateCommand(options));
    });

  program
    .command("item-table")
    .description("Write how often a log shows each item at each position, as a candidate's table.")
    .requiredOption("--log <files...>", "decision logs: .parquet, .csv, .jsonl, also .gz")
    .option("--columns <file>", "which column holds what, YAML")
    .requiredOption("--out <file>", "the table: item_id, position, probability")
    .option("--json", "print one JSON result")
    .addHelpText(
      "after",
      examples("longview item-table --log obd_bts_men.csv.gz --out bts-men.csv") + exitCodes,
    )
    .action(async (options: ItemTableCommandOptions) => {
      const { itemTableCommand } = await import("./commands/item-table.ts");
      finish(await itemTableCommand(options));
    });
}
