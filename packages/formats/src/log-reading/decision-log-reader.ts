import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import { canonicalSelect } from "./canonical-rows.ts";
import {
  metricsOf,
  parseColumnMapping,
  withProbabilities,
  type ColumnMapping,
  type ColumnMappingInput,
} from "./column-mapping.ts";
import { auditContract, violationLine, type ContractViolation, type RowPlace } from "./contract-audit.ts";
import { rowRules } from "./contract-rules.ts";
import { DecisionLogError } from "./decision-log-error.ts";
import { chunksOf, type DecisionLogChunk } from "./log-chunks.ts";
import { checkLogFiles } from "./log-files.ts";
import { decisionLogMapping, openBanditMapping, recognizeLayout, type LogLayout } from "./log-layout.ts";
import { openLogSource, type LogFormat, type LogSource } from "./log-source.ts";
import { notedFeatures } from "./noted-features.ts";
import type { PolicyFeatures } from "../policy-features.ts";
import { writeQuarantine } from "./quarantine.ts";
import { readingError } from "./reading-error.ts";
import { identifier, literal, textRows } from "./sql.ts";

/** How to read a log. */
export interface OpenDecisionLogOptions {
  /** Files in order of time: .parquet, .csv, .tsv, .jsonl, .ndjson, and .gz after all but the first. */
  readonly files: readonly string[];
  /** Which column holds what. @defaultValue recognised from the first file's columns */
  readonly mapping?: ColumnMappingInput;
  /** Rows that break the contract go to this file (JSON lines). @defaultValue none: such rows refuse the log */
  readonly quarantine?: string;
  /** Policies that may have decided; others break the contract. @defaultValue any */
  readonly policies?: readonly string[];
  /** All items, which fixes the actions' numbers; others break the contract. @defaultValue those in the log */
  readonly actions?: readonly string[];
  /** Columns to hand on beside the mapped ones, as parsed JSON. */
  readonly carry?: readonly string[];
  /** Whether to hand on the mapping's `features` as well. @defaultValue false */
  readonly carryFeatures?: boolean;
  /** Further columns with policies' probability of the logged action, by policy name, whatever the layout. */
  readonly probabilities?: Readonly<Record<string, string>>;
  /** Memory of the file reader, in MiB; beyond it groupings go to the disk. @defaultValue 384 */
  readonly memoryMebibytes?: number;
  /** Folder for what does not fit. @defaultValue a new one under the system's, removed by `close` */
  readonly temporaryFolder?: string;
}

/** What was read, kept, set aside and left out: `rowsRead = rowsKept + rowsQuarantined + rowsLeftOut`. */
export interface DecisionLogReport {
  readonly layout: LogLayout;
  readonly files: readonly { readonly path: string; readonly format: LogFormat; readonly rows: number }[];
  readonly rowsRead: number;
  readonly rowsKept: number;
  readonly rowsQuarantined: number;
  /** Rows whose outcomes are not complete: the attribution window is open. */
  readonly rowsLeftOut: number;
  readonly firstLeftOut: RowPlace | undefined;
  readonly violations: readonly ContractViolation[];
  /** One line a violation. */
  readonly violationLines: readonly string[];
  /** Rules that could not be checked, and why. */
  readonly notChecked: readonly string[];
  readonly quarantineFile: string | undefined;
}

/** An open log whose contract holds for every row that `chunks` yields. */
export interface DecisionLogReader {
  readonly report: DecisionLogReport;
  /** Metric names; the first is the primary one. */
  readonly metrics: readonly string[];
  /** Names of other policies whose probability of the logged action the log holds. */
  readonly probabilities: readonly string[];
  /** Columns that hold what was known before a decision. */
  readonly features: readonly string[];
  /** Item of each action number; undefined without actions (none mapped, or slates of several items). */
  readonly actions: readonly string[] | undefined;
  /** Policy of each policy number, with its kept rows; undefined without a column. */
  readonly policies: readonly { readonly id: string; readonly rows: number }[] | undefined;
  /** The features by which policies decided, by their bundles' ids, where the log's files say so. */
  readonly policyFeatures: PolicyFeatures;
  /** What to add to a position to get the number in the log. */
  readonly positionBase: number;
  /** Items in the longest slate; 1 for a bandit log. */
  readonly slateSize: number;
  /** Kept rows in the files' order; may be called again. */
  readonly chunks: (options?: {
    readonly rows?: number;
  }) => AsyncGenerator<DecisionLogChunk, void, undefined>;
  /** Frees memory and temporary files. */
  readonly close: () => void;
}

