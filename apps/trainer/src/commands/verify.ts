import { existsSync } from "node:fs";
import { PolicyBundleError, readGolden, readPublicKey, verifyBundle } from "@longview/formats";
import { checkGolden } from "@longview/policies/serving";
import { EXIT, UsageError } from "../exit-codes.ts";

/** The options of `longview verify`. */
export interface VerifyCommandOptions {
  readonly key: readonly string[];
  readonly json?: boolean;
}

/** `longview verify DIR`: checks a bundle's files, manifest, signature and golden requests. Returns the exit code. */
export async function verifyCommand(folder: string, { key, json }: VerifyCommandOptions): Promise<number> {
  if (!existsSync(folder))
    throw new UsageError(`${folder}: no such folder, allowed: a policy bundle (longview export writes one)`);
  try {
    const trustedKeys = key.length === 0 ? undefined : key.map(readPublicKey);
    const { manifest, signedBy } = verifyBundle(folder, { trustedKeys });
    const golden = readGolden(folder, manifest);
    const { requests, largestDifference } = await checkGolden(folder, golden);
    const files = Object.keys(manifest.files).length;
    const trusted = signedBy !== undefined && trustedKeys !== undefined;
    process.stdout.write(
      json === true
        ? `${JSON.stringify({
            status: "done",
            bundle: folder,
            policyId: manifest.policyId,
            files,
            signedBy: signedBy ?? null,
            trusted,
            golden: { requests, largestDifference, tolerance: golden.tolerance },
          })}\n`
        : [
            `${folder}: policy ${manifest.policyId}`,
            `  files      ${files}, each with the SHA-256 that manifest.json says, and nothing beside them`,
            "  manifest   as it was written, by its own checksum",
            `  signature  ${signatureText(signedBy, trusted)}`,
            `  golden     ${requests} requests through ONNX Runtime; largest difference ${difference(largestDifference)}, accepted ${golden.tolerance}`,
            "",
          ].join("\n"),
    );
    return EXIT.done;
  } catch (cause) {
    if (cause instanceof PolicyBundleError) throw new UsageError(cause.message);
    throw cause;
  }
}

function signatureText(signedBy: string | undefined, trusted: boolean): string {
  if (signedBy === undefined) return "none";
  return `signed by ${signedBy} ${trusted ? "(a key you trust)" : "(not checked against a key you trust; pass --key)"}`;
}

const difference = (value: number): string => (value === 0 ? "0" : value.toExponential(1));
