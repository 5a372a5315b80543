import type { EngineOptions } from "./options.ts";
import type { ContentState } from "./state.ts";

/** Buffers of an observation, a row a page. */
export type PageObservation = {
  readonly context: Float32Array;
  readonly candidates: Float32Array;
  readonly mask: Uint8Array;
};

/** Pages that await a slate, for whoever decides: all of a world's, or a block of them. */
export interface PageRows {
  readonly options: EngineOptions;
  readonly contextFeatureNames: readonly string[];
  readonly candidateFeatureNames: readonly string[];
  readonly rowCount: number;
  /** 1: this row awaits a slate. */
  readonly active: Uint8Array;
  readonly observation: PageObservation;
  /** Slates, `[rowCount, slots]`: positions into the row's candidates. */
  readonly action: Int32Array;
  /**
   * Latent state of the world: for oracles, reports and tests only.
   * @internal
   */
  readonly privileged: ContentState;
  /** Slot of the user whose page is in a row. */
  userOf(row: number): number;
}
