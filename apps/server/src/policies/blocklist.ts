import { existsSync, readFileSync } from "node:fs";
import { blocklistSchema, jsonText, writeFileAtomic, type Blocklist } from "@longview/formats";
import type { CandidateTable } from "./rank-query.ts";

/** Items and creators that are never shown, whoever ranks; kept in a file, so that a restart forgets none. */
export class BlockedItems {
  readonly #file: string;
  #items: ReadonlySet<string> = new Set();
  #creators: ReadonlySet<string> = new Set();

  /** @throws Error one line where the file holds no blocklist: serving without it would show what must not be shown */
  constructor(file: string) {
    this.#file = file;
    if (!existsSync(file)) return;
    try {
      this.#take(blocklistSchema.parse(JSON.parse(readFileSync(file, "utf8"))));
    } catch (cause) {
      throw new Error(`${file}: is no blocklist; mend it, or remove it to block nothing`, { cause });
    }
  }

  get list(): Blocklist {
    return { item_ids: [...this.#items], creator_ids: [...this.#creators] };
  }

  /** Replaces the list; it holds from the next decision on, and the file is on the disk when this returns. */
  replace(list: Blocklist): void {
    writeFileAtomic(this.#file, jsonText(list));
    this.#take(list);
  }

  /** Places of the candidates that may be shown; undefined where all may. */
  eligiblePlaces({ itemIds, creatorIds, eligible }: CandidateTable): Int32Array | undefined {
    if (this.#items.size === 0 && this.#creators.size === 0 && eligible === undefined) return undefined;
    const places = new Int32Array(itemIds.length);
    let count = 0;
    for (let m = 0; m < itemIds.length; m++) {
      if (eligible !== undefined && !eligible[m]!) continue;
      if (this.#items.has(itemIds[m]!)) continue;
      if (creatorIds !== undefined && this.#creators.has(creatorIds[m]!)) continue;
      places[count++] = m;
    }
    return count === itemIds.length ? undefined : places.subarray(0, count);
  }

  #take({ item_ids, creator_ids }: Blocklist): void {
    this.#items = new Set(item_ids);
    this.#creators = new Set(creator_ids);
  }
}
