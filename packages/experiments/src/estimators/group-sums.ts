/** Sums of rows by group, in ascending order of the groups' ids. */
export interface GroupSums {
  readonly id: Float64Array;
  readonly numerator: Float64Array;
  readonly denominator: Float64Array;
  readonly arm: Uint8Array;
}

/** Input of {@link groupSums}. */
export interface GroupRows {
  /** Group of each row: cluster, user or interval. */
  readonly group: ArrayLike<number>;
  readonly numerator: ArrayLike<number>;
  /** @defaultValue 1 a row */
  readonly denominator?: ArrayLike<number> | undefined;
  readonly arm: ArrayLike<number>;
  /** Rows with 0 are left out. @defaultValue all are kept */
  readonly kept?: ArrayLike<number> | undefined;
}

/**
 * Sums of numerators and denominators by group.
 *
 * @throws RangeError for a group with rows in two arms
 */
export function groupSums(where: string, rows: GroupRows): GroupSums {
  const { group, numerator, denominator, arm, kept } = rows;
  const indices = new Map<number, number>();
  for (let i = 0; i < group.length; i++) if (kept === undefined || kept[i] !== 0) indices.set(group[i]!, 0);
  const id = Float64Array.from(indices.keys()).sort();
  id.forEach((value, index) => indices.set(value, index));
  const sums: GroupSums = {
    id,
    numerator: new Float64Array(id.length),
    denominator: new Float64Array(id.length),
    arm: new Uint8Array(id.length),
  };
  const seen = new Uint8Array(id.length);
  for (let i = 0; i < group.length; i++) {
    if (kept !== undefined && kept[i] === 0) continue;
    const index = indices.get(group[i]!)!;
    sums.numerator[index]! += numerator[i]!;
    sums.denominator[index]! += denominator === undefined ? 1 : denominator[i]!;
    if (seen[index] === 1 && sums.arm[index] !== arm[i])
      throw new RangeError(
        `${where}: row ${i} of group ${group[i]} must have the group's arm ${sums.arm[index]}, got ${arm[i]}`,
      );
    seen[index] = 1;
    sums.arm[index] = arm[i]!;
  }
  return sums;
}
