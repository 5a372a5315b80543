/** What integrity's draws are for; numbers of PURPOSE in the range 40–49. */
export const INTEGRITY_PURPOSE = { reports: 40, review: 41, reach: 42, creator: 43, evasion: 44 } as const;

/** Places in the draws of a review, by (day, item). */
export const REVIEW_DRAW = { verdict: 0, appeals: 1, appealDelay: 2, appealVerdict: 3, length: 4 } as const;

const ITEMS_OF_A_CREATOR = 1 << 17;

/**
 * What an item's draws are keyed by, beside the day: the n-th item of a creator has the same luck wherever it is kept.
 * Numbers are taken modulo 131,072, far more than are alive at a time.
 */
export function itemLabel(creator: number, number: number): number {
  return (creator * ITEMS_OF_A_CREATOR + (number % ITEMS_OF_A_CREATOR)) | 0;
}
