/** Exit codes of every command (a gate's 1 and 2 belong to verdicts, so nothing here ends in them). */
export const EXIT = { done: 0, badInput: 3, internal: 70, interrupted: 130 } as const;

/** Exit codes of `longview gate`. */
export const VERDICT_EXIT = { SHIP: 0, HOLD: 1, "NO-DECISION": 2 } as const;

/** A mistake of the person who called: each line says where, what was found and what is allowed. Exit code 3. */
export class UsageError extends Error {
  override readonly name = "UsageError";
  readonly lines: readonly string[];
  constructor(lines: string | readonly string[]) {
    const all = typeof lines === "string" ? [lines] : lines;
    super(all.join("\n"));
    this.lines = all;
  }
}
