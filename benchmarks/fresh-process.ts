import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const execute = promisify(execFile);
const runner = fileURLToPath(new URL("./run.ts", import.meta.url));

/** Runs a benchmark's own `--child` part in a fresh process, as `npm run bench` would; what it printed. */
export async function runChild(benchmark: string, args: readonly string[]): Promise<string> {
  const { stdout } = await execute(
    process.execPath,
    ["--import", "tsx", runner, benchmark, "--child", ...args],
    {
      maxBuffer: 1 << 24,
    },
  );
  return stdout;
}

/** Largest resident memory of this process so far, in bytes: VmHWM. */
export function peakMemory(): number {
  const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1];
  if (kilobytes === undefined) throw new Error("/proc/self/status names no VmHWM");
  return Number(kilobytes) * 1024;
}
