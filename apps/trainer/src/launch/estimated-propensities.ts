import type { DecisionLogReader } from "@longview/formats";
import { encodeFeatures, rankedPositions, type Calibration } from "@longview/off-policy-evaluation";
import { rootKey } from "@longview/statistics";

/** Propensities of a log that holds none: cross-fitted on its features and positions, and calibrated. */
export async function estimatedPropensities(
  reader: DecisionLogReader,
): Promise<{ propensity: Float64Array; calibration: Calibration }> {
  const { estimatePropensities } = await import("@longview/off-policy-evaluation/models");
  const { rowsKept } = reader.report;
  const action = new Int32Array(rowsKept);
  const columns: Record<string, unknown[]> = Object.fromEntries(reader.features.map((name) => [name, []]));
  let position: Int32Array | undefined;
  let units: Float64Array | undefined;
  let at = 0;
  for await (const chunk of reader.chunks()) {
    if (chunk.action !== undefined) action.set(chunk.action, at);
    if (chunk.position !== undefined) (position ??= new Int32Array(rowsKept)).set(chunk.position, at);
    if (chunk.unit !== undefined) (units ??= new Float64Array(rowsKept)).set(chunk.unit, at);
    for (const [name, values] of Object.entries(columns))
      for (const value of chunk.carried[name] ?? []) values.push(value);
    at += chunk.rowCount;
  }
  const features = encodeFeatures(columns, rowsKept);
  const { propensity, calibrationAfter } = await estimatePropensities(
    {
      action,
      actionCount: reader.actions?.length ?? 0,
      ...(position === undefined ? {} : { position: rankedPositions(position) }),
      ...(features.names.length === 0 ? {} : { features }),
      ...(units === undefined ? {} : { units }),
    },
    { key: rootKey("propensities") },
  );
  return { propensity, calibration: calibrationAfter };
}
