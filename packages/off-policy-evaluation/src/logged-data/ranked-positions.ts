/** Positions by their rank: a model has a column for each, and a log may number them as it likes. */
export function rankedPositions(position: Int32Array): Int32Array {
  const ranks = new Map([...new Set(position)].sort((a, b) => a - b).map((at, rank) => [at, rank]));
  return position.map((at) => ranks.get(at)!);
}
