import { enjoymentOf, lengthMismatch, completionOf } from "../laws/enjoyment.ts";
import { openLogit, openProbability } from "../laws/choice.ts";
import { freshnessOf } from "../laws/items.ts";
import { creatorBenefit } from "../laws/objectives.ts";
import { deceptionOf } from "../laws/satisfaction.ts";
import { fairShareOf } from "../content/fair-share.ts";
import { CLOCK } from "../content/state.ts";
import { greedyActor, type Actor } from "./actor.ts";

/** Weights of {@link oracleActor}. */
export interface OracleWeights {
  /** Of expected enjoyment: chance to open × enjoyment. */
  readonly enjoyment: number;
  /** Of expected minutes. */
  readonly minutes: number;
  /** Of expected deception (a loss when negative). */
  readonly deception: number;
  /** Of the expected harmful view. */
  readonly harm: number;
  /** Of the marginal benefit to the creator. */
  readonly creator: number;
  /** Of the creator being new. */
  readonly newCreator: number;
  /** Of the creator's latent skill. */
  readonly skill: number;
  /** Of the user's fatigue × expected minutes. */
  readonly fatigueMinutes: number;
}

export const DEFAULT_ORACLE_WEIGHTS: OracleWeights = {
  enjoyment: 1,
  minutes: 0.1,
  deception: -0.3,
  harm: -1,
  creator: 0.1,
  newCreator: 0.25,
  skill: 0,
  fatigueMinutes: 0,
};

/**
 * A privileged policy, no ceiling: it knows each user's interests, satiation, tastes and fatigue and each item's quality,
 * clickbait and harm, computes the expected outcomes of showing each candidate by the world's own laws, and ranks by a
 * weighted sum of them. The weights are tuned like the heuristic's ({@link tuneOracle}).
 */
export function oracleActor(weights: OracleWeights = DEFAULT_ORACLE_WEIGHTS): Actor {
  return greedyActor("oracle", (scores, environment, row) => {
    const { users, items, creators, candidateItem, clock } = environment.privileged;
    const options = environment.options;
    const tick = clock[CLOCK.tick]!;
    const user = environment.userOf(row);
    const fair = fairShareOf(options, users.alive.length);
    const second = options.items.secondaryWeight;
    const fatigue = users.fatigue[user]!;
    for (let m = 0; m < scores.length; m++) {
      const item = candidateItem[row * scores.length + m]!;
      if (item < 0) {
        scores[m] = -Infinity;
        continue;
      }
      const creator = items.creator[item]!;
      const one = user * options.topics + items.topic[item]!;
      const two = user * options.topics + items.secondTopic[item]!;
      const match = (1 - second) * users.interest[one]! + second * users.interest[two]!;
      const boredom = (1 - second) * users.satiation[one]! + second * users.satiation[two]!;
      const harmful = items.harmful[item]!;
      const logMinutes = items.logMinutes[item]!;
      const open = openProbability(
        openLogit(
          match,
          items.appeal[item]!,
          freshnessOf((tick - items.bornAt[item]!) / options.stepsPerDay, options.items),
          boredom,
          fatigue,
          users.trust[user]!,
          options.choice,
        ),
      );
      const enjoyment = enjoymentOf(
        match,
        items.quality[item]!,
        items.bait[item]! * users.aversion[user]!,
        harmful,
        boredom,
        lengthMismatch(logMinutes, users.preferredLength[user]!, fatigue, options.enjoyment),
        options.enjoyment,
      );
      const minutes = completionOf(enjoyment, 0.5, options.enjoyment) * Math.pow(2, logMinutes);
      const deception = deceptionOf(items.bait[item]!, items.quality[item]!, harmful, options.satisfaction);
      scores[m] =
        open *
          (weights.enjoyment * enjoyment +
            weights.minutes * minutes +
            weights.fatigueMinutes * fatigue * minutes +
            weights.deception * deception +
            weights.harm * harmful) +
        weights.creator * creatorBenefit(creators.memoryExposure[creator]! / fair) +
        weights.newCreator * creators.isNew[creator]! +
        weights.skill * creators.skill[creator]!;
    }
  });
}
