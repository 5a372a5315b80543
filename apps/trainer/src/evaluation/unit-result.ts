/** What one policy did in one unit: a whole world, or an episode where there are no worlds. */
export interface UnitResult {
  /** What policies are compared by: the discounted ecosystem value, or an episode's return. */
  readonly value: number;
  readonly undiscountedValue: number;
  readonly objectives: Readonly<Record<string, number>>;
  readonly costs: Readonly<Record<string, number>>;
  readonly weeklyValues?: readonly number[];
  readonly weeklyEngagement?: readonly number[];
  /** Series by day, such as satisfaction or activeUsers. */
  readonly daily?: Readonly<Record<string, readonly number[]>>;
}

/** A policy of the comparison and what it did in every unit, in order. */
export interface PolicyUnits {
  readonly name: string;
  readonly role: "trained" | "baseline" | "ceiling";
  readonly description: string;
  readonly settings?: Readonly<Record<string, number | string | boolean>>;
  readonly units: readonly UnitResult[];
}
