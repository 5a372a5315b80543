import type { ContentState } from "../content/state.ts";
import { gini } from "./gini.ts";

/** The ecosystem at the end of a day. Shares and means are over what is there; 0 when nothing is. */
export interface EcosystemDay {
  readonly day: number;
  /** Mean latent satisfaction of the users there are, in [0, 1]. */
  readonly satisfaction: number;
  /** Mean latent trust, in [0, 1]. */
  readonly trust: number;
  /** Users who have not left. */
  readonly users: number;
  /** Pages shown in the day. */
  readonly decisions: number;
  readonly creators: number;
  readonly newCreators: number;
  /** Share of creators' remembered exposure that new creators have, in [0, 1]. */
  readonly newCreatorShare: number;
  /** Gini coefficient of remembered exposure over the creators there are, in [0, 1). */
  readonly exposureGini: number;
  /** Items that can be shown, and their mean latent quality and clickbait. */
  readonly items: number;
  readonly quality: number;
  readonly clickbait: number;
  /** Mean motivation of creators, in [0, 1]. */
  readonly motivation: number;
}

/** Reads the ecosystem from a world's latent state; for reports, never for a policy. */
export function readEcosystem(
  { users, creators, items }: ContentState,
  day: number,
  decisions: number,
): EcosystemDay {
  let present = 0;
  let satisfaction = 0;
  let trust = 0;
  for (let row = 0; row < users.alive.length; row++) {
    if (users.alive[row] === 0) continue;
    present++;
    satisfaction += users.satisfaction[row]!;
    trust += users.trust[row]!;
  }
  const exposures: number[] = [];
  let newExposure = 0;
  let allExposure = 0;
  let newCreators = 0;
  let motivation = 0;
  for (let creator = 0; creator < creators.alive.length; creator++) {
    if (creators.alive[creator] === 0) continue;
    const exposure = creators.memoryExposure[creator]!;
    exposures.push(exposure);
    allExposure += exposure;
    motivation += creators.motivation[creator]!;
    if (creators.isNew[creator] === 1) {
      newCreators++;
      newExposure += exposure;
    }
  }
  let pool = 0;
  let quality = 0;
  let clickbait = 0;
  for (let item = 0; item < items.alive.length; item++) {
    if (items.alive[item] === 0) continue;
    pool++;
    quality += items.quality[item]!;
    clickbait += items.bait[item]!;
  }
  return {
    day,
    satisfaction: present > 0 ? satisfaction / present : 0,
    trust: present > 0 ? trust / present : 0,
    users: present,
    decisions,
    creators: exposures.length,
    newCreators,
    newCreatorShare: allExposure > 0 ? newExposure / allExposure : 0,
    exposureGini: gini(exposures),
    items: pool,
    quality: pool > 0 ? quality / pool : 0,
    clickbait: pool > 0 ? clickbait / pool : 0,
    motivation: exposures.length > 0 ? motivation / exposures.length : 0,
  };
}
