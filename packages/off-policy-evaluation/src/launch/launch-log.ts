/** A piece of logged decisions with what two policies make of them; every array has `rowCount` entries. */
export interface LaunchBlock {
  readonly rowCount: number;
  /** One array a metric of the log. */
  readonly rewards: readonly Float64Array[];
  /** Probability with which the log's policy did what was logged, in (0, 1]. */
  readonly propensity: Float64Array;
  /** The candidate's probability of it, in [0, 1]. */
  readonly candidate: Float64Array;
  /** The incumbent's; undefined where the incumbent is the policy that wrote the log. */
  readonly incumbent: Float64Array | undefined;
  /** The candidate's whole distribution over the log's actions, row-major [rows, actions], where it is known. */
  readonly candidateDistribution?: Float64Array | undefined;
  /** The incumbent's. */
  readonly incumbentDistribution?: Float64Array | undefined;
  /** A whole number below 2^53 that stands for the unit. */
  readonly unit?: Float64Array | undefined;
  /** A whole number below 2^53 that stands for the session. */
  readonly session?: Float64Array | undefined;
  /** Number of the decision in its session, from 0. */
  readonly step?: Int32Array | undefined;
  /** Seconds. */
  readonly time?: Float64Array | undefined;
  /** Number of the item shown. */
  readonly action?: Int32Array | undefined;
  /** Position, from 0. */
  readonly position?: Int32Array | undefined;
  /** Number of the policy that decided. */
  readonly policy?: Int32Array | undefined;
  /** Items that could have been shown; undefined: all of the log's actions. */
  readonly candidateCount?: Int32Array | undefined;
  /** Where a row stands, for messages, as `log.csv row 7`. */
  readonly place?: ((row: number) => string) | undefined;
  /** Features and segments by column; null where nothing stood. */
  readonly carried?: Readonly<Record<string, readonly unknown[]>> | undefined;
}

/** Logged decisions in pieces, in the order in which they happened. */
export interface LaunchLog {
  readonly rowCount: number;
  readonly metrics: readonly string[];
  /** Item of each action number; undefined where the log shows slates or no items. */
  readonly actions: readonly string[] | undefined;
  /** What to add to a position to get the number in the log. */
  readonly positionBase: number;
  readonly policies: readonly string[] | undefined;
  /** Columns of `carried` that hold what was known before a decision. */
  readonly features: readonly string[];
  /** The pieces; may be called again, and gives the same. @param rows - at most this many a piece */
  blocks(rows?: number): AsyncIterable<LaunchBlock> | Iterable<LaunchBlock>;
}

/** Where a row stands, for messages. @param firstRow - rows before the block */
export function placeOf(block: LaunchBlock, row: number, firstRow: number): string {
  return block.place?.(row) ?? `log: kept row ${firstRow + row + 1}`;
}