/**
 * Opens a decision log and checks its contract, in passes over the files: memory does not grow with rows.
 *
 * Rows that break a rule refuse the log, one line a rule, or go to `quarantine`; rows whose outcomes are not complete
 * are counted and left out. Nothing else is dropped.
 *
 * @throws DecisionLogError
 * @example
 * const log = await openDecisionLog({ files: ["obd_random_men.csv.gz"] }); // Open Bandit's headers need no mapping
 * for await (const chunk of log.chunks()) use(chunk.propensity, chunk.rewards[0]);
 * log.close();
 */
export async function openDecisionLog(options: OpenDecisionLogOptions): Promise<DecisionLogReader> {
  const { files } = options;
  checkLogFiles(files, options.quarantine);
  const { DuckDBInstance } = await import("@duckdb/node-api");
  const own = options.temporaryFolder === undefined;
  const folder = options.temporaryFolder ?? mkdtempSync(join(tmpdir(), "longview-log-"));
  const instance = await DuckDBInstance.create(":memory:", {
    // One thread: rows keep the files' order, and the same log gives the same bytes.
    threads: "1",
    memory_limit: `${options.memoryMebibytes ?? 384}MiB`,
    temp_directory: folder,
    preserve_insertion_order: "true",
    autoinstall_known_extensions: "false",
  });
  let closed = false;
  const connection = await instance.connect();
  const close = (): void => {
    if (closed) return;
    closed = true;
    connection.closeSync();
    instance.closeSync();
    if (own) rmSync(folder, { recursive: true, force: true });
  };
  try {
    // A file's own statistics are not believed: a rule is checked against the values that are read.
    await connection.run("SET disabled_optimizers = 'statistics_propagation'");
    return await open(options, connection, close);
  } catch (cause) {
    close();
    throw readingError(cause, files);
  }
}

interface ReadingPlan {
  readonly layout: LogLayout;
  readonly mapping: ColumnMapping;
  readonly slates: boolean;
}

async function planOf(
  sources: readonly LogSource[],
  given: ColumnMappingInput | undefined,
): Promise<ReadingPlan> {
  if (given !== undefined) return { layout: "mapping", mapping: parseColumnMapping(given), slates: false };
  const [first] = sources;
  const layout = recognizeLayout(first!.path, first!.columns);
  if (layout === "open-bandit") {
    const common = first!.columns.filter((name) => sources.every(({ columns }) => columns.includes(name)));
    return { layout, mapping: openBanditMapping(common), slates: false };
  }
  const metrics: Record<string, string> = {};
  for (const group of ["objectives", "costs"])
    for (const name of await first!.namesInside(group))
      metrics[Object.hasOwn(metrics, name) ? `${group}.${name}` : name] = `${group}.${name}`;
  return { layout, mapping: decisionLogMapping(first!.path, first!.columns, metrics), slates: true };
}

