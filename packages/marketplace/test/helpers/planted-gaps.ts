import { buildAtlas, collectEvidence, type GapAtlas, type Stage } from "@longview/scorecard/gaps";
import { rootKey } from "@longview/statistics";
import {
  greedyActor,
  oracleActor,
  WHOLE_MARKETPLACE_ID,
  type Actor,
  type ContentMarketplace,
  type WholeMarketplaceInput,
} from "../../src/index.ts";
import { contentGapSource, type ContentGapOptions } from "../../src/evaluation/gap-source.ts";
import { ItemWorth, viewerWidth } from "../../src/evaluation/gap-worth.ts";
import { QUIET } from "./quiet-world.ts";

/** The topic whose content is kept from its users. */
export const PLANTED = 2;
const TOPICS = 4;
const CANDIDATES = 24;

/** A world whose items are all about as good, so that nothing is missing: what is not made, found or shown has its like. */
export const EVEN: WholeMarketplaceInput = {
  ...QUIET,
  topics: TOPICS,
  slots: 4,
  candidates: CANDIDATES,
  items: {
    capacity: 400,
    longestAge: 60,
    secondaryWeight: 0,
    offTopic: 0,
    qualitySpread: 0.1,
    baitSpread: 0.1,
    lengthMean: 0.6,
    lengthSpread: 0.05,
  },
  creators: {
    capacity: 24,
    startShare: 1,
    production: 0.1,
    skillSpread: 0.2,
    coldStart: 0,
    effort: 0.1,
    baitMean: -4,
    baitSpread: 0.1,
    imitation: 0,
    riskMean: -8,
    riskSpread: 0,
    entryRate: 0,
    leaveRate: 0,
    newDays: 60,
  },
  arrival: { preferredLengthSpread: 0.1, mobileShorter: 0, aversionSpread: 0.1 },
  enjoyment: { fatigueLength: 0 },
  choice: { freshness: 0.1 },
  integrity: { review: { capacity: 0 } },
  retrieval: { topic: 0, fresh: 0, popular: 0, newCreator: 0, followed: 0 },
};

/** Shows what is worth most. */
const best = (): Actor => oracleActor({ ...ZERO, enjoyment: 1 });
const ZERO = {
  enjoyment: 0,
  minutes: 0,
  deception: 0,
  harm: 0,
  creator: 0,
  newCreator: 0,
  skill: 0,
  fatigueMinutes: 0,
};

/** Shows what is worth most, after something was done to the world that has just begun. */
function afterwards(change: (world: ContentMarketplace["privileged"]) => void): Actor<ContentMarketplace> {
  const actor = best();
  return {
    name: "afterwards",
    start: (world) => change(world.privileged),
    act: (world) => actor.act(world),
  };
}

function forPlanted(topics: ArrayLike<number>, each: (place: number) => void): void {
  for (let place = 0; place < topics.length; place++) if (topics[place] === PLANTED) each(place);
}

type Plant = Pick<ContentGapOptions, "options" | "actor">;

/** Worlds from whose users one topic is kept at one stage. */
export const PLANTS: Readonly<Record<Stage, () => Plant>> = {
  supply: () => ({
    options: EVEN,
    actor: afterwards(({ items, creators }) => {
      forPlanted(items.topic, (item) => (items.topic[item] = item % PLANTED));
      forPlanted(creators.topic, (creator) => (creators.topic[creator] = creator % PLANTED));
    }),
  }),
  // Candidates come from new creators alone, and those of one topic are not new.
  retrieval: () => ({
    options: { ...EVEN, retrieval: { ...EVEN.retrieval, newCreator: CANDIDATES } },
    actor: afterwards(({ creators }) => {
      creators.joinedAt.fill(0);
      forPlanted(creators.topic, (creator) => (creators.joinedAt[creator] = -1_000_000));
    }),
  }),
  // The classifier takes every item of the topic for harmful, and no new ones are made.
  eligibility: () => ({
    options: EVEN,
    actor: afterwards(({ items, creators }) => {
      forPlanted(items.topic, (item) => (items.classifier[item] = 1));
      forPlanted(creators.topic, (creator) => (creators.activity[creator] = 0));
    }),
  }),
  ranking: () => ({ options: EVEN, actor: shunning() }),
};

/** Shows what is worth most and isn't about the topic. */
function shunning(): Actor {
  return greedyActor("shunning", (scores, world, row) => {
    const { options, privileged } = world;
    const worth = new ItemWorth(privileged, options);
    const viewer = new Float64Array(viewerWidth(options));
    worth.writeViewer(viewer, 0, world.userOf(row));
    for (let m = 0; m < scores.length; m++) {
      const item = privileged.candidateItem[row * scores.length + m]!;
      scores[m] = worth.ofItem(viewer, 0, item) - (privileged.items.topic[item] === PLANTED ? 10 : 0);
    }
  });
}

/** The atlas of a fortnight in a planted world, or in an even one. */
export async function atlasOf(
  seed: string,
  plant: Plant = { options: EVEN, actor: best() },
): Promise<GapAtlas> {
  const source = contentGapSource({
    id: WHOLE_MARKETPLACE_ID,
    users: 96,
    days: 14,
    key: rootKey(seed),
    ...plant,
  });
  return buildAtlas(await collectEvidence(source));
}
