import { createHash } from "node:crypto";
import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../../src/main.ts";

/** What one command line said. */
export interface Told {
  readonly code: number;
  readonly out: string;
  readonly errors: string;
}

/** Runs the command in this process with its two streams caught: one at a time. */
export async function runInProcess(argv: readonly string[]): Promise<Told> {
  const { stdout, stderr } = process;
  const before = { out: stdout.write, errors: stderr.write };
  const told = { out: "", errors: "" };
  const into =
    (stream: keyof typeof told) =>
    (piece: string | Uint8Array): boolean => {
      told[stream] += typeof piece === "string" ? piece : Buffer.from(piece).toString();
      return true;
    };
  stdout.write = into("out");
  stderr.write = into("errors");
  try {
    const code = await run(argv);
    return { code, ...told };
  } finally {
    stdout.write = before.out;
    stderr.write = before.errors;
  }
}

/** Every file of a folder with its bytes' hash, hidden ones too; undefined where there is no folder. */
export function contentOf(folder: string): Record<string, string> | undefined {
  if (!existsSync(folder)) return undefined;
  const found: Record<string, string> = {};
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" }).toSorted()) {
    const path = join(folder, name);
    found[name] = statSync(path).isDirectory()
      ? "folder"
      : createHash("sha256").update(readFileSync(path)).digest("hex");
  }
  return found;
}

/** Folders of log readers under the system's temporary one: none is left when every log is closed. */
export function readerFolders(): string[] {
  return readdirSync(tmpdir()).filter((name) => name.startsWith("longview-log-"));
}
