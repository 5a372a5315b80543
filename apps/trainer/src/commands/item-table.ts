import { openDecisionLog, parseColumnMapping, writeFileAtomic } from "@longview/formats";
import { candidateTableText, collectLoggedBandit, itemFrequencyTable } from "@longview/off-policy-evaluation";
import { readConfigurationFile } from "../configuration/read-source.ts";
import { EXIT } from "../exit-codes.ts";
import { requireApart } from "../launch/output-apart.ts";
import { requireWritableFile } from "../run/output-paths.ts";

/** The options of `longview item-table`. */
export interface ItemTableCommandOptions {
  readonly log: readonly string[];
  readonly columns?: string;
  readonly out: string;
  readonly json?: boolean;
}

/** `longview item-table`: how often a log shows each item at each position, as a candidate's table. Returns the exit code. */
export async function itemTableCommand(options: ItemTableCommandOptions): Promise<number> {
  requireApart([["--out", options.out]], options);
  requireWritableFile("--out", options.out);
  const mapping =
    options.columns === undefined
      ? {}
      : { mapping: parseColumnMapping(readConfigurationFile(options.columns), options.columns) };
  const reader = await openDecisionLog({ files: options.log, ...mapping });
  try {
    const table = itemFrequencyTable(await collectLoggedBandit(reader));
    writeFileAtomic(options.out, candidateTableText(table));
    const found = {
      items: table.items.length,
      positions: table.positions.length,
      rows: reader.report.rowsKept,
    };
    process.stdout.write(
      options.json === true
        ? `${JSON.stringify({ status: "done", table: options.out, ...found })}\n`
        : `table ${options.out}: ${found.items} items at ${Math.max(1, found.positions)} position${found.positions > 1 ? "s" : ""}, from ${found.rows} rows\n`,
    );
    return EXIT.done;
  } finally {
    reader.close();
  }
}
