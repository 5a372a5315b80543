import { openDecisionLog, parseColumnMapping, sha256OfFile, type DecisionLogReader } from "@longview/formats";
import {
  launchLogFromReader,
  LARGEST_ROWS_IN_MEMORY,
  type Calibration,
  type LaunchContext,
  type LaunchLog,
  type LoggedPolicy,
} from "@longview/off-policy-evaluation";
import { readConfigurationFile } from "../configuration/read-source.ts";
import type { Display } from "../display/display.ts";
import { UsageError } from "../exit-codes.ts";
import { estimatedPropensities } from "./estimated-propensities.ts";
import { policyNamed } from "./policy-named.ts";

/** What both `gate` and `estimate` are told of a log. */
export interface LaunchFiles {
  readonly log: readonly string[];
  /** YAML or JSON. */
  readonly columns?: string;
  readonly candidate: string;
  readonly incumbent: string;
  /** Where the incumbent was named, for messages. @defaultValue "--incumbent" */
  readonly incumbentPlace?: string;
  /** Policies that may have decided; others break the log's contract. @defaultValue any */
  readonly policies?: readonly string[];
  /** Where rows that break the contract go. */
  readonly quarantine?: string;
  /** Columns whose values make segments. */
  readonly segments: readonly string[];
}

/** An open log with what two policies make of it, and the facts about it that a verdict carries. */
export interface OpenLaunch {
  readonly reader: DecisionLogReader;
  readonly log: LaunchLog;
  readonly candidate: LoggedPolicy;
  readonly incumbent: LoggedPolicy | undefined;
  readonly facts: Pick<
    LaunchContext,
    "candidate" | "incumbent" | "log" | "learnedFrom" | "estimatedPropensities"
  >;
}

/** A stop that was asked for in the middle of reading. */
export class StoppedByUser extends Error {
  override readonly name = "StoppedByUser";
}

/**
 * Opens a log for a candidate and an incumbent, and hands it to `use`; closes it whatever happens. Propensities that the log lacks
 * are estimated.
 *
 * @throws {UsageError} and the errors of the reader and of policies: one line each
 */
export async function withLaunch<Result>(
  files: LaunchFiles,
  { display, stopped }: { readonly display: Display; readonly stopped: () => boolean },
  use: (launch: OpenLaunch) => Promise<Result>,
): Promise<Result> {
  const mapping =
    files.columns === undefined
      ? undefined
      : parseColumnMapping(readConfigurationFile(files.columns), files.columns);
  const candidate = await policyNamed("--candidate", files.candidate);
  const incumbent =
    files.incumbent === "logged"
      ? undefined
      : await policyNamed(files.incumbentPlace ?? "--incumbent", files.incumbent);
  const policies = incumbent === undefined ? [candidate] : [candidate, incumbent];
  const columns = policies.flatMap(({ label }) => (label.startsWith("column:") ? [label.slice(7)] : []));
  const wanted = columns.filter((name) => !Object.hasOwn(mapping?.probabilities ?? {}, name));
  const reader = await openDecisionLog({
    files: files.log,
    ...(mapping === undefined ? {} : { mapping }),
    ...(files.quarantine === undefined ? {} : { quarantine: files.quarantine }),
    ...(files.policies === undefined ? {} : { policies: files.policies }),
    carry: [...new Set([...policies.flatMap(({ carry }) => carry), ...files.segments])],
    carryFeatures: true,
    probabilities: Object.fromEntries(wanted.map((name) => [name, name])),
  });
  try {
    const { propensity, calibration } = await propensitiesOf(reader, display);
    display.beginStage("evidence", reader.report.rowsKept);
    const log = await launchLogFromReader(reader, {
      candidate,
      incumbent,
      ...(propensity === undefined ? {} : { propensity }),
      progress(rows) {
        display.stageProgress(rows);
        if (stopped()) throw new StoppedByUser();
      },
    });
    const result = await use({
      reader,
      log,
      candidate,
      incumbent,
      facts: {
        candidate: { label: candidate.label, sha256: candidate.sha256 ?? null },
        incumbent: { label: incumbent?.label ?? "logged", sha256: incumbent?.sha256 ?? null },
        log: logFacts(reader),
        learnedFrom: candidate.learnedFrom,
        estimatedPropensities: calibration,
      },
    });
    display.endStage();
    return result;
  } finally {
    reader.close();
  }
}

function logFacts({ report }: DecisionLogReader): LaunchContext["log"] {
  return {
    files: report.files.map(({ path, rows }) => ({ path, rows, sha256: sha256OfFile(path) })),
    layout: report.layout,
    rowsRead: report.rowsRead,
    rowsKept: report.rowsKept,
    rowsQuarantined: report.rowsQuarantined,
    rowsLeftOut: report.rowsLeftOut,
    quarantineFile: report.quarantineFile ?? null,
    violations: [...report.violationLines],
    notChecked: [...report.notChecked],
  };
}

async function propensitiesOf(
  reader: DecisionLogReader,
  display: Display,
): Promise<{ propensity?: Float64Array; calibration?: Calibration }> {
  for await (const chunk of reader.chunks({ rows: 1 })) {
    if (chunk.propensity !== undefined) return {};
    break;
  }
  const { rowsKept } = reader.report;
  if (reader.actions === undefined)
    throw new UsageError(
      "--columns: the log has neither propensities nor an action column; propensities cannot be estimated without actions",
    );
  if (rowsKept > LARGEST_ROWS_IN_MEMORY)
    throw new UsageError(
      `--columns: the log has no propensities, and they are estimated for at most ${LARGEST_ROWS_IN_MEMORY} rows; it has ${rowsKept}`,
    );
  display.line("the log holds no propensities: they are estimated");
  return estimatedPropensities(reader);
}
