import type { ScorecardWindow } from "@longview/scorecard";
import { UsageError } from "../exit-codes.ts";

const MOST_PARTS = 100;

/**
 * Windows as `--windows` says them: a number of equal parts of the log, or `FROM..TO` in days from the log's first page with commas
 * between; a side left empty is the log's end.
 *
 * @param span - first and last day of the log
 * @throws {UsageError}
 */
export function windowsOf(
  text: string,
  span: { readonly first: number; readonly last: number },
): ScorecardWindow[] {
  const { first, last } = span;
  if (/^\d+$/.test(text)) {
    const parts = Number(text);
    if (parts < 1 || parts > MOST_PARTS)
      throw new UsageError(
        `--windows: found ${text}, allowed: 1 to ${MOST_PARTS} parts, or FROM..TO,FROM..TO in days`,
      );
    const days = (last - first) / parts;
    return Array.from({ length: parts }, (_, k) => ({
      name: `days ${short(k * days)} to ${short((k + 1) * days)}`,
      start: k === 0 ? -Infinity : first + k * days,
      end: k === parts - 1 ? Infinity : first + (k + 1) * days,
    }));
  }
  return text.split(",").map((piece) => {
    const [, from = "", to = ""] = /^\s*([\d.]*)\.\.([\d.]*)\s*$/.exec(piece) ?? [];
    const start = from === "" ? -Infinity : Number(from);
    const end = to === "" ? Infinity : Number(to);
    if (!piece.includes("..") || !(start < end))
      throw new UsageError(
        `--windows: found ${JSON.stringify(piece)}, allowed: a number of parts, or FROM..TO,FROM..TO in days, as in 0..7,7..14`,
      );
    return {
      name: `days ${from === "" ? "0" : from} to ${to === "" ? "the end" : to}`,
      start: first + start,
      end: first + end,
    };
  });
}

const short = (days: number): string => String(Number(days.toFixed(2)));
