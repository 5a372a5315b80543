import { sortedQuantile } from "@longview/statistics";
import type { CatalogueItem } from "./catalogue-item.ts";

/** An attribute in which a topic's items differ from what does well. */
export interface MissingTrait {
  readonly attribute: string;
  /** Median among the items that do well for these users in this context, of whatever topic. */
  readonly wanted: number;
  /** Median among the topic's items. */
  readonly has: number;
}

/** Share of the catalogue that "does well". */
const BEST = 0.1;
const FEWEST = 5;
/** Medians closer than this part of the catalogue's interquartile range are alike. */
const APART = 0.5;

/**
 * What a topic's items lack: attributes whose median among the best tenth of all items for these users lies more than half of the
 * catalogue's interquartile range from the topic's own. A description, not an effect: no cause is claimed.
 *
 * @param cell - whose topic, segment and context are meant
 */
export function missingTraits(
  catalogue: readonly CatalogueItem[],
  cell: { readonly topic: number; readonly segment: number; readonly context: number },
): MissingTrait[] {
  const ofTopic = catalogue.filter(({ topic }) => topic === cell.topic);
  const utility = catalogue.map((item) => item.utility(cell.segment, cell.context));
  const order = Array.from(catalogue.keys()).sort(
    (one, other) => utility[other]! - utility[one]! || one - other,
  );
  const best = order.slice(0, Math.ceil(BEST * order.length)).map((index) => catalogue[index]!);
  if (ofTopic.length < FEWEST || best.length < FEWEST) return [];
  const names = new Set(catalogue.flatMap(({ attributes }) => Object.keys(attributes)));
  const traits: MissingTrait[] = [];
  for (const attribute of Array.from(names).sort()) {
    const valuesOf = (items: readonly CatalogueItem[]): Float64Array =>
      Float64Array.from(
        items.map(({ attributes }) => attributes[attribute]).filter((value) => value !== undefined),
      ).sort();
    const [all, wanted, has] = [valuesOf(catalogue), valuesOf(best), valuesOf(ofTopic)];
    if (wanted.length < FEWEST || has.length < FEWEST) continue;
    const spread = sortedQuantile(all, 0.75) - sortedQuantile(all, 0.25);
    const [middleWanted, middleHas] = [sortedQuantile(wanted, 0.5), sortedQuantile(has, 0.5)];
    if (Math.abs(middleWanted - middleHas) > APART * spread)
      traits.push({ attribute, wanted: middleWanted, has: middleHas });
  }
  return traits;
}
