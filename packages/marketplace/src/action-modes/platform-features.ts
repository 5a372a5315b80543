import { gini } from "../evaluation/gini.ts";
import type { ContentMarketplace } from "../content/content-marketplace.ts";
import { LEVER_BOUNDS, LEVER_NAMES } from "../laws/levers.ts";

/** What a platform sees of its day, in order; each is about 0 to 1, and within ± 3. */
export const PLATFORM_FEATURES = [
  "activeUsers",
  "pagesPerUser",
  "clickRate",
  "likeRate",
  "hideRate",
  "reportRate",
  "completion",
  "revenue",
  "sponsoredShare",
  "creators",
  "newCreators",
  "newCreatorExposure",
  "exposureGini",
  "items",
  "elapsed",
  ...LEVER_NAMES,
] as const;

/** Sums of a day over its pages. */
export interface PlatformDay {
  decisions: number;
  revenue: number;
  sponsored: number;
}

/**
 * Writes PLATFORM_FEATURES of a world from place `at` on. Reads no latent field.
 *
 * @param elapsed - share of the horizon that has passed
 */
export function writePlatformFeatures(
  out: Float32Array,
  at: number,
  world: ContentMarketplace,
  day: PlatformDay,
  elapsed: number,
): void {
  const { users, creators, pools, items, levers } = world.privileged;
  const { options, rowCount } = world;
  let present = 0;
  const sums = { impressions: 0, clicks: 0, likes: 0, hides: 0, reports: 0, completion: 0 };
  for (let user = 0; user < rowCount; user++) {
    if (users.alive[user] === 0) continue;
    present++;
    sums.impressions += users.impressions[user]!;
    sums.clicks += users.clicks[user]!;
    sums.likes += users.likes[user]!;
    sums.hides += users.hides[user]!;
    sums.reports += users.reports[user]!;
    sums.completion += users.completion[user]!;
  }
  const exposures: number[] = [];
  let newCreators = 0;
  let newExposure = 0;
  let exposure = 0;
  for (let creator = 0; creator < creators.alive.length; creator++) {
    if (creators.alive[creator] === 0) continue;
    const own = creators.memoryExposure[creator]!;
    exposures.push(own);
    exposure += own;
    newCreators += creators.isNew[creator]!;
    if (creators.isNew[creator] === 1) newExposure += own;
  }
  const share = (part: number, whole: number): number => (whole > 0 ? Math.min(3, part / whole) : 0);
  const values = [
    present / rowCount,
    share(day.decisions, present * options.stepsPerDay),
    share(sums.clicks, sums.impressions),
    share(sums.likes, sums.clicks),
    share(sums.hides, sums.clicks),
    share(sums.reports, sums.clicks),
    share(sums.completion, sums.clicks),
    share(day.revenue, day.decisions),
    share(day.sponsored, day.decisions),
    exposures.length / creators.alive.length,
    share(newCreators, exposures.length),
    share(newExposure, exposure),
    gini(exposures),
    pools.sizes[0]! / items.alive.length,
    elapsed,
    ...LEVER_NAMES.map((name, place) => {
      const [least, largest] = LEVER_BOUNDS[name];
      return (levers[place]! - least) / (largest - least);
    }),
  ];
  for (let i = 0; i < values.length; i++) out[at + i] = values[i]!;
}
