import { type GapAxes, type GapSource, type NeedRecord } from "@longview/scorecard/gaps";
import { deriveKey, foldIn, uniform } from "@longview/statistics";
import type { ContentMarketplace } from "../content/content-marketplace.ts";
import { CONTENT_MARKETPLACE_ID, makeMarketplace } from "../content/definition.ts";
import { wholeMarketplaceOptions, type EngineOptions } from "../content/options.ts";
import { CLOCK } from "../content/state.ts";
import { GapAudience } from "./gap-audience.ts";
import { PageLevels } from "./gap-levels.ts";
import { ReferenceItem } from "./gap-reference.ts";
import { GapServings } from "./gap-servings.ts";
import { ItemWorth, viewerWidth } from "./gap-worth.ts";
import type { SimulateWorldOptions } from "./simulate-world.ts";

/** Names of the users' groups: device, and whether a user joined within the last {@link NEWCOMER_DAYS} days. */
export const GAP_SEGMENTS = [
  "desktop newcomers",
  "desktop regulars",
  "mobile newcomers",
  "mobile regulars",
] as const;
/** Days for which a user counts as a newcomer. */
const NEWCOMER_DAYS = 7;

/** Names of the situations: how far a visit has got. */
export const GAP_CONTEXTS = ["first page", "pages 2 and 3", "page 4 and later"] as const;

/** One world under one policy, asked for what is missing in it. */
export interface ContentGapOptions extends Omit<SimulateWorldOptions, "discountFactor"> {
  /** Share of today's items whose quality the reference item has or exceeds, in (0, 1). @defaultValue 0.9 */
  readonly reference?: number;
  /**
   * Pages that are looked into, about; the rest are played and left out, by a keyed draw each. A page costs a pass through the
   * catalogue: 10,000 pages of 512 items about a second. @defaultValue 20,000
   */
  readonly pages?: number;
}

/**
 * Plays a policy in a content world and says of a sample of pages, by the world's own laws, what was to be had of every topic at each
 * stage: makeable, made, let through, retrieved, served. {@link PageLevels} says what is compared, {@link ReferenceItem} what counts as
 * makeable, {@link ItemWorth} what an item is worth.
 *
 * A page wants each topic in proportion to its user's interest in it. Units are users. The world stays the one that the policy would
 * have had by itself: nothing is written to it, and nothing drawn by its keys.
 *
 * @throws RangeError for a reference or a number of pages out of range
 * @throws z.ZodError when an option of the world is out of range
 *
 * @example
 * const source = contentGapSource({ key: rootKey(1), actor: heuristicActor(), days: 28 });
 * const atlas = buildAtlas(await collectEvidence(source));
 */
export function contentGapSource(settings: ContentGapOptions): GapSource {
  const { id = CONTENT_MARKETPLACE_ID, options = {}, key, users = 128 } = settings;
  const { reference = 0.9, pages = 20_000 } = settings;
  if (!(reference > 0 && reference < 1))
    throw new RangeError(`content gaps: reference must be in (0, 1), got ${reference}`);
  if (!(pages >= 1)) throw new RangeError(`content gaps: pages must be >= 1, got ${pages}`);
  const days = settings.days ?? wholeMarketplaceOptions.shape.days.parse(options.days);
  // a day more than is run, so that the last day can still be looked at
  const world = makeMarketplace(id, { users, options: { ...options, days: days + 1 } });
  const { topics, referencePages } = world.options;
  const axes: GapAxes = {
    topics: Array.from({ length: topics }, (_, topic) => `topic ${topic}`),
    segments: GAP_SEGMENTS,
    contexts: GAP_CONTEXTS,
  };
  const share = Math.min(1, pages / (users * referencePages * days));
  const weeks = (share * days) / 7;
  let reading: GapReading | undefined;
  const read = (): GapReading => {
    if (reading === undefined) throw new RangeError("content gaps: read the records first");
    return reading;
  };
  return {
    axes,
    weeks,
    limits: limitsOf(world.options, { reference, share, users, days }),
    records() {
      world.reset({ key });
      reading = new GapReading(world, axes, reference);
      return reading.play({ ...settings, days, share });
    },
    catalogue: () => read().audience.catalogue(),
    served: () => read().servings.served(weeks),
  };
}

