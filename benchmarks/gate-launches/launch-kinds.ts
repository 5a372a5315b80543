/**
 * The launches on which the gate is measured, 2,120 in seven kinds: 2,000 written down before any was judged, and the unsafe ones with harm so
 * rare that the log may hold none, added after an attack had shown that fault and set so that they show it.
 *
 * World of a launch (drawn anew for each, from its own key): 6 groups of users of equal size, 20 items (12 and 30 in turn with it),
 * a logging policy `0.9 softmax(scores) + 0.1 / items` that knows a user's group. Users come back: 1 to 7 decisions each, equally
 * likely, in any order over 14 days; engagement of a user's decisions shares an effect of ±0.1.
 *
 * Metrics of a decision: engagement, 0 or 1, probability 0.15 to 0.6 by group and item; longRunValue in [0, 1], mean 0.25 to 0.75,
 * ±0.2 uniform; newCreatorShare, whether the item is by a new creator (a quarter of them); harm, 0 or 1, rare.
 *
 * Candidate: the logging policy tilted, `π ∝ μ exp(distance · normal + Σ θₘ meanₘ)`, with θ solved so that its effects are those
 * written here, exactly: the truth of every launch is computed by finite sums and never estimated. A world in which no tilt has
 * these effects is drawn again.
 *
 * Should ship: engagement truly up, no guardrail truly down by its margin or more, harm truly within its limit, and evidence that can
 * say so. Launches with corrupted propensities or missing support should never ship, whatever their truth.
 */

/** What the kinds are called in tables. */
export const KIND_NAMES = [
  "no effect",
  "real win",
  "engagement up, long-run value down",
  "creators harmed",
  "propensities corrupted",
  "no support",
  "unsafe",
] as const;
export type KindName = (typeof KIND_NAMES)[number];

/** A candidate's exact effects: lifts of three metrics over the logging policy, and its value of harm. */
export interface LaunchEffects {
  readonly engagement: number;
  readonly longRunValue: number;
  readonly newCreatorShare: number;
  readonly harm: number;
}

/** How the logged propensities differ from those the decisions were made with. */
export const CORRUPTIONS = [
  /** Of a model whose scores have since changed by 0.6 standard deviations. */
  "stale policy",
  /** Logged at a temperature of 2/3 of the one served. */
  "temperature",
  /** 1.3 times too large, at most 1. */
  "scaled up",
  /** 0.75 times the true ones. */
  "scaled down",
  /** Each decision has the propensity of another one. */
  "shuffled",
  /** Those of the uniform policy. */
  "uniform policy's",
  /** Those of a table by item, the same for every user: right on average, wrong for each. */
  "popularity table's",
  /** The exploring 10 % was served and not logged. */
  "floor lost",
  /** To two decimals; what becomes 0 is set aside. */
  "rounded",
] as const;
export type CorruptionName = (typeof CORRUPTIONS)[number];

/** What of the candidate's choices the log lacks. */
export type SupportGap = "never shown" | "not shown to some users";

/** Where harm comes from. */
export type HarmSource =
  /** A tenth of the items, for everybody. */
  | "items"
  /** Two items that the logging policy shows by exploration alone. */
  | "rare items"
  /** A fifth of the items, for one group of users of six. */
  | "one group";

/** Launches that differ in their draws alone; lists are gone through in turn. */
export interface LaunchKind {
  readonly kind: KindName;
  readonly variant: string;
  readonly launches: number;
  readonly effects: readonly LaunchEffects[];
  /** Standard deviation of the tilt beside what the effects ask for. */
  readonly distances: readonly number[];
  /**
   * Decisions in the log. `sized`: as many as give the two-sided 95 % test of engagement's paired lift a power of 90 %,
   * `n = (z₀.₉₇₅ + z₀.₉)² V / lift²`, where V is n times the lift's exact variance, users taken into account (`sizedRows`).
   */
  readonly rows: readonly number[] | "sized";
  readonly harmSource: HarmSource;
  /** Harm of the logging policy, exactly. */
  readonly harmLogged: number;
  /** Limit of the wall on harm. @defaultValue 0.02 */
  readonly harmLimit?: number;
  readonly corruption?: CorruptionName;
  readonly gap?: SupportGap;
}

const HARM = 0.008;
const neutral = { engagement: 0, longRunValue: 0, newCreatorShare: 0, harm: HARM } as const;
const effects = (changed: Partial<LaunchEffects>): LaunchEffects => ({ ...neutral, ...changed });
const usual = { distances: [0.3, 0.5, 0.7], harmSource: "items", harmLogged: HARM } as const;
const ROWS = [6000, 12_000, 24_000] as const;
const WINS = [0.004, 0.006, 0.008, 0.012] as const;

/** Mass that a candidate puts where the log has nothing, in turn. */
const GAP_MASSES: readonly number[] = [0.05, 0.1, 0.2];