async function open(
  options: OpenDecisionLogOptions,
  connection: DuckDBConnection,
  close: () => void,
): Promise<DecisionLogReader> {
  const { files } = options;
  const sources: LogSource[] = [];
  for (const file of files) sources.push(await openLogSource(connection, file));
  const plan = await planOf(sources, options.mapping);
  const { layout, slates } = plan;
  const mapping = withProbabilities(plan.mapping, options.probabilities);
  const features = mapping.features ?? [];
  const carry = [...new Set([...(options.carry ?? []), ...(options.carryFeatures === true ? features : [])])];
  const selects: string[] = [];
  for (const [at, source] of sources.entries())
    selects.push(await canonicalSelect(source, at, { mapping, slates, carry }));
  await connection.run(`CREATE TEMP VIEW canonical AS ${selects.join(" UNION ALL ")}`);
  const rules = rowRules(mapping, {
    slates,
    knownPolicies: options.policies,
    knownActions: options.actions,
  });
  const audit = await auditContract(connection, files, mapping, rules);
  audit.rowsByFile.forEach((count, at) => {
    if (count === 0) throw new DecisionLogError("EMPTY", `${files[at]}: has no rows; at least one is needed`);
  });
  const violationLines = audit.violations.map(violationLine);
  if (audit.violations.length > 0 && options.quarantine === undefined)
    throw new DecisionLogError("CONTRACT", violationLines);
  const rowsKept = audit.rowsRead - audit.rowsBroken - audit.rowsLeftOut;
  if (rowsKept === 0)
    throw new DecisionLogError(
      "EMPTY",
      `${files.join(", ")}: none of ${audit.rowsRead} rows may be kept: ${audit.rowsBroken} break the contract, ` +
        `${audit.rowsLeftOut} have incomplete outcomes${violationLines.length > 0 ? `; ${violationLines[0]}` : ""}`,
    );
  await connection.run(
    `CREATE TEMP VIEW kept AS SELECT * FROM checked WHERE live AND mask = 0` +
      (audit.anyRejected ? " AND ordinal NOT IN (SELECT ordinal FROM rejected)" : ""),
  );

  const slateSize = slates
    ? Number((await textRows(connection, "SELECT max(slate_size) FROM kept"))[0]![0])
    : 1;
  const hasAction = mapping.action !== undefined || (slates && slateSize === 1);
  const actions = hasAction ? await namesOf(connection, "action", options.actions) : undefined;
  const policies = mapping.policy_id === undefined ? undefined : await policiesOf(connection);
  if (audit.violations.length > 0 && options.quarantine !== undefined) {
    const aside = await writeQuarantine(connection, options.quarantine, sources, rules);
    aside.keep();
  }
  const metrics = metricsOf(mapping).map(([name]) => name);
  const probabilities = Object.keys(mapping.probabilities ?? {});
  return {
    report: {
      layout,
      files: sources.map(({ path, format }, at) => ({ path, format, rows: audit.rowsByFile[at]! })),
      rowsRead: audit.rowsRead,
      rowsKept,
      rowsQuarantined: audit.rowsBroken,
      rowsLeftOut: audit.rowsLeftOut,
      firstLeftOut: audit.firstLeftOut,
      violations: audit.violations,
      violationLines,
      notChecked: notCheckedOf(mapping),
      quarantineFile: audit.violations.length > 0 ? options.quarantine : undefined,
    },
    metrics,
    probabilities,
    features,
    actions,
    policies,
    policyFeatures: await notedFeatures(connection, sources),
    positionBase: mapping.position_base,
    slateSize,
    chunks: ({ rows = 65_536 } = {}) =>
      chunksOf({
        files,
        rows,
        metricCount: metrics.length,
        probabilityCount: probabilities.length,
        propensity: mapping.propensity !== undefined,
        positionBase: mapping.position === undefined ? undefined : mapping.position_base,
        action: hasAction,
        policy: policies !== undefined,
        unit: mapping.unit_id !== undefined,
        time: mapping.timestamp !== undefined,
        session: mapping.session_id !== undefined,
        step: mapping.step !== undefined,
        slates,
        carry,
        connection,
      }),
    close,
  };
}

/** Names of a text column's kept values, in order of number, then of text; makes the type that numbers them. */
async function namesOf(
  connection: DuckDBConnection,
  column: "action" | "policy_id",
  given: readonly string[] | undefined,
): Promise<readonly string[]> {
  const names =
    given ??
    (
      await textRows(
        connection,
        `SELECT ${column} FROM (SELECT DISTINCT ${column} FROM kept) ORDER BY TRY_CAST(${column} AS DOUBLE), ${column}`,
      )
    ).map((row) => row[0]!);
  await connection.run(
    `CREATE TYPE ${identifier(`${column}_number`)} AS ENUM (${names.map(literal).join(", ")})`,
  );
  return names;
}

async function policiesOf(connection: DuckDBConnection): Promise<{ id: string; rows: number }[]> {
  const rows = new Map(
    (await textRows(connection, "SELECT policy_id, count(*) FROM kept GROUP BY 1")).map((row) => [
      row[0]!,
      Number(row[1]),
    ]),
  );
  const names = await namesOf(connection, "policy_id", undefined);
  return names.map((id) => ({ id, rows: rows.get(id) ?? 0 }));
}

function notCheckedOf(mapping: ColumnMapping): string[] {
  const without = (entry: keyof typeof mapping, rule: string): string[] =>
    mapping[entry] === undefined ? [`${rule} (no ${entry} column)`] : [];
  return [
    ...without("propensity", "propensities: they must be estimated"),
    ...without("decision_id", "duplicate decisions"),
    ...(mapping.timestamp === undefined
      ? without("timestamp", "time running backward")
      : without("unit_id", "time running backward within a unit")),
    ...without("policy_id", "the deciding policy"),
    ...without("outcomes_complete", "complete outcomes"),
  ];
}
