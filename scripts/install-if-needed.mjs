// Plain Node, no dependencies: this runs before anything is installed.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** Why `node_modules` cannot be used as it is, or undefined when it can. */
export function staleReason(root) {
  const lock = join(root, "package-lock.json");
  const installed = join(root, "node_modules", ".package-lock.json");
  if (!existsSync(lock)) return undefined;
  if (!existsSync(installed)) return "nothing is installed yet";
  if (statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return undefined;
  // A checkout touches the lockfile without changing it: only a difference in versions counts.
  const wanted = JSON.parse(readFileSync(lock, "utf8")).packages;
  const present = JSON.parse(readFileSync(installed, "utf8")).packages;
  for (const [path, entry] of Object.entries(wanted)) {
    if (path === "" || entry.optional) continue;
    const found = present[path];
    if (found === undefined) {
      // Workspaces themselves are listed by their links; a platform's binaries may be absent by right.
      if (!path.startsWith("node_modules/") || entry.os || entry.cpu) continue;
      return `${path.replace("node_modules/", "")} is missing`;
    }
    if (found.version !== entry.version) {
      return `${path.replace("node_modules/", "")} is ${found.version}, the lockfile says ${entry.version}`;
    }
  }
  return undefined;
}

/** Runs `npm ci` where `node_modules` is missing or older than the lockfile. Returns npm's exit code. */
export function installIfNeeded(root) {
  const reason = staleReason(root);
  if (reason === undefined) return 0;
  process.stderr.write(
    `longview: ${reason}; installing the exact versions of package-lock.json (npm ci, about half a minute) …\n`,
  );
  const started = process.hrtime.bigint();
  const npm = process.platform === "win32" ? "npm.cmd" : "npm";
  const result = spawnSync(npm, ["ci", "--loglevel=error", "--no-fund", "--no-audit"], {
    cwd: root,
    // npm's own report is of no interest here, and what the caller prints on stdout may be JSON.
    stdio: ["ignore", 2, 2],
    shell: process.platform === "win32",
    env: { ...cleanEnvironment(), ONNXRUNTIME_NODE_INSTALL: "skip" },
  });
  if (result.error) {
    process.stderr.write(`longview: npm could not be started: ${result.error.message}\n`);
    return 70;
  }
  if (result.status !== 0) {
    process.stderr.write(
      `longview: npm ci failed (exit code ${result.status ?? result.signal}); see above\n`,
    );
    return 70;
  }
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  process.stderr.write(`longview: installed in ${seconds.toFixed(0)} s\n`);
  return 0;
}

// Run inside `npm start` or `npx`, npm hands its settings down as variables; some (a prefix, a package to
// call) would make the inner `npm ci` do something else.
function cleanEnvironment() {
  const kept = {};
  for (const [name, value] of Object.entries(process.env)) {
    if (
      /^npm_(config_(prefix|local_prefix|global|package|call|yes|workspace|loglevel)|lifecycle|package_|command)/i.test(
        name,
      )
    )
      continue;
    kept[name] = value;
  }
  return kept;
}
