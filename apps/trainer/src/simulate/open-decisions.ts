import type { DecisionLogRow } from "@longview/formats";
import type { VectorEnvironment } from "@longview/environment";

/** A row before its outcomes are known. */
export type DecisionBefore = Omit<
  DecisionLogRow,
  "objectives" | "costs" | "terminated" | "truncated" | "outcomes_complete"
>;

/** Metric that every log of a simulation has: the environment's scalar reward. */
export const REWARD = "reward";

/** Names of a simulation's metrics: the reward first, then the environment's own objectives and costs. */
export function metricNames(environment: VectorEnvironment): { objectives: string[]; costs: string[] } {
  const { objectiveNames, costNames } = environment;
  const own = objectiveNames.filter((name) => name !== REWARD);
  return { objectives: [REWARD, ...own], costs: [...costNames] };
}

/**
 * The decisions whose outcomes are still coming in, at most one a row: what a row receives until its next decision, or
 * to the end of its episode, belongs to the last one.
 */
export class OpenDecisions {
  readonly #environment: VectorEnvironment;
  readonly #before: (DecisionBefore | undefined)[];
  readonly #reward: Float64Array;
  readonly #objectives: Float64Array;
  readonly #costs: Float64Array;

  constructor(environment: VectorEnvironment) {
    const { rowCount, objectiveNames, costNames } = environment;
    this.#environment = environment;
    this.#before = Array.from({ length: rowCount }, () => undefined);
    this.#reward = new Float64Array(rowCount);
    this.#objectives = new Float64Array(rowCount * objectiveNames.length);
    this.#costs = new Float64Array(rowCount * costNames.length);
  }

  /** Begins a decision; the row's last one must be closed. */
  open(row: number, before: DecisionBefore): void {
    const { objectiveNames, costNames } = this.#environment;
    this.#before[row] = before;
    this.#reward[row] = 0;
    this.#objectives.fill(0, row * objectiveNames.length, (row + 1) * objectiveNames.length);
    this.#costs.fill(0, row * costNames.length, (row + 1) * costNames.length);
  }

  /** Adds what the last step brought to the row's open decision. */
  receive(row: number): void {
    if (this.#before[row] === undefined) return;
    const { reward, objectives, costs, objectiveNames, costNames } = this.#environment;
    this.#reward[row]! += reward[row]!;
    for (let i = row * objectiveNames.length; i < (row + 1) * objectiveNames.length; i++)
      this.#objectives[i]! += objectives[i]!;
    for (let i = row * costNames.length; i < (row + 1) * costNames.length; i++) this.#costs[i]! += costs[i]!;
  }

  /** Ends the row's open decision: its whole log row, or undefined where none is open. */
  close(
    row: number,
    end: { readonly terminated: boolean; readonly truncated: boolean },
  ): DecisionLogRow | undefined {
    const before = this.#before[row];
    if (before === undefined) return undefined;
    this.#before[row] = undefined;
    const { objectiveNames, costNames } = this.#environment;
    const objectives: Record<string, number> = { [REWARD]: this.#reward[row]! };
    objectiveNames.forEach((name, i) => {
      objectives[name] = this.#objectives[row * objectiveNames.length + i]!;
    });
    const costs: Record<string, number> = {};
    costNames.forEach((name, i) => {
      costs[name] = this.#costs[row * costNames.length + i]!;
    });
    return { ...before, objectives, costs, ...end, outcomes_complete: true };
  }
}
