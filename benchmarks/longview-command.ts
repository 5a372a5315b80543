import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** The checkout's folder. */
export const root = fileURLToPath(new URL("..", import.meta.url));
const command = fileURLToPath(new URL("../apps/trainer/bin/longview.mjs", import.meta.url));

/** How a child ended. `killed`: by us, at the time asked for. */
export interface Ending {
  readonly code: number | null;
  readonly killed: boolean;
  readonly seconds: number;
  /** The last lines it wrote to standard error. */
  readonly error: string;
}

/**
 * Runs `longview ARGS` in its own process, from the checkout's folder.
 *
 * @param killAfter - seconds after which it gets SIGKILL, if it still runs
 */
export function longview(args: readonly string[], killAfter?: number): Promise<Ending> {
  return new Promise((resolve, reject) => {
    const began = performance.now();
    const child = spawn(process.execPath, [command, ...args], {
      cwd: root,
      stdio: ["ignore", "ignore", "pipe"],
    });
    let error = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => (error = (error + text).slice(-2000)));
    let killed = false;
    const timer =
      killAfter === undefined
        ? undefined
        : setTimeout(() => {
            killed = child.kill("SIGKILL");
          }, killAfter * 1000);
    child.on("error", reject);
    child.on("close", (code) => {
      clearTimeout(timer);
      resolve({ code, killed, seconds: (performance.now() - began) / 1000, error: error.trim() });
    });
  });
}
