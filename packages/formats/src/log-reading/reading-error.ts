import { DecisionLogError } from "./decision-log-error.ts";
import { oneLine } from "./sql.ts";

/**
 * The error to throw for what a reading ended in: one line for a file that breaks while it is read; anything that is
 * not the file's fault (memory, disk, the program) as it is.
 */
export function readingError(cause: unknown, files: readonly string[]): unknown {
  if (cause instanceof DecisionLogError || !(cause instanceof Error)) return cause;
  if (!/^(Invalid Input|IO|Conversion|Serialization|Invalid|Corrupt|.*Parquet|.*CSV)/i.test(cause.message))
    return cause;
  if (/no space left|failed to offload/i.test(cause.message)) return cause;
  const named = files.filter((file) => cause.message.includes(file));
  const where = (named.length > 0 ? named : files).join(", ");
  return new DecisionLogError("UNREADABLE_FILE", `${where}: ${faultOf(cause.message)}`, { cause });
}

function faultOf(message: string): string {
  const line = /CSV Error on Line: (\d+)/.exec(message)?.[1];
  if (line === undefined) return `cannot be read: ${oneLine(new Error(message))}`;
  const detail = message
    .split("\n")
    .slice(1)
    .find((text) => /expected number|unicode|quote|maximum line/i.test(text));
  return `line ${line} cannot be read${detail === undefined ? "" : `: ${detail.trim()}`}`;
}
