// Judges both directions of both campaigns of the Open Bandit Dataset: `node examples/open-bandit/run.mjs DATA [OUT]`.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const longview = join(here, "../../scripts/longview.mjs");
const [data, out = "open-bandit-verdicts"] = process.argv.slice(2);

/** A log as published (`men.csv` in a folder a policy), or as the small sample names it, also with gzip. */
function logOf(policy, campaign) {
  const names = [`obd_${policy}_${campaign}.csv`, `${policy}/${campaign}/${campaign}.csv`];
  const paths = names.flatMap((name) => [join(data, name), join(data, `${name}.gz`)]);
  const found = paths.find((path) => existsSync(path));
  if (found === undefined) throw new Error(`${data}: holds none of ${names.join(", ")} (also .gz)`);
  return found;
}

const specOf = (name) => join(here, `${name}.yaml`);

function run(...args) {
  process.stdout.write(`\n$ npx longview ${args.join(" ")}\n`);
  const { status } = spawnSync(process.execPath, [longview, ...args], { stdio: "inherit" });
  if (![0, 1, 2].includes(status)) throw new Error(`longview ${args[0]} ended with ${status}`);
}

/** What a finished verdict says, in the columns of the closing table. */
function tableRow(name) {
  const { verdict, metrics, reasons, weights } = JSON.parse(
    readFileSync(join(out, name, "verdict.json"), "utf8"),
  );
  const number = (value) => (value === null ? "no bound" : Number(value.toPrecision(3)));
  const valid = reasons.every(({ code }) => !code.startsWith("invalid:"));
  const lift = valid ? metrics[0]?.lift : undefined;
  return [
    name,
    verdict,
    lift === undefined
      ? "not evidence"
      : `${number(lift.value)} [${number(lift.lower)}, ${number(lift.upper)}]`,
    Math.round(weights.effectiveSampleSize).toLocaleString("en-US"),
    reasons.map(({ code }) => code).join(", "),
  ];
}

function printTable(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  for (const row of rows)
    process.stdout.write(
      `${row
        .map((cell, column) => cell.padEnd(widths[column]))
        .join("  ")
        .trimEnd()}\n`,
    );
}

if (data === undefined || !existsSync(data)) {
  process.stderr.write(
    "usage: node examples/open-bandit/run.mjs DATA [OUT]\nDATA: a folder with the dataset's logs, OUT: open-bandit-verdicts unless named\n",
  );
  process.exit(3);
}
try {
  mkdirSync(out, { recursive: true });
  const names = [];
  for (const campaign of ["men", "women"]) {
    const [random, bts] = ["random", "bts"].map((policy) => logOf(policy, campaign));
    const table = join(out, `bts-${campaign}.csv`);
    run("item-table", "--log", bts, "--out", table);
    for (const [log, candidate, name] of [
      [random, `table:${table}`, `${campaign}-uniform-to-bts`],
      [bts, "uniform", `${campaign}-bts-to-uniform`],
    ]) {
      run(
        "gate",
        "--log",
        log,
        "--candidate",
        candidate,
        "--spec",
        specOf(name),
        "--out",
        join(out, name),
        "--force",
      );
      names.push(name);
    }
  }
  process.stdout.write("\n");
  printTable([
    ["launch", "verdict", "lift of click", "effective sample size", "reasons"],
    ...names.map(tableRow),
  ]);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 3;
}
