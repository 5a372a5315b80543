import {
  greedyChoice,
  randomKeyText,
  SlateDraws,
  type ChoiceGroup,
  type DecisionTable,
  type DrawnSlate,
} from "@longview/policies/serving";
import { rootKey, type RandomKey } from "@longview/statistics";
import { MAXIMUM_CANDIDATES } from "@longview/formats";
import type { ServedDecision } from "../decision-log/served-decision.ts";
import { ServingProblem } from "../serving-problem.ts";
import type { BlockedItems } from "./blocklist.ts";
import type { DecisionKeys } from "./decision-keys.ts";
import { featurePlaces, inOrder, orderedContext, orderedFeatures } from "./feature-order.ts";
import type { LivePolicy } from "./live-policy.ts";
import type { CandidateTable, RankQuery } from "./rank-query.ts";

/** What decisions need beside the policy and the request. */
export interface DecisionSources {
  readonly blocked: BlockedItems;
  readonly keys: DecisionKeys;
}

/** A decision that was made, and has yet to be logged. */
export interface MadeDecision {
  readonly served: ServedDecision;
  /** Places of the slate's items among the request's candidates. */
  readonly positions: readonly number[];
  readonly itemIds: readonly string[];
  /** Of the eligible candidates. */
  readonly scores: Float64Array;
  readonly groups: readonly ChoiceGroup[];
}

/** Every decision's draws use the same entity: its key is its own. */
const ENTITY = 0;
const draws = new SlateDraws(MAXIMUM_CANDIDATES);

/**
 * Makes one decision: eligible candidates alone are scored, then a slate is drawn by the scores (explore) or the best one
 * taken (greedy).
 *
 * @throws ServingProblem where the request does not fit the policy, or nothing may be shown
 */
export async function decide(
  policy: LivePolicy,
  query: RankQuery,
  sources: DecisionSources,
): Promise<MadeDecision> {
  const places = sources.blocked.eligiblePlaces(query.candidates);
  const table = decisionTable(policy, query, places);
  const { scores, groups } = await scored(policy, table, query.slots);
  // A draw's key is used up even where the best slate is asked for, so that the log's keys are distinct.
  const key = query.seed === undefined ? sources.keys.next() : rootKey(query.seed);
  const drawn = query.mode === "greedy" ? best(scores, groups) : draw(scores, groups, policy, key);
  const { slate } = drawn;
  const { creatorIds } = query.candidates;
  const positions = Array.from<number>({ length: slate.length });
  const itemIds = Array.from<string>({ length: slate.length });
  for (let i = 0; i < slate.length; i++) {
    const place = slate[i]!;
    positions[i] = places === undefined ? place : places[place]!;
    itemIds[i] = table.itemIds[place]!;
  }
  return {
    served: {
      unitId: query.unitId,
      sessionId: query.sessionId,
      step: query.step,
      policyId: query.mode === "greedy" ? policy.greedyId : policy.exploreId,
      randomKey: randomKeyText(key, ENTITY),
      context: table.context,
      itemIds: table.itemIds,
      creatorIds:
        creatorIds === undefined ? unknownCreators(table.itemIds.length) : picked(creatorIds, places),
      features: table.features,
      featureCount: table.featureCount,
      slate,
      slatePropensity: drawn.joint,
      positionPropensities: drawn.positions,
    },
    positions,
    itemIds,
    scores,
    groups,
  };
}

/** The eligible candidates as the policy reads them. @throws ServingProblem where features do not fit */
export function decisionTable(
  policy: LivePolicy,
  { context, candidates }: RankQuery,
  places: Int32Array | undefined,
): DecisionTable {
  if (places?.length === 0)
    throw new ServingProblem(
      "NOTHING_ELIGIBLE",
      "candidates: none may be shown; the mask and the blocklist took all",
    );
  const { candidateNames } = policy;
  return {
    context: orderedContext(context, policy.contextNames),
    itemIds: picked(candidates.itemIds, places),
    features: featuresOf(candidates, policy, places),
    featureCount: candidateNames.own.length,
  };
}

function featuresOf(
  candidates: CandidateTable,
  { candidateNames }: LivePolicy,
  places: Int32Array | undefined,
): Float32Array {
  if (places === undefined && inOrder(candidates, candidateNames)) return candidates.features;
  const columns = featurePlaces(candidates.featureNames, candidateNames, "candidates.features");
  return orderedFeatures(
    candidates,
    columns,
    places ?? Int32Array.from({ length: candidates.itemIds.length }, (_, m) => m),
  );
}

const picked = (list: readonly string[], places: Int32Array | undefined): readonly string[] =>
  places === undefined ? list : Array.from(places, (place) => list[place]!);

/** Scores of a decision's candidates and the groups among which the slate is chosen. */
export async function scored(
  { loaded }: LivePolicy,
  table: DecisionTable,
  slots: number = loaded.slots,
): Promise<{ readonly scores: Float64Array; readonly groups: readonly ChoiceGroup[] }> {
  const { scorer, components } = loaded;
  try {
    const scores = await scorer.tableScores(table);
    const groups = scorer.tableGroups(table, slots);
    if (components > 1 && groups.length !== components)
      throw new RangeError(
        `candidates: must stand component by component, each of the ${components} with at least one`,
      );
    return { scores, groups };
  } catch (cause) {
    if (cause instanceof RangeError) throw new ServingProblem("BAD_REQUEST", cause.message, { cause });
    throw cause;
  }
}

function best(scores: Float64Array, groups: readonly ChoiceGroup[]): DrawnSlate {
  const slate = greedyChoice(scores, groups);
  return { slate, joint: 1, positions: new Float64Array(slate.length).fill(1) };
}

function draw(
  scores: Float64Array,
  groups: readonly ChoiceGroup[],
  { propensityFloor }: LivePolicy,
  key: RandomKey,
): DrawnSlate {
  return draws.draw({ groups }, { kind: "scores", scores }, { share: propensityFloor, key, entity: ENTITY });
}

/** What stands for the creator in a log where a request names none. */
const NO_CREATOR = "none";
let unknown: readonly string[] = [];

function unknownCreators(count: number): readonly string[] {
  if (unknown.length !== count) unknown = new Array<string>(count).fill(NO_CREATOR);
  return unknown;
}
