import type { LifeTables } from "./life-tables.ts";

/** Time that a creator could be shown in a window [days]: from `from` to `to`. */
export interface CreatorTime {
  readonly from: number;
  readonly to: number;
}

/**
 * When a creator could be shown in a window: since joining (or being available, or the window's start), until leaving or the
 * window's end. Undefined for one who could not, as far as the source says.
 */
export function creatorTime(
  lives: LifeTables,
  creator: number,
  { start, end }: { readonly start: number; readonly end: number },
): CreatorTime | undefined {
  const joined = lives.first("creator", "joined", creator);
  const available = lives.first("creator", "available", creator);
  const since = Number.isNaN(joined) ? available : joined;
  const left = lives.first("creator", "left", creator);
  if (Number.isNaN(since)) return undefined;
  if (Number.isNaN(end)) return { from: since, to: left };
  const from = Math.max(start, since);
  const to = Number.isNaN(left) ? end : Math.min(end, left);
  return from < to ? { from, to } : undefined;
}
