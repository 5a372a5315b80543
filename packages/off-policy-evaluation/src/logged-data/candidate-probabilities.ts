import { OffPolicyEvaluationError } from "../error.ts";
import type { CandidateTable } from "./candidate-table.ts";

/** What a table or a uniform candidate needs to know of logged decisions. */
export interface LoggedActions {
  /** Item of each action number. */
  readonly actions: readonly string[] | undefined;
  /** Number of the item shown at each decision. */
  readonly action: Int32Array | undefined;
  /** Position of each decision, from 0. */
  readonly position: Int32Array | undefined;
  /** Number of position 0 in the log's own counting, which tables use. */
  readonly positionBase: number;
}

/**
 * The whole distribution of a table at each position of a log, over the log's action numbers; row-major
 * [positions, actions]. A table's items that the log never shows have no column: what is missing in a row's sum is
 * mass without support.
 *
 * @throws OffPolicyEvaluationError `BAD_VALUE` when the table lacks a position that the log shows, `NO_SUPPORT` when
 * none of its items is in the log, `NOT_COMPUTABLE` when the log lacks positions that the table needs
 */
export function tableDistributions(table: CandidateTable, log: LoggedActions): Float64Array {
  const { position, positionBase } = log;
  const items = requireActions(log.actions);
  if (position === undefined && table.positions.length > 1)
    throw new OffPolicyEvaluationError(
      "NOT_COMPUTABLE",
      `candidate table: has ${table.positions.length} positions, and the log has no position column`,
    );
  const shown = new Set<number>(position ?? [0]);
  const positionCount = Math.max(...shown) + 1;
  const numberOf = new Map(table.items.map((item, number) => [item, number]));
  const columns = items.map((item) => numberOf.get(item));
  if (columns.every((column) => column === undefined))
    throw new OffPolicyEvaluationError(
      "NO_SUPPORT",
      `candidate table: none of its items is in the log (its first is ${JSON.stringify(table.items[0])}, ` +
        `the log's ${JSON.stringify(items[0])})`,
    );
  const distributions = new Float64Array(positionCount * items.length);
  for (const at of shown) {
    const named = at + positionBase;
    const everywhere = position === undefined || table.positions.length === 0;
    const line = everywhere ? 0 : table.positions.indexOf(named);
    if (line < 0)
      throw new OffPolicyEvaluationError(
        "BAD_VALUE",
        `candidate table: has no position ${named}, which the log shows; it has: ${table.positions.join(", ")}`,
      );
    columns.forEach((column, k) => {
      if (column !== undefined)
        distributions[at * items.length + k] = table.probabilities[line * table.items.length + column]!;
    });
  }
  return distributions;
}

/**
 * A table's probability of each logged action.
 *
 * @throws OffPolicyEvaluationError as {@link tableDistributions}, and `NOT_COMPUTABLE` when the log lacks actions
 */
export function tableActionProbability(table: CandidateTable, log: LoggedActions): Float64Array {
  const { action, position } = log;
  if (action === undefined) throw noActions();
  const width = requireActions(log.actions).length;
  const distributions = tableDistributions(table, log);
  return Float64Array.from(action, (number, i) => distributions[(position?.[i] ?? 0) * width + number]!);
}

/**
 * The uniform policy's probability of each logged action: 1 / items.
 *
 * @param itemCount - items to choose from. @defaultValue those in the log
 */
export function uniformActionProbability(log: LoggedActions, itemCount?: number): Float64Array {
  if (log.action === undefined) throw noActions();
  const count = itemCount ?? requireActions(log.actions).length;
  if (!(Number.isSafeInteger(count) && count >= requireActions(log.actions).length))
    throw new OffPolicyEvaluationError(
      "BAD_OPTION",
      `itemCount is ${count}: the log alone shows ${log.actions!.length} items`,
    );
  return new Float64Array(log.action.length).fill(1 / count);
}

/**
 * The table of how often a log shows each item at each position: the policy that wrote the log, where it looks at
 * nothing else.
 *
 * @throws OffPolicyEvaluationError `NOT_COMPUTABLE` without an action column
 */
export function itemFrequencyTable(log: LoggedActions): CandidateTable {
  const { action, position } = log;
  if (action === undefined) throw noActions();
  const items = requireActions(log.actions);
  const shown = position === undefined ? [] : [...new Set(position)].sort((a, b) => a - b);
  const line = new Map(shown.map((number, at) => [number, at]));
  const probabilities = new Float64Array(Math.max(1, shown.length) * items.length);
  const totals = new Float64Array(Math.max(1, shown.length));
  for (let i = 0; i < action.length; i++) {
    const at = position === undefined ? 0 : line.get(position[i]!)!;
    probabilities[at * items.length + action[i]!]!++;
    totals[at]!++;
  }
  for (let at = 0; at < probabilities.length; at++)
    probabilities[at]! /= totals[Math.floor(at / items.length)]!;
  return { items, positions: shown.map((number) => number + log.positionBase), probabilities };
}

function requireActions(actions: readonly string[] | undefined): readonly string[] {
  if (actions === undefined) throw noActions();
  return actions;
}

function noActions(): OffPolicyEvaluationError {
  return new OffPolicyEvaluationError(
    "NOT_COMPUTABLE",
    "log: has no action column, so a candidate's probability of the logged action is unknown",
  );
}
