#!/usr/bin/env node
// Every npm script goes through here, so that each works in a fresh clone: `node scripts/run.mjs COMMAND ARGS…`
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { installIfNeeded } from "./install-if-needed.mjs";
import { runChild } from "./run-child.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const tool = (name) =>
  join(root, "node_modules", ".bin", process.platform === "win32" ? `${name}.cmd` : name);
const node = (args) => runChild(process.execPath, args, { cwd: root });
const run = (name, args, env = {}) =>
  runChild(tool(name), args, { cwd: root, env: { ...process.env, ...env } });

/** `npm start -- ARGS` is `longview train ARGS`; the configuration is examples/main.yaml unless ARGS name another. */
function start(args) {
  const chosen = args.some(
    (argument) => /^(--config|-c)(=|$)/.test(argument) || ["--resume", "--help", "-h"].includes(argument),
  );
  const given = chosen ? args : ["--config", "examples/main.yaml", ...args];
  return node([join(root, "apps", "trainer", "bin", "longview.mjs"), "train", ...given]);
}

async function lint(args) {
  const oxlint = await run("oxlint", ["--type-aware", "--deny-warnings", ...args]);
  const prettier = await run("prettier", ["--check", "--log-level=warn", "."]);
  if (oxlint === 0 && prettier === 0) process.stdout.write("lint and formatting are clean\n");
  return oxlint === 0 ? prettier : oxlint;
}

/** The packages by turbo, which remembers what did not change; the benchmarks are no package. */
async function typecheck(args) {
  const packages = await run("turbo", ["run", "typecheck", ...args], { TURBO_TELEMETRY_DISABLED: "1" });
  return packages === 0 ? run("tsc", ["-p", "benchmarks"]) : packages;
}

const commands = {
  start,
  test: (args) =>
    run("vitest", ["run", "--reporter=default", "--reporter=./scripts/summary-reporter.mjs", ...args]),
  typecheck,
  lint,
  format: (args) => run("prettier", ["--write", "--log-level=warn", ...(args.length > 0 ? args : ["."])]),
  bench: (args) => {
    if (existsSync(join(root, "benchmarks", "run.ts")))
      return node(["--import", "tsx", "benchmarks/run.ts", ...args]);
    process.stderr.write("bench: benchmarks/run.ts is not there\n");
    return Promise.resolve(3);
  },
};

const [name = "", ...args] = process.argv.slice(2);
const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
if (command === undefined) {
  process.stderr.write(
    `run.mjs: there is no command ${JSON.stringify(name)}; allowed: ${Object.keys(commands).join(", ")}\n`,
  );
  process.exitCode = 3;
} else {
  const installed = installIfNeeded(root);
  process.exitCode = installed === 0 ? await command(args) : installed;
}
