import { generateSigningKeys, PolicyBundleError, writeSigningKeys } from "@longview/formats";
import { EXIT, UsageError } from "../exit-codes.ts";
import { makeFolders } from "../run/output-paths.ts";

/** The options of `longview keys`. */
export interface KeysCommandOptions {
  readonly out: string;
  readonly json?: boolean;
}

/** `longview keys --out DIR`: makes a key pair that signs bundles. Returns the exit code. */
export function keysCommand({ out, json }: KeysCommandOptions): number {
  if (out.trim() === "") throw new UsageError("--out: found an empty text, allowed: a folder");
  makeFolders("--out", out);
  const keys = generateSigningKeys();
  try {
    const files = writeSigningKeys(out, keys);
    process.stdout.write(
      json === true
        ? `${JSON.stringify({ status: "done", ...files, fingerprint: keys.fingerprint })}\n`
        : `${files.privateKey}   signs bundles (longview export --sign); keep it secret, and a copy of it safe\n` +
            `${files.publicKey}   checks them (longview verify --key); give it to whoever serves\n` +
            `fingerprint ${keys.fingerprint}\n`,
    );
    return EXIT.done;
  } catch (cause) {
    if (cause instanceof PolicyBundleError) throw new UsageError(`--out: ${cause.message}`);
    if (cause instanceof Error && "code" in cause && typeof cause.code === "string")
      throw new UsageError(`--out: ${out} cannot be written (${cause.code}); choose another folder`);
    throw cause;
  }
}
