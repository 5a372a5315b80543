import { align } from "../display/align.ts";
import { formatNumber } from "../display/format.ts";
import { namedCell, type GapsResult } from "./result.ts";

const MOST = 15;

/** The result as a terminal shows it. */
export function gapLines({ atlas, prices, source }: GapsResult): string[] {
  const found = atlas.cells.filter((cell) => cell.found);
  const about = `${found.length} gap${found.length === 1 ? "" : "s"} in ${atlas.cells.length} tested cells (${atlas.untested} of too few users), utility ${source.utility}, margin ${formatNumber(atlas.margin)}`;
  const rows = found.slice(0, MOST).map((cell, rank) => {
    const { topic, segment, context, demandPerWeek, loss, gapPerWeek, cause } = namedCell(atlas, cell);
    const [low, high] = gapPerWeek.interval;
    return [
      String(rank + 1),
      topic,
      `${segment}, ${context}`,
      formatNumber(Math.round(demandPerWeek.value)),
      formatNumber(loss.value),
      `${formatNumber(gapPerWeek.value)} (${formatNumber(low)} to ${formatNumber(high)})`,
      cause.label,
    ];
  });
  const table =
    rows.length === 0
      ? []
      : [
          "",
          ...align([["", "topic", "who", "decisions/week", "lost each", "lost/week", "cause"], ...rows]),
          ...(found.length > MOST ? [`and ${found.length - MOST} more`] : []),
        ];
  const [dearest] = prices;
  return [
    about,
    ...table,
    ...(dearest === undefined || dearest.pricePerExposure === 0
      ? []
      : [
          "",
          `scarcest topic: ${dearest.topic}, one more exposure is worth ${formatNumber(dearest.pricePerExposure)}`,
        ]),
    "",
    ...atlas.limits.map((limit) => `note: ${limit}`),
  ];
}
