/**
 * Whether a creator is owed exposure: a new one whose impressions are below the cold-start budget, or anyone whose
 * remembered exposure is below the floor's share of a fair share.
 *
 * @param isNew - 1: the creator counts as new
 * @param impressions - the creator's impressions so far
 * @param relativeExposure - remembered daily impressions over a fair share
 * @param coldStartBudget - impressions that a new creator is owed
 * @param exposureFloor - share of a fair share below which a creator is owed a position
 */
export function isOwedExposure(
  isNew: number,
  impressions: number,
  relativeExposure: number,
  coldStartBudget: number,
  exposureFloor: number,
): boolean {
  return (isNew === 1 && impressions < coldStartBudget) || relativeExposure < exposureFloor;
}
