import {
  candidateFeatureCount,
  candidateFeatureNames,
  contextFeatureCount,
  contextFeatureNames,
} from "../content/features.ts";

/**
 * Place of a candidate feature in the candidate block.
 *
 * @throws RangeError when there is no such feature
 */
export function candidateFeature(topics: number, name: string): number {
  const index = candidateFeatureNames(topics).indexOf(name);
  if (index < 0) throw new RangeError(`no candidate feature "${name}"`);
  return index;
}

/** Place of a context feature. @throws RangeError when there is no such feature */
export function contextFeature(topics: number, name: string): number {
  const index = contextFeatureNames(topics).indexOf(name);
  if (index < 0) throw new RangeError(`no context feature "${name}"`);
  return index;
}

export { candidateFeatureCount, contextFeatureCount };
