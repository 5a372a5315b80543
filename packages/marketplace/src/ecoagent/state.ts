import { documentCapacity, type EcoagentOptions } from "./options.ts";
import { TRUNCATED_NORMAL_SIZE } from "./truncated-normal.ts";

/** What only oracles and tests may read. Live views of the state, row-major. */
export interface EcoagentTruth {
  /** [rows, topics], of Euclidean length 1. */
  readonly userPreferences: Float64Array;
  /** [rows]. */
  readonly userSatisfactions: Float64Array;
  /** [worlds, creators, topics], of Euclidean length 1. */
  readonly creatorPreferences: Float64Array;
  /** [worlds, creators], not saturated. */
  readonly creatorSatisfactions: Float64Array;
  /** [worlds, creators], 1: still on the platform. */
  readonly viable: Uint8Array;
  /** [worlds, creators]. */
  readonly documentCounts: Int32Array;
  /** [worlds, candidates], topic of each candidate. */
  readonly candidateTopics: Uint8Array;
  /** [worlds, candidates], in [−1, 1]. */
  readonly candidateQualities: Float64Array;
  /** [worlds, candidates]. */
  readonly candidateCreators: Int32Array;
}

/** Everything that a world remembers beside its observation. */
export interface EcoagentState extends EcoagentTruth {
  /** [worlds, creators, 4]: laws of a creator's document quality. */
  readonly qualityLaws: Float64Array;
  /** [worlds, creators, capacity]. */
  readonly documentTopics: Uint8Array;
  /** [worlds, creators, capacity]. */
  readonly documentQualities: Float64Array;
}

/** The arrays of the state for `rowCount` users, all 0. */
export function allocateState(options: EcoagentOptions, rowCount: number): EcoagentState {
  const { users, topics, candidates } = options;
  const worlds = Math.ceil(rowCount / users);
  const creators = worlds * options.creators;
  const documents = creators * documentCapacity(options);
  return {
    userPreferences: new Float64Array(rowCount * topics),
    userSatisfactions: new Float64Array(rowCount),
    creatorPreferences: new Float64Array(creators * topics),
    creatorSatisfactions: new Float64Array(creators),
    viable: new Uint8Array(creators),
    documentCounts: new Int32Array(creators),
    candidateTopics: new Uint8Array(worlds * candidates),
    candidateQualities: new Float64Array(worlds * candidates),
    candidateCreators: new Int32Array(worlds * candidates),
    qualityLaws: new Float64Array(creators * TRUNCATED_NORMAL_SIZE),
    documentTopics: new Uint8Array(documents),
    documentQualities: new Float64Array(documents),
  };
}
