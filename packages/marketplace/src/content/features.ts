import { RETRIEVAL_SOURCES } from "../laws/retrieval.ts";

const CONTEXT_NAMES = [
  "clickRate",
  "likeRate",
  "hideRate",
  "reportRate",
  "completion",
  "recentCompletion",
  "recentClicks",
  "meanLength",
  "completedLength",
  "mobile",
  "sessionDepth",
  "sessionMinutes",
  "daysSinceJoined",
  "gapDays",
  "sessions",
  "experience",
] as const;

const ITEM_NAMES = [
  "age",
  "freshness",
  "evidence",
  "clickRate",
  "likeRate",
  "hideRate",
  "reportRate",
  "completion",
  "classifierScore",
  "length",
  "creatorAge",
  "creatorIsNew",
  "creatorExposure",
  "creatorEvidence",
  "creatorClickRate",
  "creatorLikeRate",
  "creatorHideRate",
  "creatorReportRate",
  "creatorCompletion",
] as const;

const CROSS_NAMES = ["topicMatch", "topicRecent"] as const;

function numbered(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}${index}`);
}

/** Names of the context features, in order. */
export function contextFeatureNames(topics: number): readonly string[] {
  return [...numbered("affinity", topics), ...numbered("recent", topics), ...CONTEXT_NAMES];
}

/** Candidate features of worlds in which users follow creators. */
const FOLLOWING_NAMES = ["sourceFollowed", "creatorFollowed"] as const;

/**
 * Names of the candidate features, in order.
 *
 * @param following - whether users follow creators
 */
export function candidateFeatureNames(topics: number, following = false): readonly string[] {
  return [
    ...numbered("topic", topics),
    ...ITEM_NAMES,
    ...CROSS_NAMES,
    ...RETRIEVAL_SOURCES.map((source) => `source${source[0]!.toUpperCase()}${source.slice(1)}`),
    ...(following ? FOLLOWING_NAMES : []),
  ];
}

/** Number of context features: `2·topics + 16`. */
export function contextFeatureCount(topics: number): number {
  return 2 * topics + CONTEXT_NAMES.length;
}

/** Number of the features of an item that are the same for every user: `topics + 19`. */
export function itemFeatureCount(topics: number): number {
  return topics + ITEM_NAMES.length;
}

/** Number of candidate features: `topics + 26`, and 2 more where users follow creators. */
export function candidateFeatureCount(topics: number, following: boolean): number {
  const more = following ? FOLLOWING_NAMES.length : 0;
  return itemFeatureCount(topics) + CROSS_NAMES.length + RETRIEVAL_SOURCES.length + more;
}

/** Every feature is within ± this. */
export const FEATURE_BOUND = 3;
