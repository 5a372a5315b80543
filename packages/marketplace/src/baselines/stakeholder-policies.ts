import type { LeverSettings, PlatformPolicy } from "../experiments/platform-policy.ts";
import { featureScore } from "./feature-score.ts";
import type { Stakeholder } from "../evaluation/stakeholders.ts";

function policy(
  name: string,
  weights: Readonly<Record<string, number>>,
  levers: LeverSettings,
): PlatformPolicy {
  return { name, makeScore: () => featureScore(weights), levers };
}

/** What viewers of an item and its creator were seen to like, with a little for new creators. */
const WELL_RECEIVED = {
  completion: 4,
  creatorLikeRate: 3,
  topicRecent: -1.7,
  classifierScore: -1.2,
  topicMatch: 0.1,
  clickRate: 0.2,
  creatorIsNew: 0.2,
};

/** Ranks by what is well received, with the scenario's levers. */
export const BALANCED_POLICY: PlatformPolicy = policy("balanced", WELL_RECEIVED, {});

/**
 * Policies that serve one stakeholder and look at nobody else. All read observed features only:
 *
 * - users: the balanced ranking, no advertising
 * - creators: spreads exposure to who had least, pays new creators a subsidy, guarantees half a fair share
 * - advertisers: the balanced ranking, four sponsored positions a page at no least price
 * - platform: revenue now: ranks clicks and length higher, four sponsored positions a page at a high least price
 */
export const BLIND_POLICIES: Readonly<Record<Stakeholder, PlatformPolicy>> = {
  users: policy("users", WELL_RECEIVED, { adLoad: 0 }),
  creators: policy(
    "creators",
    { ...WELL_RECEIVED, creatorExposure: -2, creatorIsNew: 1 },
    { exposureFloor: 0.5, subsidy: 4 },
  ),
  advertisers: policy("advertisers", WELL_RECEIVED, { adLoad: 4, reservePrice: 0 }),
  platform: policy(
    "platform",
    { ...WELL_RECEIVED, clickRate: 1, creatorClickRate: 1, length: 0.5 },
    { adLoad: 4, reservePrice: 0.4 },
  ),
};
