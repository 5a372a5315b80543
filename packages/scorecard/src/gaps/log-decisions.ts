import type { GapAxes } from "./evidence.ts";

/** One logged decision, in numbers. */
export interface LogDecision {
  /** Stands for the user: a whole number from 0 below 2⁵³. */
  readonly unit: number;
  readonly segment: number;
  readonly context: number;
  /** What came of it, more is better. */
  readonly outcome: number;
  /** Numbers of the items that could have been shown. */
  readonly candidates: ArrayLike<number>;
  /** Numbers of the items that were shown. */
  readonly slate: ArrayLike<number>;
  /** Numbers of the candidates that integrity had blocked. Empty where none, or where the log doesn't say. */
  readonly blocked: ArrayLike<number>;
  /** The topic that was asked for; −1 where the log doesn't say. */
  readonly wanted: number;
}

/** A log that can be read several times. Items keep their numbers from one reading to the next. */
export interface LoggedDecisions {
  readonly axes: GapAxes;
  /** What the log spans, in weeks. */
  readonly weeks: number;
  /** Reads the log from its start. */
  readonly decisions: () => AsyncIterable<LogDecision> | Iterable<LogDecision>;
  /** Topic of each item number; whole after the first reading. */
  readonly topicOf: readonly number[];
  /** Whether every item that exists has a number, not just those that became candidates. */
  readonly wholeCatalogue: boolean;
  /** Whether `blocked` is known. */
  readonly blockedKnown: boolean;
  /** Whether `wanted` is known. */
  readonly wantedKnown: boolean;
}
