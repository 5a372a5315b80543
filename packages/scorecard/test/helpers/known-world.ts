import { deriveKey, foldIn, rootKey, uniform } from "@longview/statistics";
import type { PageEvents } from "../../src/events.ts";
import { gini, herfindahl, topShare } from "../../src/measures/concentration.ts";

export const CREATORS = 20;
const SLATE = 3;
const MOST_PAGES = 5;
const TOPICS = 4;

/** Chance that an impression is of a creator: falling by a tenth from one to the next. */
const SHARES = Float64Array.from({ length: CREATORS }, (_, c) => 0.9 ** c);
const TOTAL = SHARES.reduce((sum, share) => sum + share, 0);
const CUMULATIVE = SHARES.map(
  (_, c) => SHARES.slice(0, c + 1).reduce((sum, share) => sum + share, 0) / TOTAL,
);

/**
 * Pages of users who differ: user u has a taste v, uniform in (0, 1), that decides everything, so pages of one user are alike:
 * 1 + ⌊5 v'⌋ pages with v' = (v + fresh uniform)/2; satisfied with chance v; utility v; and of the impressions of a user half are
 * by the one creator that this user follows, drawn with the creators' shares, the others drawn afresh.
 */
export function knownPages(seed: string, world: number, users: number): PageEvents {
  const key = foldIn(rootKey(seed), world);
  const userKey = deriveKey(key, "user");
  const pageKey = deriveKey(key, "page");
  const shownKey = deriveKey(key, "shown");
  const creatorAt = (u: number): number => CUMULATIVE.findIndex((edge) => u <= edge);
  const unit: number[] = [];
  const satisfaction: number[] = [];
  const creator: number[] = [];
  const utility: number[] = [];
  for (let user = 0; user < users; user++) {
    const taste = uniform(userKey, user, 0);
    const pages = 1 + Math.floor(((taste + uniform(userKey, user, 1)) / 2) * MOST_PAGES);
    const followed = creatorAt(uniform(userKey, user, 2));
    for (let n = 0; n < pages; n++) {
      const page = user * MOST_PAGES + n;
      unit.push(user);
      satisfaction.push(uniform(pageKey, page, 0) < taste ? 1 : 0);
      for (let j = 0; j < SLATE; j++) {
        const impression = page * SLATE + j;
        const own = uniform(shownKey, impression, 0) < 0.5;
        creator.push(own ? followed : creatorAt(uniform(shownKey, impression, 1)));
        utility.push(taste);
      }
    }
  }
  const topics = new Float64Array(creator.length * TOPICS);
  creator.forEach((c, i) => {
    topics[i * TOPICS + (c % TOPICS)] = 1;
  });
  return {
    pageCount: unit.length,
    unit: Float64Array.from(unit),
    page: { satisfaction: Float64Array.from(satisfaction) },
    offsets: new Int32Array(unit.length + 1).map((_, i) => i * SLATE),
    creator: Int32Array.from(creator),
    impression: { utility: Float64Array.from(utility) },
    topics,
    topicCount: TOPICS,
  };
}

/** Pages of a user with taste v, on average: 1 + E ⌊5 (v + u)/2⌋ = 1 + Σₖ P(u >= 2k/5 − v). */
const pagesOfTaste = (taste: number): number => {
  let mean = 1;
  for (let k = 1; k < MOST_PAGES; k++) mean += Math.min(1, Math.max(0, 1 + taste - (2 * k) / MOST_PAGES));
  return mean;
};

/** Midpoints of tastes: the integrands are piecewise linear or quadratic, so this is exact to 1e-8. */
const GRID = 20_000;

/** What the metrics tend to with many users. */
export function knownTruths(): Readonly<Record<string, number>> {
  let pages = 0;
  let satisfied = 0;
  for (let i = 0; i < GRID; i++) {
    const taste = (i + 0.5) / GRID;
    pages += pagesOfTaste(taste);
    satisfied += pagesOfTaste(taste) * taste;
  }
  const topics = Array.from({ length: TOPICS }, (_, t) =>
    SHARES.reduce((sum, share, c) => sum + (c % TOPICS === t ? share / TOTAL : 0), 0),
  );
  const entropy = -topics.reduce((sum, p) => sum + p * Math.log(p), 0);
  return {
    satisfaction: satisfied / pages,
    creatorGini: gini(SHARES),
    topTenthShare: topShare(SHARES, 0.1),
    creatorHerfindahl: herfindahl(SHARES),
    topicEntropy: entropy,
    exposureVendi: Math.exp(entropy),
    needsMet: 0.5,
    worstTenthValue: (0.1 / 2) * SLATE,
  };
}
