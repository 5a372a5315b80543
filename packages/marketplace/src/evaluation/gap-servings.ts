import { cellNumber, type GapAxes, type ServedSupply } from "@longview/scorecard/gaps";
import type { PageRows } from "../content/page-rows.ts";
import { examinationProbability } from "../laws/choice.ts";
import type { ReferenceItem } from "./gap-reference.ts";
import type { ItemWorth } from "./gap-worth.ts";

/** A page whose slate is chosen, and where it counts. */
export interface GapPage {
  readonly row: number;
  readonly segment: number;
  readonly context: number;
  /** See {@link ItemWorth.writeViewer}. */
  readonly viewer: Float64Array;
}

/** The item at a position of a row's slate. */
export function slateItem({ action, options, privileged }: PageRows, row: number, position: number): number {
  const candidate = action[row * options.slots + position]!;
  return privileged.candidateItem[row * options.candidates + candidate]!;
}

/** Counts what slates show of each topic to whom, each position by the chance that it is looked at. */
export class GapServings {
  readonly #axes: GapAxes;
  readonly #world: PageRows;
  readonly #worth: ItemWorth;
  readonly #reference: ReferenceItem;
  /** Exposures, and what they are worth, by cell number. */
  readonly #exposures: Float64Array;
  readonly #gained: Float64Array;
  /** Pages by cell number, and what the reference item would be worth on them. */
  readonly #pages: Float64Array;
  readonly #makeable: Float64Array;

  constructor(axes: GapAxes, world: PageRows, worth: ItemWorth, reference: ReferenceItem) {
    const cells = axes.topics.length * axes.segments.length * axes.contexts.length;
    this.#axes = axes;
    this.#world = world;
    this.#worth = worth;
    this.#reference = reference;
    this.#exposures = new Float64Array(cells);
    this.#gained = new Float64Array(cells);
    this.#pages = new Float64Array(cells);
    this.#makeable = new Float64Array(cells);
  }

  add({ row, segment, context, viewer }: GapPage): void {
    const { options, privileged } = this.#world;
    for (let j = 0; j < options.slots; j++) {
      const item = slateItem(this.#world, row, j);
      const cell = cellNumber(this.#axes, { topic: privileged.items.topic[item]!, segment, context });
      const looked = examinationProbability(j, options.choice);
      this.#exposures[cell]! += looked;
      this.#gained[cell]! += looked * this.#worth.ofItem(viewer, 0, item);
    }
    for (let topic = 0; topic < options.topics; topic++) {
      const cell = cellNumber(this.#axes, { topic, segment, context });
      this.#pages[cell]! += 1;
      this.#makeable[cell]! += this.#reference.worth(viewer, topic);
    }
  }

  /**
   * The supply that was served. Where nothing of a topic was, an exposure is taken to be worth what the reference item would be.
   *
   * @param weeks - what the pages span
   */
  served(weeks: number): ServedSupply {
    return {
      exposures: this.#exposures,
      worth: this.#exposures.map((exposures, cell) => {
        if (exposures > 0) return this.#gained[cell]! / exposures;
        return this.#pages[cell]! > 0 ? this.#makeable[cell]! / this.#pages[cell]! : 0;
      }),
      weeks,
    };
  }
}
