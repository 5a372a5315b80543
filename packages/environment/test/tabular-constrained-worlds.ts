import { rootKey, uniform } from "@longview/statistics";
import { TabularMarkovDecisionProcess, deterministicPolicy, policyReturn } from "../src/index.ts";

/** A source of uniforms in (0, 1). */
export function uniforms(seed: string): () => number {
  const key = rootKey(seed);
  let draws = 0;
  return () => uniform(key, draws++, 0);
}

/** Costs `[state][action]` of a random world by name. */
export type CostTables = Record<string, number[][]>;

/** A random world; `makeCosts` gets a maker of random tables. */
export function randomWorld(
  seed: string,
  states: number,
  actions: number,
  makeCosts: (table: () => number[][]) => CostTables,
): TabularMarkovDecisionProcess {
  const next = uniforms(seed);
  const simplex = (): number[] => {
    const weights = Array.from({ length: states }, () => -Math.log(next()));
    const sum = weights.reduce((a, b) => a + b, 0);
    return weights.map((weight) => weight / sum);
  };
  const rows = <T>(make: () => T): T[][] =>
    Array.from({ length: states }, () => Array.from({ length: actions }, make));
  return new TabularMarkovDecisionProcess({
    transition: rows(simplex),
    reward: rows(() => 2 * next() - 1),
    costs: makeCosts(() => rows(next)),
    startDistribution: simplex(),
    discountFactor: 0.9,
  });
}

/** Value and costs of every deterministic policy. */
export function allPolicies(
  process: TabularMarkovDecisionProcess,
): { readonly value: number; readonly costs: readonly number[] }[] {
  const { stateCount, actionCount, costNames } = process;
  return Array.from({ length: actionCount ** stateCount }, (_, code) => {
    const actions = Array.from(
      { length: stateCount },
      (_each, state) => Math.floor(code / actionCount ** state) % actionCount,
    );
    const { value, costs } = policyReturn(process, deterministicPolicy(process, actions));
    return { value, costs: costNames.map((name) => costs[name]!) };
  });
}

/**
 * The best mixture of all deterministic policies within the limits, by trying every basic solution: no linear program, no
 * occupancy measure. Mixtures of deterministic policies reach whatever any policy reaches. −Infinity where none keeps the limits.
 */
export function bestMixture(policies: ReturnType<typeof allPolicies>, limits: readonly number[]): number {
  const rows = limits.length + 1;
  // Columns: policies (costs, then 1), then the slack of each limit.
  const columns = [
    ...policies.map(({ costs }) => [...costs, 1]),
    ...limits.map((_, i) => Array.from({ length: rows }, (_each, row) => (row === i ? 1 : 0))),
  ];
  const right = [...limits, 1];
  let best = -Infinity;
  const basis: number[] = [];
  const choose = (from: number): void => {
    if (basis.length === rows) {
      const solution = solveSquare(
        basis.map((column) => columns[column]!),
        right,
      );
      if (solution === undefined || solution.some((x) => x < -1e-12)) return;
      const value = basis.reduce((sum, column, i) => sum + solution[i]! * (policies[column]?.value ?? 0), 0);
      best = Math.max(best, value);
      return;
    }
    for (let column = from; column < columns.length; column++) {
      basis.push(column);
      choose(column + 1);
      basis.pop();
    }
  };
  choose(0);
  return best;
}

/** Solves `Σ_k x_k column_k = right` by elimination with pivoting; undefined where it is singular. */
function solveSquare(
  columns: readonly (readonly number[])[],
  right: readonly number[],
): number[] | undefined {
  const n = right.length;
  const table = right.map((b, row) => [...columns.map((column) => column[row]!), b]);
  for (let k = 0; k < n; k++) {
    let pivot = k;
    for (let row = k + 1; row < n; row++)
      if (Math.abs(table[row]![k]!) > Math.abs(table[pivot]![k]!)) pivot = row;
    const top = table[pivot]!;
    if (Math.abs(top[k]!) < 1e-10) return undefined;
    table[pivot] = table[k]!;
    table[k] = top;
    for (let row = 0; row < n; row++) {
      const factor = table[row]![k]! / top[k]!;
      if (row !== k && factor !== 0)
        for (let column = k; column <= n; column++)
          table[row]![column] = table[row]![column]! - factor * top[column]!;
    }
  }
  return table.map((row, k) => row[n]! / row[k]!);
}
