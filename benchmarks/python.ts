import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Rate } from "./measure.ts";

const execute = promisify(execFile);
/** Debian's own interpreter, which sees python3-torch; another one by LONGVIEW_PYTHON. */
const INTERPRETERS = [process.env["LONGVIEW_PYTHON"], "/usr/bin/python3"];

/** A comparison that cannot be run here: PyTorch is not installed, or runs on a reference BLAS. */
export class Skipped extends Error {
  override readonly name = "Skipped";
}

/**
 * Runs `benchmarks/pytorch/SCRIPT` in its own process on one thread; its one line of JSON.
 *
 * @throws Skipped with the reason the script gives
 */
export async function runPython(script: string, args: readonly string[]): Promise<Record<string, unknown>> {
  const python = INTERPRETERS.find((path) => path !== undefined && existsSync(path));
  if (python === undefined) throw new Skipped("there is no /usr/bin/python3; set LONGVIEW_PYTHON");
  const file = fileURLToPath(new URL(`./pytorch/${script}`, import.meta.url));
  const { stdout } = await execute(python, [file, ...args], {
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: "1" },
  });
  const parsed: unknown = JSON.parse(stdout);
  if (typeof parsed !== "object" || parsed === null) throw new Error(`${script} printed ${stdout}`);
  const result: Record<string, unknown> = { ...parsed };
  if (typeof result["skipped"] === "string") throw new Skipped(result["skipped"]);
  return result;
}

/** The rate that a script printed, as `wall` and `cpu`. */
export function rateIn(result: Readonly<Record<string, unknown>>): Rate {
  const { wall, cpu } = result;
  if (typeof wall !== "number" || typeof cpu !== "number")
    throw new Error("the Python program printed no wall and cpu rates");
  return { wall, cpu };
}
