/**
 * Place of a named feature in a candidate's block.
 *
 * @param names - a world's `candidateFeatureNames`
 * @throws RangeError when there is no such feature
 */
export function featurePlace(names: readonly string[], name: string): number {
  const index = names.indexOf(name);
  if (index < 0) throw new RangeError(`no candidate feature "${name}"`);
  return index;
}
