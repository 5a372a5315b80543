import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Skipped } from "../python.ts";

const execute = promisify(execFile);
/** Debian's own interpreter, which sees python3-numpy; another one by LONGVIEW_PYTHON. */
const INTERPRETERS = [process.env["LONGVIEW_PYTHON"], "/usr/bin/python3"];

/**
 * Runs `benchmarks/numpy/SCRIPT` in its own process on one thread; the text it printed.
 *
 * @throws Skipped where there is no interpreter
 */
export async function runNumpy(script: string, args: readonly string[]): Promise<string> {
  const python = INTERPRETERS.find((path) => path !== undefined && existsSync(path));
  if (python === undefined) throw new Skipped("there is no /usr/bin/python3; set LONGVIEW_PYTHON");
  const file = fileURLToPath(new URL(`./${script}`, import.meta.url));
  const { stdout } = await execute(python, [file, ...args], {
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: "1" },
  });
  return stdout;
}
