import { createHash, randomBytes } from "node:crypto";
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { RandomKey } from "@longview/statistics";

/** Secrets by which units are split and hashed. They must outlive a restart, or every unit would change its policy. */
export interface UnitKeys {
  readonly split: RandomKey;
  readonly hash: Uint8Array;
}

/**
 * The keys that are kept in the folder, made when there are none yet; readable by the owner alone.
 *
 * @param seed - makes them repeat, for tests; nothing is kept then
 * @throws RangeError one line where the file holds no key
 */
export function unitKeys(folder: string, seed?: string): UnitKeys {
  const secret =
    seed === undefined ? keptSecret(join(folder, "unit.key")) : createHash("sha256").update(seed).digest();
  const part = (purpose: string): Buffer => createHash("sha256").update(secret).update(purpose).digest();
  const split = part("split");
  return {
    split: { first: split.readUInt32LE(0), second: split.readUInt32LE(4) },
    hash: part("hash"),
  };
}

function keptSecret(file: string): Buffer {
  if (existsSync(file)) {
    const text = readFileSync(file, "utf8").trim();
    if (!/^[0-9a-f]{64}$/.test(text))
      throw new RangeError(`${file}: found no key, allowed: 64 hexadecimal digits`);
    return Buffer.from(text, "hex");
  }
  const secret = randomBytes(32);
  const aside = `${file}.writing`;
  const descriptor = openSync(aside, "w", 0o600);
  try {
    writeSync(descriptor, `${secret.toString("hex")}\n`);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(aside, file);
  return secret;
}
