import { deriveKey, foldIn, shuffleInto, type RandomKey } from "@longview/statistics";
import {
  CONTROL,
  createDesign,
  OUTSIDE,
  TREATMENT,
  type DesignSpecInput,
  type SwitchbackDesign,
} from "@longview/experiments";
import type { ContentMarketplace } from "../content/content-marketplace.ts";
import { CLOCK } from "../content/state.ts";

/**
 * What is randomised in a marketplace: a design of `@longview/experiments`, in which a user is a user slot, a creator a creator
 * slot (who comes after somebody who left has the same arm, so that leaving counts), a cluster the topic that a user was seen to
 * view most, and time is in days since the experiment began; or
 *
 * - `decision`: every page by itself
 * - `everyone`: nothing, all have one arm: what the true effect is taken from
 */
export type MarketplaceDesign =
  | Exclude<DesignSpecInput, { kind: "cluster" }>
  | { readonly kind: "cluster"; readonly treatmentShare?: number }
  | { readonly kind: "decision"; readonly treatmentShare?: number }
  | { readonly kind: "everyone"; readonly arm: typeof CONTROL | typeof TREATMENT };

/** Who has which arm. It depends on the design, its key and the world as the experiment begins, never on the policies. */
export interface Assignment {
  readonly design: MarketplaceDesign;
  /** Arm of each user slot; OUTSIDE for all where users have none. */
  readonly userArm: Uint8Array;
  /** Arm of each creator slot (of the part of the corpus, in `co-diverted`); OUTSIDE for all where creators have none. */
  readonly creatorArm: Uint8Array;
  /** Arm in which each campaign slot may bid; OUTSIDE: in all. */
  readonly campaignArm: Uint8Array;
  /** Cluster of each user slot: users of one main topic, as observed when the experiment began. */
  readonly cluster: Int32Array;
  readonly switchback?: SwitchbackDesign;
  /** Arm of the page of a user, `tick` steps after the experiment began; OUTSIDE where pages have none. */
  pageArm(user: number, tick: number): number;
}

/** Numbers users by the topic that each was seen to view most (ties by place), over the topics that are anybody's. */
function mainTopics({ privileged, options, rowCount }: ContentMarketplace): Int32Array {
  const { topicLong } = privileged.users;
  const { topics } = options;
  const main = Int32Array.from({ length: rowCount }, (_, user) => {
    let most = 0;
    for (let topic = 1; topic < topics; topic++)
      if (topicLong[user * topics + topic]! > topicLong[user * topics + most]!) most = topic;
    return most;
  });
  const present = [...new Set(main)].toSorted((a, b) => a - b);
  return main.map((topic) => present.indexOf(topic));
}

/**
 * Draws a design for a world that has been started.
 *
 * @throws RangeError as `createDesign`, and for a world that has not been started
 */
export function assign(world: ContentMarketplace, design: MarketplaceDesign, key: RandomKey): Assignment {
  const { options, rowCount: users } = world;
  if (world.privileged.clock[CLOCK.started] !== 1)
    throw new RangeError(`${world.id}: start the world (reset) before an experiment`);
  const creators = options.creators.capacity;
  const campaigns = options.advertising.enabled ? options.advertising.campaigns.capacity : 0;
  const columns = {
    userArm: new Uint8Array(users).fill(OUTSIDE),
    creatorArm: new Uint8Array(creators).fill(OUTSIDE),
    campaignArm: new Uint8Array(campaigns).fill(OUTSIDE),
    cluster: mainTopics(world),
  };
  const { userArm, creatorArm, campaignArm, cluster } = columns;
  const ofUser = (user: number): number => userArm[user]!;
  const userRows = { count: users, user: numbers(users) };
  const creatorRows = { count: creators, creator: numbers(creators) };
  switch (design.kind) {
    case "everyone": {
      const { arm } = design;
      return { design, ...columns, pageArm: () => arm };
    }
    case "user":
      createDesign(design, key).armsInto(userArm, userRows);
      return { design, ...columns, pageArm: ofUser };
    case "cluster":
      createDesign({ ...design, clusters: Math.max(...cluster) + 1 }, key).armsInto(userArm, {
        count: users,
        cluster,
      });
      return { design, ...columns, pageArm: ofUser };
    case "budget-split":
      createDesign(design, key).armsInto(userArm, userRows);
      splitCampaigns(
        campaignArm,
        world.privileged.advertising.campaigns.dailyBudget,
        design.treatmentShare ?? 0.5,
        key,
      );
      return { design, ...columns, pageArm: ofUser };
    case "co-diverted": {
      const drawn = createDesign(design, key);
      drawn.armsInto(userArm, userRows);
      drawn.corpusArmsInto(creatorArm, creatorRows);
      return { design, ...columns, pageArm: ofUser };
    }
    case "creator":
      createDesign(design, key).armsInto(creatorArm, creatorRows);
      return { design, ...columns, pageArm: () => OUTSIDE };
    case "two-sided": {
      const drawn = createDesign(design, key);
      const other = new Uint8Array(Math.max(users, creators));
      drawn.sidesInto(userArm, other, { ...userRows, creator: new Int32Array(users) });
      drawn.sidesInto(other, creatorArm, { ...creatorRows, user: new Int32Array(creators) });
      return { design, ...columns, pageArm: () => OUTSIDE };
    }
    case "decision": {
      const drawn = createDesign({ ...design, kind: "user" }, key);
      const row = { count: 1, user: new Int32Array(1) };
      const arm = new Uint8Array(1);
      return {
        design,
        ...columns,
        pageArm(user, tick) {
          row.user[0] = tick * users + user;
          drawn.armsInto(arm, row);
          return arm[0]!;
        },
      };
    }
    case "switchback": {
      const switchback = createDesign(design, key);
      const row = { count: 1, time: new Float64Array(1) };
      const arm = new Uint8Array(1);
      return {
        design,
        ...columns,
        switchback,
        pageArm(_user, tick) {
          row.time[0] = tick / options.stepsPerDay;
          switchback.armsInto(arm, row);
          return arm[0]!;
        },
      };
    }
  }
}

function numbers(count: number): Int32Array {
  return Int32Array.from({ length: count }, (_, i) => i);
}

/** Campaigns that are given their arms together. */
const BLOCK = 4;

/**
 * Gives the share of campaigns to treatment and the others to control, evenly over small and large budgets: campaigns are gone
 * through by falling budget, and arms are shuffled within blocks of four.
 */
function splitCampaigns(
  arms: Uint8Array,
  budgets: Float64Array,
  treatmentShare: number,
  key: RandomKey,
): void {
  const order = numbers(arms.length).sort((a, b) => budgets[b]! - budgets[a]! || a - b);
  for (let start = 0; start < order.length; start += BLOCK) {
    const block = order.subarray(start, start + BLOCK);
    const treated = Math.round(treatmentShare * (start + block.length)) - Math.round(treatmentShare * start);
    shuffleInto(block, foldIn(deriveKey(key, "campaign"), start));
    block.forEach((campaign, place) => (arms[campaign] = place < treated ? TREATMENT : CONTROL));
  }
}
