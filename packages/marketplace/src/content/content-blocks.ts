import type { ResetOptions } from "@longview/environment";
import type { EngineOptions } from "./options.ts";
import { PageBlock } from "./page-block.ts";
import { ContentWorld } from "./world.ts";

/** What {@link ContentBlocks} is made of. */
export interface ContentBlocksOptions {
  readonly options: EngineOptions;
  /** User slots. */
  readonly users: number;
  /** Pages that are held at once; the outcome does not depend on it. @defaultValue 4096 */
  readonly blockRows?: number;
}

/**
 * A content marketplace whose pages are gone through in blocks of users, so that its memory does not hold a page for every
 * user: a million users need a few hundred bytes each.
 *
 * Between {@link startTick} and {@link endTick}, {@link observeBlock} fills the rows with the next users in session; the
 * caller writes `action`; {@link answerBlock} writes the outcomes. Every block size and any order of deciding within a
 * tick gives the same world.
 *
 * @example
 * const world = new ContentBlocks({ options: wholeMarketplaceOptions.parse({}), users: 100_000 });
 * world.reset({ seed: 1 });
 * const actor = heuristicActor();
 * do {
 *   world.startTick();
 *   while (world.observeBlock() > 0) {
 *     await actor.act(world);
 *     world.answerBlock();
 *   }
 * } while (!world.endTick());
 */
export class ContentBlocks extends PageBlock {
  constructor({ options, users, blockRows = 4096 }: ContentBlocksOptions) {
    super(
      new ContentWorld({
        id: "marketplace/content-v1",
        options,
        users,
        rows: Math.min(blockRows, users),
      }),
    );
  }

  /** Starts a world. */
  reset(options: ResetOptions = {}): void {
    this.world.start(options);
  }

  override startTick(): void {
    this.world.writeItems();
    super.startTick();
  }

  /** After the last block of a tick; true when the world is over. */
  endTick(): boolean {
    return this.world.endTick();
  }
}
