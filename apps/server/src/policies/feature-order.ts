import { ServingProblem } from "../serving-problem.ts";
import type { CandidateTable, RankQuery } from "./rank-query.ts";

/** The feature names that a policy reads, and what may be sent beside them because another live policy reads it. */
export interface FeatureNames {
  readonly own: readonly string[];
  readonly known: ReadonlySet<string>;
}

function sameNames(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** Whether features are named in the policy's own order, so that their numbers can be used as they lie. */
export const inOrder = ({ featureNames }: CandidateTable, { own }: FeatureNames): boolean =>
  sameNames(featureNames, own);

/**
 * Places of the policy's features among those that were sent.
 *
 * @throws ServingProblem UNKNOWN_FEATURE or MISSING_FEATURE with its name
 */
export function featurePlaces(
  sent: readonly string[],
  { own, known }: FeatureNames,
  place: string,
): Int32Array {
  const places = new Map(sent.map((name, i) => [name, i]));
  for (const name of sent)
    if (!known.has(name))
      throw new ServingProblem(
        "UNKNOWN_FEATURE",
        `${place}: ${JSON.stringify(name)} is no feature of any live policy; GET /v1/policy lists them`,
      );
  return Int32Array.from(own, (name) => {
    const found = places.get(name);
    if (found === undefined)
      throw new ServingProblem(
        "MISSING_FEATURE",
        `${place}: lacks ${JSON.stringify(name)}, which the policy reads; GET /v1/policy lists its features`,
      );
    return found;
  });
}

/**
 * The numbers of a context in the policy's order.
 *
 * @throws ServingProblem with the feature's name, or the count that is wrong
 */
export function orderedContext(context: RankQuery["context"], names: FeatureNames): Float32Array {
  if (context instanceof Float32Array) {
    if (context.length !== names.own.length)
      throw new ServingProblem(
        "BAD_REQUEST",
        `context: has ${context.length} numbers, the policy reads ${names.own.length}`,
      );
    return context;
  }
  const sent = Object.keys(context);
  const places = featurePlaces(sent, names, "context");
  return Float32Array.from(places, (at) => context[sent[at]!]!);
}

/** Features of some candidates in the policy's order, row after row. */
export function orderedFeatures(
  { features, featureNames }: CandidateTable,
  places: Int32Array,
  rows: Int32Array,
): Float32Array {
  const from = featureNames.length;
  const width = places.length;
  const out = new Float32Array(rows.length * width);
  let at = 0;
  for (let row = 0; row < rows.length; row++) {
    const start = rows[row]! * from;
    for (let f = 0; f < width; f++) out[at++] = features[start + places[f]!]!;
  }
  return out;
}
