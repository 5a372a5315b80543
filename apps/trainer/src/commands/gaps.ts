import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { jsonText, writeFileAtomic } from "@longview/formats";
import {
  briefText,
  buildAtlas,
  collectEvidence,
  collectLogEvidence,
  gapBriefs,
  topicPrices,
  type AtlasOptions,
} from "@longview/scorecard/gaps";
import { EXIT, UsageError } from "../exit-codes.ts";
import { readItemTable } from "../gaps/item-table.ts";
import { openLogInput } from "../gaps/log-input.ts";
import { gapsPage } from "../gaps/page.ts";
import { gapLines } from "../gaps/print.ts";
import { briefFile, gapsJson, type GapsResult } from "../gaps/result.ts";
import { gapSourceOfRun } from "../gaps/sources.ts";
import { requireApart } from "../launch/output-apart.ts";
import { requireWritableFolder } from "../run/output-paths.ts";

/** The options of `longview gaps`. */
export interface GapsCommandOptions {
  readonly out: string;
  readonly metric?: string;
  readonly items?: string;
  readonly topicFeatures?: string;
  readonly segment?: string;
  readonly context?: string;
  readonly wanted?: string;
  readonly blocked?: string;
  readonly reference: string;
  readonly margin?: string;
  readonly falseDiscoveryRate: string;
  readonly briefs: string;
  readonly json?: boolean;
}

/** `longview gaps`: what content is missing, for whom, in which context, and why. Returns the exit code. */
export async function gapsCommand(inputs: readonly string[], options: GapsCommandOptions): Promise<number> {
  const asked = {
    falseDiscoveryRate: numberWithin("--false-discovery-rate", options.falseDiscoveryRate, [0.0001, 0.5]),
    ...(options.margin === undefined ? {} : { margin: numberWithin("--margin", options.margin, [0, 1e100]) }),
  };
  const briefs = numberWithin("--briefs", options.briefs, [0, 1000]);
  const isRun = inputs.length === 1 && existsSync(inputs[0]!) && statSync(inputs[0]!).isDirectory();
  requireApart([["--out", options.out]], {
    log: [...inputs, ...(options.items === undefined ? [] : [options.items])],
  });
  requireWritableFolder("--out", options.out);
  const result = isRun
    ? await gapsOfRun(inputs[0]!, asked, briefs)
    : await gapsOfLog(inputs, options, { asked, briefs });
  writeFileAtomic(join(options.out, "gaps.json"), jsonText(gapsJson(result)));
  writeFileAtomic(join(options.out, "gaps.html"), gapsPage(result));
  for (const brief of result.briefs)
    writeFileAtomic(join(options.out, "briefs", briefFile(brief)), briefText(brief));
  const found = result.atlas.cells.filter((cell) => cell.found).length;
  process.stdout.write(
    options.json === true
      ? `${JSON.stringify({ status: "done", out: options.out, found, tested: result.atlas.cells.length, untested: result.atlas.untested })}\n`
      : `${[...gapLines(result), "", `page ${join(options.out, "gaps.html")}`].join("\n")}\n`,
  );
  return EXIT.done;
}

async function gapsOfRun(folder: string, asked: AtlasOptions, count: number): Promise<GapsResult> {
  const source = await gapSourceOfRun(folder);
  const atlas = buildAtlas(await collectEvidence(source), asked);
  const catalogue = source.catalogue?.() ?? [];
  const served = source.served?.();
  return {
    atlas,
    briefs: gapBriefs(atlas, { catalogue, count }),
    prices: served === undefined ? [] : await topicPrices(atlas.axes, served),
    source: { kind: "run", names: [folder], decisions: null, utility: "exact" },
  };
}

async function gapsOfLog(
  files: readonly string[],
  options: GapsCommandOptions,
  { asked, briefs }: { readonly asked: AtlasOptions; readonly briefs: number },
): Promise<GapsResult> {
  const { metric, segment, context, wanted, blocked, items, topicFeatures } = options;
  const reference = numberWithin("--reference", options.reference, [0.01, 0.99]);
  const input = await openLogInput({
    files,
    ...(metric === undefined ? {} : { metric }),
    ...(segment === undefined ? {} : { segment }),
    ...(context === undefined ? {} : { context }),
    ...(wanted === undefined ? {} : { wanted }),
    ...(blocked === undefined ? {} : { blocked }),
    ...(items === undefined ? {} : { table: readItemTable(items) }),
    ...(topicFeatures === undefined ? {} : { topicFeatures: placesFrom(topicFeatures) }),
  });
  try {
    const { evidence, utilityOf, served } = await collectLogEvidence(input.log, { reference });
    const atlas = buildAtlas(evidence, asked);
    return {
      atlas,
      briefs: gapBriefs(atlas, { catalogue: input.catalogue(utilityOf), count: briefs }),
      // What was asked for can't be moved from one topic to another.
      prices: wanted === undefined ? await topicPrices(atlas.axes, served) : [],
      source: { kind: "log", names: files, decisions: input.rows, utility: input.metric },
    };
  } finally {
    input.close();
  }
}

function placesFrom(text: string): readonly [number, number] {
  const [, first, last] = /^(\d+)-(\d+)$/.exec(text) ?? [];
  if (first === undefined || last === undefined || Number(first) >= Number(last))
    throw new UsageError(
      `--topic-features: found ${JSON.stringify(text)}, allowed: FIRST-LAST, positions from 0, as in 0-7`,
    );
  return [Number(first), Number(last)];
}

function numberWithin(option: string, text: string, [least, most]: readonly [number, number]): number {
  const value = text.trim() === "" ? NaN : Number(text);
  if (!(value >= least && value <= most))
    throw new UsageError(
      `${option}: found ${JSON.stringify(text)}, allowed: a number from ${least} to ${most}`,
    );
  return value;
}
