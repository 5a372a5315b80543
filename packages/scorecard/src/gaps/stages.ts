/**
 * Stages that content passes before someone sees it, in order: it is made, retrieved as a candidate, let through by integrity,
 * and ranked into what is served. Stage k of this list is bit k of a coalition.
 */
export const STAGES = ["supply", "retrieval", "eligibility", "ranking"] as const;
/** One of {@link STAGES}. */
export type Stage = (typeof STAGES)[number];

/** Sets of stages, as bits: coalition 0 is the pipeline as it is, 15 has every stage ideal. */
export const COALITIONS = 1 << STAGES.length;
/** The coalition in which every stage is ideal. */
export const IDEAL = COALITIONS - 1;

/** What a person calls a loss at each stage. */
export const STAGE_CAUSES: Readonly<Record<Stage, string>> = {
  supply: "not made",
  retrieval: "not retrieved",
  eligibility: "blocked",
  ranking: "ranked low",
};

/** Who acts on a loss at each stage. */
export const STAGE_OWNERS: Readonly<Record<Stage, string>> = {
  supply: "creator team",
  retrieval: "retrieval team",
  eligibility: "integrity team",
  ranking: "ranking team",
};

/** Best utility within reach after each stage; of each the next one's is at most as large. */
export interface StageLevels {
  /** Of what could be made: a reference supply. */
  readonly makeable: number;
  /** Of what exists in the catalogue. */
  readonly catalogue: number;
  /** Of what was retrieved. */
  readonly retrieved: number;
  /** Of what was retrieved and not blocked. */
  readonly eligible: number;
  /** Of what was served. */
  readonly served: number;
}

/**
 * Writes `v(S)`, the utility with the stages of S ideal, where only the best utility after each stage is known.
 *
 * Losses of different stages are taken to add up: `v(S) = served + Σ_{k ∈ S} loss_k` with `loss` the fall of the level at stage k.
 * So a stage that is mended hands on what it held back, and nothing is said of what the stages after it would do to that.
 *
 * @param out - receives {@link COALITIONS} numbers from `at`
 */
export function levelCoalitionsInto(out: Float64Array, at: number, levels: StageLevels): void {
  const { makeable, catalogue, retrieved, eligible, served } = levels;
  for (let coalition = 0; coalition < COALITIONS; coalition++)
    out[at + coalition] =
      served +
      (coalition & 1 ? makeable - catalogue : 0) +
      (coalition & 2 ? catalogue - retrieved : 0) +
      (coalition & 4 ? retrieved - eligible : 0) +
      (coalition & 8 ? eligible - served : 0);
}

/**
 * Writes `v(S)` from single items: the best utility among those that only stages of S keep from the user,
 * `v(S) = max(nothing, max {utility_i : lostAt_i ⊆ S})`. An item that two stages would lose needs both of them mended.
 *
 * @param out - receives {@link COALITIONS} numbers from `at`
 * @param utilities - of each item
 * @param lostAt - coalition of the stages that lose each item; 0 for one that is served
 * @param nothing - utility of being served nothing of the topic
 */
export function itemCoalitionsInto(
  out: Float64Array,
  at: number,
  items: {
    readonly count: number;
    readonly utilities: ArrayLike<number>;
    readonly lostAt: ArrayLike<number>;
    readonly nothing: number;
  },
): void {
  const { count, utilities, lostAt, nothing } = items;
  for (let coalition = 0; coalition < COALITIONS; coalition++) out[at + coalition] = nothing;
  for (let i = 0; i < count; i++) {
    const place = at + lostAt[i]!;
    if (utilities[i]! > out[place]!) out[place] = utilities[i]!;
  }
  // Maximum over subsets, one stage at a time.
  for (let bit = 1; bit < COALITIONS; bit <<= 1)
    for (let coalition = 0; coalition < COALITIONS; coalition++) {
      const without = out[at + (coalition & ~bit)]!;
      if (coalition & bit && without > out[at + coalition]!) out[at + coalition] = without;
    }
}
