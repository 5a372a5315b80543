import { COALITIONS, levelCoalitionsInto } from "@longview/scorecard/gaps";
import type { PageRows } from "../content/page-rows.ts";
import { examinationProbability } from "../laws/choice.ts";
import { slateItem } from "./gap-servings.ts";
import type { ReferenceItem } from "./gap-reference.ts";
import type { ItemWorth } from "./gap-worth.ts";

/**
 * The best that a page's user could be shown after each stage, by topic, as {@link ItemWorth} has it.
 *
 * Served is the best of the slate, whatever its topic, each position weighted by the chance that it is looked at, and at least 0: a
 * page on which nothing pleases is worth nothing. Each earlier stage has that, and the best harmless item of the topic that
 * reached it: among the candidates; among what integrity did not block; among all there are; with the reference item. Harmful items
 * count where they are served and nowhere else: that they are missing is no gap.
 */
export class PageLevels {
  /** Worth by topic and set of mended stages, `[topics · 16]`. */
  readonly utilities: Float64Array;
  readonly #world: PageRows;
  readonly #worth: ItemWorth;
  readonly #reference: ReferenceItem;
  readonly #examination: Float64Array;
  readonly #retrieved: Float64Array;
  readonly #unblocked: Float64Array;
  readonly #existing: Float64Array;
  /** Harmless items there are today. */
  readonly #living: Int32Array;
  #livingCount = 0;

  constructor(world: PageRows, worth: ItemWorth, reference: ReferenceItem) {
    const { options, privileged } = world;
    this.#world = world;
    this.#worth = worth;
    this.#reference = reference;
    this.#examination = Float64Array.from({ length: options.slots }, (_, j) =>
      examinationProbability(j, options.choice),
    );
    this.utilities = new Float64Array(options.topics * COALITIONS);
    this.#retrieved = new Float64Array(options.topics);
    this.#unblocked = new Float64Array(options.topics);
    this.#existing = new Float64Array(options.topics);
    this.#living = new Int32Array(privileged.items.alive.length);
  }

  /** Looks at the items there are; once a day. */
  lookAround(): void {
    const { items } = this.#world.privileged;
    this.#livingCount = 0;
    for (let item = 0; item < items.alive.length; item++)
      if (items.alive[item] === 1 && items.harmful[item] === 0) this.#living[this.#livingCount++] = item;
    this.#reference.lookAround();
  }

  /** Writes {@link utilities} of a row whose slate is chosen and not yet answered. */
  read(row: number, viewer: Float64Array): void {
    const { options } = this.#world;
    let served = 0;
    for (let j = 0; j < options.slots; j++)
      served = Math.max(
        served,
        this.#examination[j]! * this.#worth.ofItem(viewer, 0, slateItem(this.#world, row, j)),
      );
    this.#readCandidates(row, viewer, served);
    this.#readCatalogue(viewer);
    for (let topic = 0; topic < options.topics; topic++) {
      const retrieved = this.#retrieved[topic]!;
      const existing = this.#existing[topic]!;
      const lostToRetrieval = this.#unblocked[topic]! - retrieved;
      // Integrity comes before retrieval here. Losses add up whatever their order, so the levels are given in the order asked for.
      levelCoalitionsInto(this.utilities, topic * COALITIONS, {
        makeable: Math.max(existing, this.#reference.worth(viewer, topic)),
        catalogue: existing,
        retrieved: existing - lostToRetrieval,
        eligible: retrieved,
        served,
      });
    }
  }

  #readCandidates(row: number, viewer: Float64Array, served: number): void {
    const { options, privileged } = this.#world;
    const { items, candidateItem } = privileged;
    this.#retrieved.fill(served);
    for (let at = row * options.candidates; at < (row + 1) * options.candidates; at++) {
      const item = candidateItem[at]!;
      if (item < 0 || items.harmful[item] === 1) continue;
      const topic = items.topic[item]!;
      this.#retrieved[topic] = Math.max(this.#retrieved[topic]!, this.#worth.ofItem(viewer, 0, item));
    }
  }

  #readCatalogue(viewer: Float64Array): void {
    const { items, integrity } = this.#world.privileged;
    const guarded = integrity.blocked.length > 0;
    this.#unblocked.set(this.#retrieved);
    this.#existing.set(this.#retrieved);
    for (let n = 0; n < this.#livingCount; n++) {
      const item = this.#living[n]!;
      const topic = items.topic[item]!;
      const worth = this.#worth.ofItem(viewer, 0, item);
      if (worth <= this.#unblocked[topic]!) continue;
      if (worth > this.#existing[topic]!) this.#existing[topic] = worth;
      if (!guarded || integrity.blocked[item] === 0) this.#unblocked[topic] = worth;
    }
  }
}
