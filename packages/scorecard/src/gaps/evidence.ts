import { ScorecardError } from "../error.ts";
import { COALITIONS, STAGES, type Stage } from "./stages.ts";

/** Names of what a gap is located by. */
export interface GapAxes {
  readonly topics: readonly string[];
  /** Groups of users. */
  readonly segments: readonly string[];
  /** Situations: device, hour, surface, a state of the session. */
  readonly contexts: readonly string[];
}

/** One cell's sums over groups of users. */
export interface CellSums {
  /** Decisions in which the topic was wanted, by group. */
  readonly weights: Float64Array;
  /** Σ demand · v(S), {@link COALITIONS} numbers a group. */
  readonly values: Float64Array;
}

/** What a gap atlas is built from. */
export interface GapEvidence {
  readonly axes: GapAxes;
  /** What the evidence spans, in weeks; demand is given a week. */
  readonly weeks: number;
  /** Groups of users, of which no two share a user: what is independent of what. */
  readonly groups: number;
  /** Sums by cell number, {@link cellNumber}; a cell without demand is missing. */
  readonly cells: ReadonlyMap<number, CellSums>;
  /** Stages that this source can tell apart: a partition of {@link STAGES}. Within a part no single cause is named. */
  readonly visible: readonly (readonly Stage[])[];
  /** Topics of which it can tell less, by number. @defaultValue none */
  readonly visibleOfTopic?: ReadonlyMap<number, readonly (readonly Stage[])[]>;
  /** What this source can't tell, one sentence each. */
  readonly limits: readonly string[];
}

/** Every stage by itself: a source that sees the whole pipeline. */
export const ALL_VISIBLE: readonly (readonly Stage[])[] = STAGES.map((stage) => [stage]);

/** The number of a cell: topic-major, then segment, then context. */
export function cellNumber(
  axes: GapAxes,
  cell: { readonly topic: number; readonly segment: number; readonly context: number },
): number {
  return (cell.topic * axes.segments.length + cell.segment) * axes.contexts.length + cell.context;
}

/** The cell of a number that {@link cellNumber} gave. */
export function cellOf(axes: GapAxes, number: number): { topic: number; segment: number; context: number } {
  const contexts = axes.contexts.length;
  const segments = axes.segments.length;
  return {
    topic: Math.floor(number / (segments * contexts)),
    segment: Math.floor(number / contexts) % segments,
    context: number % contexts,
  };
}

/** New sums of zero. */
export function emptyCell(groups: number): CellSums {
  return { weights: new Float64Array(groups), values: new Float64Array(groups * COALITIONS) };
}

/** Refuses evidence that no atlas can be built from. @throws {ScorecardError} */
export function checkEvidence(evidence: GapEvidence): void {
  const { axes, weeks, groups, visible, visibleOfTopic } = evidence;
  for (const [name, names] of Object.entries(axes))
    if (names.length === 0)
      throw new ScorecardError("BAD_LENGTH", `gap evidence: ${name} must hold at least one name`);
  if (!(weeks > 0 && weeks < Infinity))
    throw new ScorecardError("BAD_OPTION", `gap evidence: weeks must be > 0 and finite, got ${weeks}`);
  if (!Number.isSafeInteger(groups) || groups < 2)
    throw new ScorecardError("BAD_OPTION", `gap evidence: groups must be a whole number >= 2, got ${groups}`);
  for (const parts of [visible, ...(visibleOfTopic?.values() ?? [])]) {
    const named = parts.flat();
    if (named.length !== STAGES.length || STAGES.some((stage) => !named.includes(stage)))
      throw new ScorecardError(
        "BAD_OPTION",
        `gap evidence: visible must name each of ${STAGES.join(", ")} once, got ${named.join(", ")}`,
      );
  }
}
