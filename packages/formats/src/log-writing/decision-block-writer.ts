import { POLICY_FEATURES_NOTE, type PolicyFeatures } from "../policy-features.ts";
import { requireMetricNames, type LogMetrics } from "./row-problem.ts";
import { ListColumn, ParquetColumn, ParquetFile, type SchemaNode, type Stored } from "./parquet-file.ts";
import { InnerListLevels } from "./parquet-levels.ts";

/**
 * A decision whose lists are blocks of bytes in Parquet's PLAIN form, so that they are copied and not looked into:
 * numbers little-endian, texts as UTF-8 each behind its length in four bytes.
 */
export interface DecisionBlocks {
  readonly decisionId: string;
  readonly unitId: string;
  readonly sessionId: string;
  readonly step: number;
  readonly timestamp: number;
  readonly policyId: string;
  readonly randomKey: string;
  /** float32. */
  readonly context: Uint8Array;
  readonly candidateCount: number;
  /** Texts, one a candidate. */
  readonly itemIds: Uint8Array;
  /** Texts, one a candidate. */
  readonly creatorIds: Uint8Array;
  readonly featureCount: number;
  /** float32, candidates × features, row after row. */
  readonly features: Uint8Array;
  /** int32. */
  readonly slate: Uint8Array;
  readonly slatePropensity: number;
  /** float64. */
  readonly positionPropensities: Uint8Array;
  /** In the order of the log's names. */
  readonly objectives: ArrayLike<number>;
  /** In the order of the log's names. */
  readonly costs: ArrayLike<number>;
  readonly terminated: boolean;
  readonly truncated: boolean;
  readonly outcomesComplete: boolean;
}

/** Writes a decision log in DESIGN.md's schema from blocks of bytes. Nothing here waits: it is meant for a thread. */
export interface DecisionBlockWriter {
  /** Rows taken so far. */
  readonly rowCount: number;
  /** Takes a decision that its maker has checked. */
  append(decision: DecisionBlocks): void;
  /** Flushes the file to the disk and gives it its name: it is whole or not there. Returns its size in bytes. */
  close(): number;
  /** Gives up: nothing stays on the disk. May be called at any time, also after `close`. */
  abort(): void;
}

/** A row group ends when it holds this much: it waits in memory. */
const ROW_GROUP_BYTES = 8 * 2 ** 20;

/**
 * Opens a Parquet file for decisions that come as blocks of bytes, replacing what stands at `path` when it is closed.
 *
 * It is there for speed: with 500 candidates of 16 features a row is 8,000 numbers, and an engine that looks at each
 * of them writes some 2,000 rows a second. The file is uncompressed: features are mostly not compressible.
 *
 * @param metrics - the log's metrics, and the features by which its policies decided, which are noted in the file
 * @throws RangeError when no objective is named, or a name twice
 */
export function openDecisionBlockWriter(
  path: string,
  metrics: LogMetrics & { readonly features?: PolicyFeatures },
): DecisionBlockWriter {
  requireMetricNames(metrics);
  const plain = (stored: Stored): ParquetColumn => new ParquetColumn(stored);
  const inList = (stored: Stored): ListColumn => new ListColumn(stored);
  const decisionId = plain("text");
  const unitId = plain("text");
  const sessionId = plain("text");
  const step = plain("int32");
  const timestamp = plain("double");
  const policyId = plain("text");
  const randomKey = plain("text");
  const context = inList("float");
  const itemIds = inList("text");
  const creatorIds = inList("text");
  const innerLists = new InnerListLevels();
  const features = new ParquetColumn("float", innerLists);
  const slate = inList("int32");
  const slatePropensity = plain("double");
  const positionPropensities = inList("double");
  const objectives = metrics.objectives.map(() => plain("double"));
  const costs = metrics.costs.map(() => plain("double"));
  const terminated = plain("boolean");
  const truncated = plain("boolean");
  const outcomesComplete = plain("boolean");
  const list = (name: string, column: ParquetColumn): SchemaNode => ({
    name,
    entries: { name: "element", column },
  });
  const struct = (name: string, names: readonly string[], columns: readonly ParquetColumn[]): SchemaNode => ({
    name,
    members: names.map((member, at) => ({ name: member, column: columns[at]! })),
  });
  const file = new ParquetFile(
    path,
    [
      { name: "decision_id", column: decisionId },
      { name: "unit_id", column: unitId },
      { name: "session_id", column: sessionId },
      { name: "step", column: step },
      { name: "timestamp", column: timestamp },
      { name: "policy_id", column: policyId },
      { name: "random_key", column: randomKey },
      list("context", context),
      {
        name: "candidates",
        entries: {
          name: "element",
          members: [
            { name: "item_id", column: itemIds },
            { name: "creator_id", column: creatorIds },
            list("features", features),
          ],
        },
      },
      list("slate", slate),
      { name: "slate_propensity", column: slatePropensity },
      list("position_propensities", positionPropensities),
      struct("objectives", metrics.objectives, objectives),
      // Parquet has no empty struct.
      ...(metrics.costs.length > 0 ? [struct("costs", metrics.costs, costs)] : []),
      { name: "terminated", column: terminated },
      { name: "truncated", column: truncated },
      { name: "outcomes_complete", column: outcomesComplete },
    ],
    metrics.features === undefined ? {} : { [POLICY_FEATURES_NOTE]: JSON.stringify(metrics.features) },
  );
  let rowCount = 0;
  let groupRows = 0;

  const endGroup = (): void => {
    file.endRowGroup(groupRows);
    groupRows = 0;
  };
  return {
    get rowCount() {
      return rowCount;
    },
    append(decision) {
      putText(decisionId, decision.decisionId);
      putText(unitId, decision.unitId);
      putText(sessionId, decision.sessionId);
      step.values.int32(decision.step);
      step.count++;
      putDouble(timestamp, decision.timestamp);
      putText(policyId, decision.policyId);
      putText(randomKey, decision.randomKey);
      context.list(decision.context, decision.context.length / 4);
      itemIds.list(decision.itemIds, decision.candidateCount);
      creatorIds.list(decision.creatorIds, decision.candidateCount);
      innerLists.row(decision.candidateCount, decision.featureCount);
      const entries = Math.max(1, decision.candidateCount) * Math.max(1, decision.featureCount);
      const depth = decision.candidateCount === 0 ? 0 : decision.featureCount === 0 ? 1 : 2;
      features.definition.push(depth, entries);
      features.values.block(decision.features);
      features.count += entries;
      slate.list(decision.slate, decision.slate.length / 4);
      putDouble(slatePropensity, decision.slatePropensity);
      positionPropensities.list(decision.positionPropensities, decision.positionPropensities.length / 8);
      for (let k = 0; k < objectives.length; k++) putDouble(objectives[k]!, decision.objectives[k] ?? 0);
      for (let k = 0; k < costs.length; k++) putDouble(costs[k]!, decision.costs[k] ?? 0);
      terminated.boolean(decision.terminated);
      truncated.boolean(decision.truncated);
      outcomesComplete.boolean(decision.outcomesComplete);
      rowCount++;
      groupRows++;
      const bytes =
        features.values.length + itemIds.values.length + creatorIds.values.length + context.values.length;
      if (bytes >= ROW_GROUP_BYTES || groupRows >= 65_536) endGroup();
    },
    close() {
      endGroup();
      return file.close();
    },
    abort: () => file.abort(),
  };
}

function putText(column: ParquetColumn, text: string): void {
  column.values.text(text);
  column.count++;
}

function putDouble(column: ParquetColumn, value: number): void {
  column.values.double(value);
  column.count++;
}