/** The table. */
export const LAUNCH_KINDS: readonly LaunchKind[] = [
  {
    kind: "no effect",
    variant: "equal",
    launches: 120,
    effects: [neutral],
    rows: ROWS,
    ...usual,
  },
  {
    kind: "no effect",
    variant: "slightly worse",
    launches: 90,
    effects: [effects({ engagement: -0.004 })],
    rows: ROWS,
    ...usual,
  },
  {
    kind: "no effect",
    variant: "equal, better for creators",
    launches: 90,
    effects: [effects({ newCreatorShare: 0.01 })],
    rows: ROWS,
    ...usual,
  },
  {
    kind: "real win",
    variant: "neutral elsewhere",
    launches: 150,
    effects: WINS.map((engagement) => effects({ engagement })),
    rows: "sized",
    ...usual,
  },
  {
    kind: "real win",
    variant: "better elsewhere",
    launches: 150,
    effects: WINS.map((engagement) => effects({ engagement, longRunValue: 0.003, newCreatorShare: 0.004 })),
    rows: "sized",
    ...usual,
  },
  {
    kind: "real win",
    variant: "with a loss of a quarter of a margin",
    launches: 100,
    effects: WINS.map((engagement) => effects({ engagement, longRunValue: -0.0025 })),
    rows: "sized",
    ...usual,
  },
  {
    kind: "engagement up, long-run value down",
    variant: "by 1.5 and 3 margins",
    launches: 200,
    effects: [0.01, 0.02].flatMap((engagement) =>
      [-0.015, -0.03].map((longRunValue) => effects({ engagement, longRunValue })),
    ),
    rows: ROWS,
    ...usual,
  },
  {
    kind: "creators harmed",
    variant: "by 1.5 and 3 margins",
    launches: 200,
    effects: [0.01, 0.02].flatMap((engagement) =>
      [-0.03, -0.06].map((newCreatorShare) => effects({ engagement, newCreatorShare })),
    ),
    rows: ROWS,
    ...usual,
  },
  ...CORRUPTIONS.map((corruption): LaunchKind => ({
    kind: "propensities corrupted",
    variant: corruption,
    launches: 40,
    effects: [neutral, effects({ engagement: 0.01 })],
    rows: ROWS,
    corruption,
    ...usual,
  })),
  ...(["never shown", "not shown to some users"] as const).map((gap): LaunchKind => ({
    kind: "no support",
    variant: `items ${gap}`,
    launches: 80,
    effects: [effects({ engagement: 0.01 })],
    rows: ROWS,
    gap,
    ...usual,
  })),
  {
    kind: "unsafe",
    variant: "harmful items",
    launches: 140,
    effects: [0.025, 0.03, 0.04].map((harm) => effects({ engagement: 0.01, harm })),
    rows: ROWS,
    ...usual,
  },
  {
    kind: "unsafe",
    variant: "harmful items that the log rarely shows",
    launches: 120,
    effects: [0.025, 0.03, 0.04].map((harm) => effects({ engagement: 0.01, harm })),
    rows: ROWS,
    ...usual,
    harmSource: "rare items",
    harmLogged: 0.003,
  },
  {
    kind: "unsafe",
    variant: "harmful to one group of users",
    launches: 120,
    effects: [0.025, 0.03].map((harm) => effects({ engagement: 0.01, harm })),
    rows: ROWS,
    ...usual,
    harmSource: "one group",
  },
  {
    kind: "unsafe",
    variant: "harm so rare that the log may hold none",
    launches: 120,
    // So close to the log that its weights alone bound the value.
    effects: [0.0004, 0.0005, 0.0008].map((harm) => effects({ engagement: 0.0005, harm })),
    distances: [0],
    rows: [3000, 6000, 12_000],
    harmSource: "items",
    harmLogged: 0.0004,
    harmLimit: 0.0002,
  },
];

/** Items of the worlds, in turn. */
const ITEM_COUNTS: readonly number[] = [20, 12, 30];

/** What one launch of a kind takes from its lists. */
export interface LaunchSettings {
  readonly effects: LaunchEffects;
  readonly distance: number;
  readonly items: number;
  readonly rows: number | "sized";
  /** Of the candidate, on what the log lacks, where the kind has a gap. */
  readonly mass: number;
}

/** Goes through every combination of a kind's lists: effects first, then distances, then rows. */
export function settingsOf(launch: LaunchKind, index: number): LaunchSettings {
  const pick = <Value>(list: readonly Value[], at: number): Value => list[at % list.length]!;
  const { effects, distances, rows } = launch;
  const byDistance = Math.floor(index / effects.length);
  const byRows = Math.floor(byDistance / distances.length);
  const round = rows === "sized" ? byRows : Math.floor(byRows / rows.length);
  return {
    effects: pick(effects, index),
    distance: pick(distances, byDistance),
    rows: rows === "sized" ? rows : pick(rows, byRows),
    items: pick(ITEM_COUNTS, index + byDistance + round),
    mass: pick(GAP_MASSES, byDistance + byRows),
  };
}
