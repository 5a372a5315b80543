import type { DuckDBConnection } from "@duckdb/node-api";
import { POLICY_FEATURES_NOTE, policyFeaturesSchema, type PolicyFeatures } from "../policy-features.ts";
import { DecisionLogError } from "./decision-log-error.ts";
import type { LogSource } from "./log-source.ts";
import { literal, textRows } from "./sql.ts";

/**
 * The features by which policies decided, as the makers of Parquet files noted them; none where they did not.
 *
 * @throws DecisionLogError where a note is none, or two files differ on one policy
 */
export async function notedFeatures(
  connection: DuckDBConnection,
  sources: readonly LogSource[],
): Promise<PolicyFeatures> {
  const all: Record<string, PolicyFeatures[string]> = {};
  for (const { path, format } of sources) {
    if (format !== "parquet") continue;
    const [note] = await textRows(
      connection,
      `SELECT decode(value) FROM parquet_kv_metadata(${literal(path)}) WHERE decode(key) = ${literal(POLICY_FEATURES_NOTE)}`,
    );
    if (note === undefined) continue;
    const features = parsed(note[0] ?? "");
    if (features === undefined)
      throw new DecisionLogError(
        "UNREADABLE_FILE",
        `${path}: its note ${POLICY_FEATURES_NOTE} names no features`,
      );
    for (const [policy, names] of Object.entries(features)) {
      const known = all[policy];
      if (known !== undefined && JSON.stringify(known) !== JSON.stringify(names))
        throw new DecisionLogError(
          "UNREADABLE_FILE",
          `${path}: policy ${policy} decided by other features there than in the files before; read them apart`,
        );
      all[policy] = names;
    }
  }
  return all;
}

function parsed(note: string): PolicyFeatures | undefined {
  try {
    return policyFeaturesSchema.safeParse(JSON.parse(note)).data;
  } catch {
    return undefined;
  }
}
