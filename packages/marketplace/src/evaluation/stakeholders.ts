import { deriveKey, foldIn, meanInterval, type RandomKey } from "@longview/statistics";
import { ADVERTISING_DAILY } from "../content/advertising-columns.ts";
import type { ContentMarketplace } from "../content/content-marketplace.ts";
import { AGENCY_DAILY } from "../content/creator-agency-columns.ts";
import { makeWholeMarketplace } from "../content/definition.ts";
import { wholeMarketplaceOptions, type WholeMarketplaceInput } from "../content/options.ts";
import type { MakeActor } from "./compare-policies.ts";

/** Whose values a platform weighs against each other. */
export const STAKEHOLDERS = ["users", "creators", "advertisers", "platform"] as const;
export type Stakeholder = (typeof STAKEHOLDERS)[number];

/**
 * What each stakeholder had of a world, in total over its days and for each user slot, so that who leaves counts:
 *
 * - users: the objective `userValue`, enjoyment and contentment of their pages [1]
 * - creators: utility of the creators there are, what they are paid and liked less what their work costs them [livings]
 * - advertisers: what clicks and conversions were worth to them less what they were charged [money]
 * - platform: revenue less payouts and subsidies to creators [money]
 */
export type StakeholderValues = Readonly<Record<Stakeholder, number>>;

/** Worlds in which policies serve stakeholders. */
export interface StakeholderWorlds {
  readonly options?: WholeMarketplaceInput;
  /** User slots. @defaultValue 96 */
  readonly users?: number;
  /** World w has the key `foldIn(key, w)`. */
  readonly key: RandomKey;
  /** Independent worlds. @defaultValue 30 */
  readonly worlds?: number;
}

/**
 * What every stakeholder had of one world under an actor.
 *
 * @throws RangeError for a world without advertisers or without creators as agents
 */
export async function stakeholderValues(
  world: ContentMarketplace,
  actor: { act(world: ContentMarketplace): void | Promise<void> },
  days: number,
): Promise<StakeholderValues> {
  const { advertising, agency } = world.options;
  if (!advertising.enabled || !agency.enabled)
    throw new RangeError(
      `${world.id}: stakeholders need advertising.enabled and agency.enabled, got ${advertising.enabled} and ${agency.enabled}`,
    );
  const { stepsPerDay } = world.options;
  const { advertising: ads, agency: pay } = world.privileged;
  const width = world.objectiveNames.length;
  let users = 0;
  let creators = 0;
  let advertisers = 0;
  let platform = 0;
  for (let step = 1; step <= days * stepsPerDay; step++) {
    const acting = actor.act(world);
    if (acting !== undefined) await acting;
    world.step();
    for (let row = 0; row < world.rowCount; row++) users += world.objectives[row * width]!;
    if (step % stepsPerDay !== 0) continue;
    creators += pay.daily[AGENCY_DAILY.utility]! * pay.daily[AGENCY_DAILY.present]!;
    advertisers += ads.daily[ADVERTISING_DAILY.advertiserSurplus]!;
    platform +=
      ads.daily[ADVERTISING_DAILY.revenue]! -
      pay.daily[AGENCY_DAILY.payouts]! -
      pay.daily[AGENCY_DAILY.subsidies]!;
  }
  const slots = world.rowCount;
  return {
    users: users / slots,
    creators: creators / slots,
    advertisers: advertisers / slots,
    platform: platform / slots,
  };
}

/** Values of every world under a policy that is made afresh for each. */
export async function stakeholderWorlds(
  make: MakeActor,
  { options = {}, users = 96, key, worlds = 30 }: StakeholderWorlds,
): Promise<readonly StakeholderValues[]> {
  const days = wholeMarketplaceOptions.shape.days.parse(options.days);
  const values: StakeholderValues[] = [];
  for (let w = 0; w < worlds; w++) {
    const own = foldIn(key, w);
    // a day more than is run: after the last one the next world would begin
    const world = makeWholeMarketplace({ users, options: { ...options, days: days + 1 }, key: own });
    const actor = make();
    actor.start?.(world, deriveKey(own, "actor"));
    values.push(await stakeholderValues(world, actor, days));
  }
  return values;
}

/** What a policy changes for a stakeholder against another policy in the same worlds. */
export interface StakeholderChange {
  /** Mean under the policy that is compared with. */
  readonly balanced: number;
  /** Mean of the worlds' differences. */
  readonly difference: number;
  /** Student's interval of that mean over worlds. */
  readonly interval: readonly [number, number];
}

/** Differences of every stakeholder, policy minus balanced, paired by world. */
export function stakeholderChanges(
  balanced: readonly StakeholderValues[],
  policy: readonly StakeholderValues[],
  confidence = 0.95,
): Readonly<Record<Stakeholder, StakeholderChange>> {
  const change = (who: Stakeholder): StakeholderChange => {
    const differences = policy.map((values, w) => values[who] - balanced[w]![who]);
    const { mean, interval } = meanInterval(differences, { confidence });
    const sum = balanced.reduce((total, values) => total + values[who], 0);
    return { balanced: sum / balanced.length, difference: mean, interval: [interval[0], interval[1]] };
  };
  return {
    users: change("users"),
    creators: change("creators"),
    advertisers: change("advertisers"),
    platform: change("platform"),
  };
}
