/** A bundle that is refused: one line that begins with the file at fault. */
export class PolicyBundleError extends Error {
  override readonly name = "PolicyBundleError";
  /** The file, as a path that can be opened. */
  readonly file: string;

  constructor(file: string, problem: string, options?: ErrorOptions) {
    super(`${file}: ${problem}`, options);
    this.file = file;
  }
}

/** The first line of whatever was thrown. */
export function firstLineOf(cause: unknown): string {
  const message = cause instanceof Error ? cause.message : String(cause);
  return message.split("\n")[0] ?? "";
}

/** What the operating system says when a file cannot be read, in words. */
export function readingProblem(cause: unknown): string {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  if (code === "ENOENT") return "not found";
  if (code === "EISDIR") return "is a folder, allowed: a file";
  return `cannot be read (${code === "" ? firstLineOf(cause) : code})`;
}
