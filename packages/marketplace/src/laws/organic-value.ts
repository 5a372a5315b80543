/**
 * Minutes of engagement that a look at an item is predicted to bring, from what the platform counts:
 * `rate · (0.6 + 0.6·match) · (viewMinutes + watched·2^logMinutes)`, in which `rate` and `watched` blend the item's smoothed
 * rates with its creator's by evidence. What the myopic ranking ranks by.
 *
 * @param out - the prediction, at place 0
 * @param features - items' observed features; the item's block begins at `at`
 * @param places - see {@link OBSERVED}: where in a block each feature is
 * @param match - the user's observed share of views on the item's topics, times 2; at place 0
 * @param viewMinutes - minutes that opening an item is worth
 */
export function expectedEngagementInto(
  out: Float64Array,
  features: Float32Array,
  at: number,
  places: Int32Array,
  match: Float64Array,
  viewMinutes: number,
): void {
  const evidence = features[at + places[OBSERVED.evidence]!]!;
  const own = evidence < 1 ? evidence : 1;
  const rate =
    own * features[at + places[OBSERVED.clickRate]!]! +
    (1 - own) * features[at + places[OBSERVED.creatorClickRate]!]!;
  const watched =
    own * features[at + places[OBSERVED.completion]!]! +
    (1 - own) * features[at + places[OBSERVED.creatorCompletion]!]!;
  const minutes = Math.pow(2, 2 * features[at + places[OBSERVED.length]!]!);
  out[0] = rate * (0.6 + 0.6 * match[0]!) * (viewMinutes + watched * minutes);
}

/** Places in the `places` of {@link expectedEngagementInto}. */
export const OBSERVED = {
  clickRate: 0,
  evidence: 1,
  completion: 2,
  length: 3,
  creatorClickRate: 4,
  creatorCompletion: 5,
} as const;
