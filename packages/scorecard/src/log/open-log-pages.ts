import {
  DecisionLogError,
  openDecisionLog,
  type ColumnMappingInput,
  type DecisionLogReader,
} from "@longview/formats";
import { IMPRESSION_FIELDS, PAGE_FIELDS } from "../events.ts";
import type { RequiredLives } from "../metric.ts";
import { LogBlocks, type LogBlock } from "./log-blocks.ts";
import { parseLogFields, type FieldSource, type LogFields } from "./log-fields.ts";
import { segmentColumn, segmentReader } from "./segments.ts";

/** How to read a log as pages. */
export interface OpenLogPagesOptions {
  /** As of `openDecisionLog`. */
  readonly files: readonly string[];
  readonly mapping?: ColumnMappingInput;
  readonly quarantine?: string;
  /** What the log's numbers are, beside metrics that are named like fields. @defaultValue nothing */
  readonly fields?: LogFields;
  /** What makes segments: `policy`, `column:NAME` or `context:NAME`. @defaultValue none */
  readonly segment?: string;
}

/** A log that is read as pages. */
export interface LogPages {
  readonly report: DecisionLogReader["report"];
  /** Events of lives that the log records. */
  readonly recorded: readonly RequiredLives[];
  /** Names of segments by number, as far as they were read; empty without segments. */
  readonly segmentNames: () => readonly string[];
  /** Whether the pages read so far have users; else each page is taken as a user of its own. */
  readonly hasUnits: () => boolean;
  readonly blocks: () => AsyncGenerator<LogBlock, void, undefined>;
  readonly close: () => void;
}

/** Rows at a time: candidates with their features are large. */
const ROWS = 2048;

/**
 * Reads a decision log as pages: one row a page, its slate the impressions. A metric of the log with a field's name is that field;
 * `fields` says what else its numbers are.
 *
 * Candidates tell which items and creators could have been shown; a creator whose `creatorAge` is known joined so long before.
 *
 * @throws DecisionLogError; ScorecardError `BAD_FIELDS`, `BAD_OPTION`
 */
export async function openLogPages(options: OpenLogPagesOptions): Promise<LogPages> {
  const given = options.fields ?? parseLogFields({});
  const reader = await openReader(options, given);
  try {
    const fields = withNamesakes(given, reader);
    const segments = options.segment === undefined ? undefined : segmentReader(options.segment, reader);
    // A wrong field is told before anything is read.
    const start = (): LogBlocks => new LogBlocks(reader, fields, segments);
    start();
    let hasUnits = false;
    const slates = reader.report.layout === "decision-log";
    return {
      report: reader.report,
      recorded: slates
        ? [
            { subject: "item", kind: "available" },
            { subject: "creator", kind: "available" },
            ...(fields.impression.creatorAge?.from.kind === "feature"
              ? [{ subject: "creator", kind: "joined" } as const]
              : []),
          ]
        : [],
      segmentNames: () => segments?.names() ?? [],
      hasUnits: () => hasUnits,
      async *blocks() {
        const blocks = start();
        for await (const chunk of reader.chunks({ rows: ROWS })) {
          hasUnits = chunk.unit !== undefined;
          yield blocks.block(chunk);
        }
      },
      close: reader.close,
    };
  } catch (error) {
    reader.close();
    throw error;
  }
}

async function openReader(options: OpenLogPagesOptions, fields: LogFields): Promise<DecisionLogReader> {
  const { files, mapping, quarantine, segment } = options;
  const open = (slates: boolean): Promise<DecisionLogReader> =>
    openDecisionLog({
      files,
      ...(mapping === undefined ? {} : { mapping }),
      ...(quarantine === undefined ? {} : { quarantine }),
      carry: carriedColumns(fields, segment, slates),
    });
  if (mapping !== undefined) return open(false);
  try {
    return await open(true);
  } catch (error) {
    // Open Bandit's layout needs no mapping either and has no slates: only the files tell.
    const without = error instanceof DecisionLogError && error.code === "MISSING_COLUMN";
    if (without && /no column "(candidates|slate)"/.test(error.message)) return open(false);
    throw error;
  }
}

function carriedColumns(fields: LogFields, segment: string | undefined, slates: boolean): string[] {
  const sources: readonly FieldSource[] = [
    ...Object.values(fields.page),
    ...Object.values(fields.impression),
  ].map(({ from }) => from);
  const columns = [
    ...(slates ? ["candidates", "slate"] : []),
    ...sources.flatMap(({ kind, name }) =>
      kind === "column" ? [name] : kind === "context" ? ["context"] : [],
    ),
    ...(fields.creator === undefined ? [] : [fields.creator]),
  ];
  const ofSegment = segment === undefined ? undefined : segmentColumn(segment);
  return [...new Set(ofSegment === undefined ? columns : [...columns, ofSegment])];
}

/** Fields with those metrics added that have a field's name: of the page, or where a page is one impression, of that. */
function withNamesakes(fields: LogFields, log: DecisionLogReader): LogFields {
  const page: Record<string, unknown> = {};
  const impression: Record<string, unknown> = {};
  const single = log.report.layout !== "decision-log" || log.slateSize === 1;
  for (const metric of log.metrics) {
    const source = `metric:${metric}`;
    if (metric in PAGE_FIELDS) page[metric] = source;
    else if (single && metric in IMPRESSION_FIELDS) impression[metric] = source;
    else if (log.report.layout === "open-bandit" && metric === "click") impression["opened"] = source;
  }
  const found = parseLogFields({ page, impression });
  return {
    ...fields,
    page: { ...found.page, ...fields.page },
    impression: { ...found.impression, ...fields.impression },
  };
}

/**
 * First and last time of a log [days]; undefined where it has none.
 *
 * @throws DecisionLogError
 */
export async function logSpan(
  options: Pick<OpenLogPagesOptions, "files" | "mapping" | "quarantine">,
): Promise<{ readonly first: number; readonly last: number } | undefined> {
  const reader = await openDecisionLog(options);
  try {
    let first = Infinity;
    let last = -Infinity;
    for await (const { time } of reader.chunks())
      for (const seconds of time ?? []) {
        if (seconds < first) first = seconds;
        if (seconds > last) last = seconds;
      }
    return first <= last ? { first: first / 86_400, last: last / 86_400 } : undefined;
  } finally {
    reader.close();
  }
}
