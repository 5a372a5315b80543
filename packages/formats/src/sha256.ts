import { createHash } from "node:crypto";
import { closeSync, openSync, readSync } from "node:fs";
import { z } from "zod";

/** A SHA-256 digest in lower-case hexadecimal. */
export const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/, "a SHA-256 in lower-case hexadecimal");

/** SHA-256 of bytes or of a text's UTF-8 bytes, in lower-case hexadecimal. */
export function sha256(data: string | Uint8Array): string {
  return createHash("sha256").update(data).digest("hex");
}

/** SHA-256 of a file's bytes, read in blocks of 1 MiB, in lower-case hexadecimal. */
export function sha256OfFile(path: string): string {
  const hash = createHash("sha256");
  const block = new Uint8Array(1 << 20);
  const descriptor = openSync(path, "r");
  try {
    for (;;) {
      const count = readSync(descriptor, block, 0, block.length, null);
      if (count === 0) return hash.digest("hex");
      hash.update(block.subarray(0, count));
    }
  } finally {
    closeSync(descriptor);
  }
}
