import { meanOf, solveDense } from "./worlds.ts";
import type { LinearWorld } from "./worlds.ts";

/** One line of a dense design: intercept, actions, positions, features, action features. */
export function denseLine(world: LinearWorld, row: number, action: number): number[] {
  const { actionCount, position, features, actionFeatures } = world.rows;
  const sizes = actionFeatures!.values;
  return [
    1,
    ...Array.from({ length: actionCount }, (_, a) => (a === action ? 1 : 0)),
    ...[0, 1, 2].map((p) => (p === position![row] ? 1 : 0)),
    ...features!.values.subarray(row * 2, row * 2 + 2),
    (sizes[action]! - meanOf(sizes)) / deviation(sizes),
  ];
}

export function deviation(values: ArrayLike<number>): number {
  const mean = meanOf(values);
  return Math.sqrt(meanOf(Array.from(values, (value) => (value - mean) ** 2)));
}

/** Ridge as a textbook has it: features standardised by the training rows, an intercept without penalty. */
export function denseRidge(
  world: LinearWorld,
  training: readonly number[],
  options: { readonly penalty: number; readonly weights?: Float64Array },
): (row: number, action: number) => number {
  const { action, actionCount, reward } = world.rows;
  const { penalty, weights } = options;
  const weightOf = (row: number): number => weights?.[row] ?? 1;
  const total = training.reduce((sum, row) => sum + weightOf(row), 0);
  const first = 1 + actionCount + 3;
  const scales = [first, first + 1].map((column) => {
    const weighted = (power: (x: number) => number): number =>
      training.reduce(
        (sum, row) => sum + weightOf(row) * power(denseLine(world, row, action[row]!)[column]!),
        0,
      ) / total;
    const center = weighted((x) => x);
    return { column, center, scale: Math.sqrt(weighted((x) => (x - center) ** 2)) };
  });
  const line = (row: number, a: number): number[] => {
    const values = denseLine(world, row, a);
    for (const { column, center, scale } of scales) values[column] = (values[column]! - center) / scale;
    return values;
  };
  const width = first + 3;
  const matrix = Array.from({ length: width }, () => Array.from({ length: width }, () => 0));
  const right = Array.from({ length: width }, () => 0);
  for (const row of training) {
    const z = line(row, action[row]!);
    z.forEach((left, j) => {
      right[j] = right[j]! + weightOf(row) * left * reward[row]!;
      z.forEach((value, k) => {
        matrix[j]![k] = matrix[j]![k]! + weightOf(row) * left * value;
      });
    });
  }
  for (let j = 1; j < width; j++) matrix[j]![j] = matrix[j]![j]! + (penalty * total) / training.length;
  const theta = solveDense(matrix, right);
  return (row, a) => line(row, a).reduce((sum, value, j) => sum + value * theta[j]!, 0);
}
