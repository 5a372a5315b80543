import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";

const BIN = fileURLToPath(new URL("../../bin/longview.mjs", import.meta.url));

export interface Outcome {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly errors: string;
}

/** Runs the command in a child process; `during` sees the process while it runs. */
export function longview(
  args: readonly string[],
  cwd: string,
  during?: (child: ChildProcess) => void,
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [BIN, ...args], {
      cwd,
      env: { ...process.env, NO_COLOR: "1" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let out = "";
    let errors = "";
    child.stdout.on("data", (data: Buffer) => (out += data.toString()));
    child.stderr.on("data", (data: Buffer) => (errors += data.toString()));
    child.on("error", reject);
    child.on("close", (code, signal) => resolve({ code, signal, out, errors }));
    during?.(child);
  });
}

/** Resolves when a condition holds, looking every 5 ms; rejects after 30 s. */
export async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; tries < 6000; tries++) {
    if (condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error("it did not happen within 30 s");
}
