/** What is known of a page as a whole: one number a page, NaN where it is not known for that one. */
export const PAGE_FIELDS = {
  satisfaction: "the user's satisfaction after the page, from a survey or a world's latent state [0..1]",
  trust: "the user's trust in the platform after the page [0..1]",
  revenue: "what advertisers paid for the page [currency]",
  advertiserValue: "what the page's advertisements were worth to their advertisers [currency]",
  adLoad: "share of the page's positions that are sponsored [0..1]",
  opens: "items opened [items]",
  likes: "items liked [items]",
  hides: "items hidden [items]",
  reports: "items reported [items]",
  harmfulImpressions: "items shown that are harmful [items]",
  userValue: "what the page was worth to its user [utility]",
} as const;
/** Name of a page's field. */
export type PageField = keyof typeof PAGE_FIELDS;

/** What is known of an item that was shown: one number an impression, NaN where it is not known for that one. */
export const IMPRESSION_FIELDS = {
  weight: "chance that the position is looked at, in any scale; without it every position counts 1",
  age: "the item's age when it was shown [days]",
  creatorAge: "days since the item's creator joined [days]",
  quality: "the item's quality beyond engagement [0..1]",
  opened: "1 where it was opened, else 0",
  liked: "1 where it was liked, else 0",
  hidden: "1 where it was hidden, else 0",
  reported: "1 where it was reported, else 0",
  harmful: "1 where the item is harmful, else 0",
  utility: "what the impression was worth to its user [utility]",
} as const;
/** Name of an impression's field. */
export type ImpressionField = keyof typeof IMPRESSION_FIELDS;

/** Names of all that a metric may require. */
export type FieldName = PageField | ImpressionField | "day" | "item" | "creator" | "topics";

/**
 * A block of pages, struct-of-arrays: the neutral input of every metric. It comes from a decision log or a running world.
 *
 * A user's pages must come in order of time; blocks may split anywhere. The arrays are read while they are added and not kept.
 */
export interface PageEvents {
  readonly pageCount: number;
  /** The user: a whole number from 0 to 2⁵³ − 1. Users are what is resampled: independent of each other. [pages] */
  readonly unit: Float64Array;
  /** Time [days], from any origin; without it there are no windows and nothing that needs time. [pages] */
  readonly day?: Float64Array | undefined;
  /** Number of the visit that the page belongs to; without it a visit ends when the user is idle (see `visitGap`). [pages] */
  readonly visit?: Float64Array | undefined;
  /** Number of the segment that the page counts for, from 0 and small: device, country, cohort. [pages] */
  readonly segment?: Int32Array | undefined;
  /** See {@link PAGE_FIELDS}. [pages] each */
  readonly page: Readonly<Partial<Record<PageField, Float64Array>>>;
  /** Where each page's impressions begin in the arrays below, first position first; the last entry is their number. [pages + 1] */
  readonly offsets: Int32Array;
  /** Number of the item, from 0 and dense. [impressions] */
  readonly item?: Int32Array | undefined;
  /** Number of the item's creator, from 0 and dense. [impressions] */
  readonly creator?: Int32Array | undefined;
  /** See {@link IMPRESSION_FIELDS}. [impressions] each */
  readonly impression: Readonly<Partial<Record<ImpressionField, Float64Array>>>;
  /** Weights of topics of each item, at least 0. [impressions, topics] row-major */
  readonly topics?: Float64Array | undefined;
  /** Topics an item has weights of; the same in every block. */
  readonly topicCount?: number | undefined;
}

/**
 * What happens in a life. `available`: could have been shown on that day, so that who is never shown counts as well; it is taken to hold
 * from the first such day to the last, so a source without joining and leaving notes it day by day.
 * `enforced`, `appealed` and `reinstated` are integrity's: a penalty, an appeal against it, and an appeal that was granted.
 */
export const LIFE_KINDS = ["joined", "left", "available", "enforced", "appealed", "reinstated"] as const;
export type LifeKind = (typeof LIFE_KINDS)[number];

/** Whose life. */
export const LIFE_SUBJECTS = ["user", "creator", "item"] as const;
export type LifeSubject = (typeof LIFE_SUBJECTS)[number];

/** Events in the lives of one kind of subject, in any order. */
export interface LifeEvents {
  readonly subject: LifeSubject;
  readonly kind: LifeKind;
  /** Whose: `unit` of users, else the number of the creator or item. [events] */
  readonly id: ArrayLike<number>;
  /** When [days]. [events] */
  readonly day: ArrayLike<number>;
}