/** One life of a world, looked into. */
class GapReading {
  readonly audience: GapAudience;
  readonly servings: GapServings;
  readonly #world: ContentMarketplace;
  readonly #worth: ItemWorth;
  readonly #levels: PageLevels;

  constructor(world: ContentMarketplace, axes: GapAxes, quantile: number) {
    const { privileged, options } = world;
    const worth = new ItemWorth(privileged, options);
    const reference = new ReferenceItem(privileged, options, worth, quantile);
    this.#world = world;
    this.#worth = worth;
    this.#levels = new PageLevels(world, worth, reference);
    this.audience = new GapAudience(privileged, options, worth, axes);
    this.servings = new GapServings(axes, world, worth, reference);
  }

  /** @param share - of the pages are looked into */
  async *play({
    actor,
    key,
    days,
    share,
  }: Pick<ContentGapOptions, "actor" | "key"> & {
    readonly days: number;
    readonly share: number;
  }): AsyncGenerator<NeedRecord> {
    const world = this.#world;
    const { stepsPerDay } = world.options;
    const sampling = deriveKey(key, "gaps");
    actor.start?.(world, deriveKey(key, "actor"));
    for (let step = 0; step < days * stepsPerDay; step++) {
      if (step % stepsPerDay === 0) this.#levels.lookAround();
      const acting = actor.act(world);
      if (acting !== undefined) await acting;
      const drawn = foldIn(sampling, step);
      for (let row = 0; row < world.rowCount; row++)
        if (world.active[row] === 1 && (share === 1 || uniform(drawn, row, 0) < share)) yield this.#read(row);
      world.step();
    }
  }

  #read(row: number): NeedRecord {
    const { topics } = this.#world.options;
    const { users } = this.#world.privileged;
    const user = this.#world.userOf(row);
    const segment = this.#segmentOf(user);
    const context = contextOf(users.depth[user]!);
    const viewer = new Float64Array(viewerWidth(this.#world.options));
    this.#worth.writeViewer(viewer, 0, user);
    this.#levels.read(row, viewer);
    this.audience.meet(segment, context, viewer);
    this.servings.add({ row, segment, context, viewer });
    let interest = 0;
    for (let topic = 0; topic < topics; topic++) interest += viewer[topic]!;
    return {
      unit: users.ordinal[user]! * users.ordinal.length + user,
      segment,
      context,
      demand: viewer.subarray(0, topics).map((own) => own / interest),
      utilities: this.#levels.utilities,
    };
  }

  #segmentOf(user: number): number {
    const { users, clock } = this.#world.privileged;
    const daysHere = (clock[CLOCK.tick]! - users.joinedAt[user]!) / this.#world.options.stepsPerDay;
    return 2 * users.mobile[user]! + (daysHere < NEWCOMER_DAYS ? 0 : 1);
  }
}

/** @param depth - pages of the visit that came before */
function contextOf(depth: number): number {
  if (depth === 0) return 0;
  return depth < 3 ? 1 : 2;
}

function limitsOf(
  { advertising, levers }: EngineOptions,
  world: {
    readonly reference: number;
    readonly share: number;
    readonly users: number;
    readonly days: number;
  },
): string[] {
  const { reference, share, users, days } = world;
  const percent = (part: number): string => `${Number((100 * part).toPrecision(2))} %`;
  return [
    `What could be made is assumed: in any topic a harmless item wholly about it, without clickbait, as long as suits, of a quality that the best ${percent(1 - reference)} of today's items have, and of middling age.`,
    "Utility is the chance to open an item times how much it is then enjoyed, by the world's own latent laws: the best item is known here, and no retrieval or ranking could find it every time. Some of what all topics lose alike is that; a larger margin leaves what is particular to one.",
    `One world of ${users} user slots over ${days} days: intervals are over its users, and a world of another seed has other creators and other gaps.`,
    ...(share < 1 ? [`A sample of ${percent(share)} of the pages was looked into.`] : []),
    ...(advertising.enabled || levers.exposureFloor > 0 || levers.coldStartBudget > 0
      ? [
          "Served is the slate as the policy ranked it: what sponsored positions and guarantees put in its place is left out.",
        ]
      : []),
  ];
}
