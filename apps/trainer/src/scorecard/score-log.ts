import {
  logSpan,
  openLogPages,
  Scorecard,
  scorecardReport,
  type ExchangeRates,
  type MetricSettings,
  type OpenLogPagesOptions,
  type ScorecardReport,
} from "@longview/scorecard";
import { rootKey } from "@longview/statistics";
import type { Display } from "../display/display.ts";
import { UsageError } from "../exit-codes.ts";
import { StoppedByUser } from "../launch/open-launch.ts";
import { windowsOf } from "./windows.ts";

/** What is scored, and how. */
export interface ScoreLogOptions extends OpenLogPagesOptions {
  /** As `--windows` says it. @defaultValue one over the whole log */
  readonly windows?: string;
  readonly confidence: number;
  readonly settings?: Partial<MetricSettings>;
  readonly exchangeRates?: ExchangeRates;
  /** Decides which users are left out together. */
  readonly seed: string;
}

/** A log's scorecard, with what is to be said of the log. */
export interface ScoredLog {
  readonly report: ScorecardReport;
  readonly notes: readonly string[];
}

/**
 * Reads a log page by page into a scorecard.
 *
 * @throws {StoppedByUser} {UsageError} and the errors of log and scorecard: one line each
 */
export async function scoreLog(
  options: ScoreLogOptions,
  { display, stopped }: { readonly display: Display; readonly stopped: () => boolean },
): Promise<ScoredLog> {
  const { files, mapping, quarantine, windows: asked, confidence, settings, exchangeRates, seed } = options;
  const span =
    asked === undefined
      ? undefined
      : await logSpan({
          files,
          ...(mapping === undefined ? {} : { mapping }),
          ...(quarantine === undefined ? {} : { quarantine }),
        });
  if (asked !== undefined && span === undefined)
    throw new UsageError("--windows: the log has no time; leave it out, or map timestamp with --columns");
  const log = await openLogPages(options);
  try {
    const scorecard = new Scorecard({
      key: rootKey(seed),
      confidence,
      recorded: log.recorded,
      ...(span === undefined || asked === undefined ? {} : { windows: windowsOf(asked, span) }),
      ...(settings === undefined ? {} : { settings }),
    });
    display.beginStage("pages", log.report.rowsKept);
    let read = 0;
    for await (const { pages, lives } of log.blocks()) {
      scorecard.addPages(pages);
      for (const events of lives) scorecard.addLives(events);
      read += pages.pageCount;
      display.stageProgress(read);
      if (stopped()) throw new StoppedByUser();
    }
    display.endStage();
    const { rowsQuarantined, rowsLeftOut, violationLines } = log.report;
    return {
      report: scorecardReport(scorecard.summarise(), {
        settings: scorecard.settings,
        segmentNames: log.segmentNames(),
        ...(exchangeRates === undefined ? {} : { exchangeRates }),
      }),
      notes: [
        ...violationLines,
        ...(rowsQuarantined + rowsLeftOut === 0
          ? []
          : [`${rowsQuarantined} rows set aside, ${rowsLeftOut} with open outcomes left out`]),
        ...(log.hasUnits()
          ? []
          : ["The log has no users: each page is taken as independent of every other."]),
      ],
    };
  } finally {
    log.close();
  }
}
