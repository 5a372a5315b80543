import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { jsonText, parseColumnMapping, writeFolderAtomic } from "@longview/formats";
import { metricSettings, parseExchangeRates, ScorecardError } from "@longview/scorecard";
import { readConfigurationFile } from "../configuration/read-source.ts";
import { chooseDisplay } from "../display/choose-display.ts";
import { EXIT, UsageError } from "../exit-codes.ts";
import { StoppedByUser } from "../launch/open-launch.ts";
import { requireApart } from "../launch/output-apart.ts";
import { listenForInterrupt } from "../run/interrupt.ts";
import { requireOwnFolder, requireWritableFile } from "../run/output-paths.ts";
import { fieldsNamed } from "../scorecard/field-file.ts";
import { logFilesOf } from "../scorecard/log-argument.ts";
import { renderScorecard } from "../scorecard/render-scorecard.ts";
import { scoreLog, type ScoreLogOptions } from "../scorecard/score-log.ts";
import { scorecardLines } from "../scorecard/scorecard-lines.ts";

/** The options of `longview scorecard`. */
export interface ScorecardCommandOptions {
  readonly columns?: string;
  readonly fields?: string;
  readonly windows?: string;
  readonly segments?: string;
  readonly exchangeRates?: string;
  readonly settings?: string;
  readonly confidence: string;
  readonly seed: string;
  readonly quarantine?: string;
  readonly out?: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

/** Files of a scorecard's folder. */
export const SCORECARD_FILES = { numbers: "scorecard.json", page: "scorecard.html" } as const;

/** `longview scorecard`: every metric of a log's ecosystem, with intervals, by window, and what moved. Returns the exit code. */
export async function scorecardCommand(
  logs: readonly string[],
  options: ScorecardCommandOptions,
): Promise<number> {
  const { out, quarantine } = options;
  const display = await chooseDisplay(options.json === true, 1);
  const interrupt = listenForInterrupt(display, "after the pages that are being read");
  try {
    const asked = await askedOf(logs, options);
    requireApart(
      [
        ["--out", out],
        ["--quarantine", quarantine],
      ],
      { log: asked.files, ...(options.columns === undefined ? {} : { columns: options.columns }) },
    );
    if (out !== undefined)
      requireOwnFolder(out, options.force === true, {
        files: Object.values(SCORECARD_FILES),
        what: "scorecard",
      });
    if (quarantine !== undefined) requireWritableFile("--quarantine", quarantine);
    const { report, notes } = await scoreLog(asked, { display, stopped: interrupt.stopped });
    if (out !== undefined) {
      const page = renderScorecard(report);
      await writeFolderAtomic(out, (folder) => {
        writeFileSync(join(folder, SCORECARD_FILES.numbers), jsonText(report));
        writeFileSync(join(folder, SCORECARD_FILES.page), page);
      });
    }
    display.close();
    process.stdout.write(
      options.json === true
        ? `${JSON.stringify(report)}\n`
        : `${[
            ...notes,
            ...scorecardLines(report),
            ...(out === undefined
              ? []
              : [
                  "",
                  `page      ${join(out, SCORECARD_FILES.page)}`,
                  `numbers   ${join(out, SCORECARD_FILES.numbers)}`,
                ]),
          ].join("\n")}\n`,
    );
    return EXIT.done;
  } catch (error) {
    if (error instanceof StoppedByUser) return EXIT.interrupted;
    if (error instanceof ScorecardError) throw new UsageError(error.message);
    throw error;
  } finally {
    display.close();
    interrupt.release();
  }
}

async function askedOf(logs: readonly string[], options: ScorecardCommandOptions): Promise<ScoreLogOptions> {
  const confidence = Number(options.confidence);
  if (!(confidence >= 0.5 && confidence < 1))
    throw new UsageError(
      `--confidence: found ${JSON.stringify(options.confidence)}, allowed: from 0.5 to below 1`,
    );
  const { columns, fields, windows, segments, exchangeRates, settings, quarantine } = options;
  return {
    files: logFilesOf(logs),
    confidence,
    seed: options.seed,
    ...(columns === undefined
      ? {}
      : { mapping: parseColumnMapping(readConfigurationFile(columns), columns) }),
    ...(fields === undefined ? {} : { fields: await fieldsNamed(fields) }),
    ...(windows === undefined ? {} : { windows }),
    ...(segments === undefined ? {} : { segment: segments }),
    ...(exchangeRates === undefined
      ? {}
      : { exchangeRates: parseExchangeRates(readConfigurationFile(exchangeRates), exchangeRates) }),
    ...(settings === undefined ? {} : { settings: metricSettings(readConfigurationFile(settings)) }),
    ...(quarantine === undefined ? {} : { quarantine }),
  };
}
