import type { LifeSubject } from "./events.ts";
import type { LifeTables } from "./life-tables.ts";

/** Time that a creator or item could be shown in a window [days]: from `from` to `to`. */
export interface TimeAvailable {
  readonly from: number;
  readonly to: number;
}

/**
 * When a creator or item could be shown in a window: from joining (else from the first day it was available, or the window's start)
 * to leaving or the window's end. Undefined for one who could not, as far as the source says: who was seen to be available, but not
 * any more in the window, is gone.
 */
export function timeAvailable(
  lives: LifeTables,
  subject: LifeSubject,
  at: number,
  { start, end }: { readonly start: number; readonly end: number },
): TimeAvailable | undefined {
  const joined = lives.first(subject, "joined", at);
  const first = lives.first(subject, "available", at);
  const last = lives.last(subject, "available", at);
  const left = lives.first(subject, "left", at);
  const since = Number.isNaN(joined) ? first : joined;
  if (Number.isNaN(since)) return undefined;
  if (Number.isNaN(end)) return { from: since, to: left };
  if (Number.isNaN(left) && last < start) return undefined;
  const from = Math.max(start, since);
  const to = Number.isNaN(left) ? end : Math.min(end, left);
  return from <= to ? { from, to } : undefined;
}
