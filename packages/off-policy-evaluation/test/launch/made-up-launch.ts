import { parseGateSpec, type GateSpec, type GateSpecInput } from "@longview/formats";
import { rootKey, uniform } from "@longview/statistics";
import type { LaunchBlock, LaunchContext, LaunchLog } from "../../src/index.ts";

/** Keyed draws: number `draw` of entity `entity`. */
export function drawsOf(seed: string): (entity: number, draw: number) => number {
  const key = rootKey(seed);
  return (entity, draw) => uniform(key, entity, draw);
}

/** A specification with one metric `click` in [0, 1] and loose floors, and what a test changes. */
export function specOf(changes: Partial<GateSpecInput> = {}): GateSpec {
  return parseGateSpec(
    {
      name: "test",
      estimand: { states: "all", attributionWindow: "at once", interference: "none" },
      primary: { metric: "click", range: [0, 1] },
      estimators: ["ips", "snips"],
      evidence: { effectiveSampleSize: 10, units: 10 },
      ...changes,
    },
    "test.yaml",
  );
}

const NOTHING = "0".repeat(64);

/** The rest of what a verdict needs. */
export function contextOf(spec: GateSpec, changes: Partial<LaunchContext> = {}): LaunchContext {
  return {
    spec,
    specFile: { path: "test.yaml", sha256: NOTHING },
    candidate: { label: "candidate", sha256: null },
    incumbent: { label: "logged", sha256: null },
    log: {
      files: [{ path: "log.csv", sha256: "1".repeat(64), rows: 1000 }],
      layout: "mapping",
      rowsRead: 1000,
      rowsKept: 1000,
      rowsQuarantined: 0,
      rowsLeftOut: 0,
      quarantineFile: null,
      violations: [],
      notChecked: [],
    },
    learnedFrom: [],
    estimatedPropensities: undefined,
    code: { version: "0.0.0", commit: null, modified: null },
    ...changes,
  };
}

/** A block as a whole log, cut into pieces of at most `rows`. */
export function logOf(block: LaunchBlock, facts: Partial<LaunchLog> = {}): LaunchLog {
  const cut = <T extends Float64Array | Int32Array>(
    array: T | undefined,
    from: number,
    to: number,
    width = 1,
  ): Float64Array | Int32Array | undefined => array?.subarray(from * width, to * width);
  const numbers = (
    array: Float64Array | undefined,
    from: number,
    to: number,
    width = 1,
  ): Float64Array | undefined => {
    const part = cut(array, from, to, width);
    return part instanceof Float64Array ? part : undefined;
  };
  const whole = (array: Int32Array | undefined, from: number, to: number): Int32Array | undefined => {
    const part = cut(array, from, to);
    return part instanceof Int32Array ? part : undefined;
  };
  const width = facts.actions?.length ?? 0;
  return {
    rowCount: block.rowCount,
    metrics: ["click"],
    actions: undefined,
    positionBase: 0,
    policies: undefined,
    features: [],
    ...facts,
    *blocks(rows = 97) {
      for (let from = 0; from < block.rowCount; from += rows) {
        const to = Math.min(block.rowCount, from + rows);
        yield {
          rowCount: to - from,
          rewards: block.rewards.map((values) => values.subarray(from, to)),
          propensity: block.propensity.subarray(from, to),
          candidate: block.candidate.subarray(from, to),
          incumbent: numbers(block.incumbent, from, to),
          candidateDistribution: numbers(block.candidateDistribution, from, to, width),
          incumbentDistribution: numbers(block.incumbentDistribution, from, to, width),
          unit: numbers(block.unit, from, to),
          session: numbers(block.session, from, to),
          step: whole(block.step, from, to),
          time: numbers(block.time, from, to),
          action: whole(block.action, from, to),
          position: whole(block.position, from, to),
          policy: whole(block.policy, from, to),
          carried: Object.fromEntries(
            Object.entries(block.carried ?? {}).map(([name, values]) => [name, values.slice(from, to)]),
          ),
        };
      }
    },
  };
}

/** A world of independent decisions: three items of known click rates under a logging policy and a candidate. */
export interface BanditWorld {
  readonly logging: readonly number[];
  readonly candidate: readonly number[];
  readonly clickRate: readonly number[];
  readonly rows: number;
  /** Decisions a unit. @defaultValue 1 */
  readonly decisionsPerUnit?: number;
  readonly seed: string;
}

/** The true lift of the candidate over the logging policy. */
export function trueLift({ logging, candidate, clickRate }: BanditWorld): number {
  return clickRate.reduce((sum, rate, item) => sum + rate * (candidate[item]! - logging[item]!), 0);
}

/** A log of a world, with the whole distributions. */
export function banditBlock(world: BanditWorld): LaunchBlock {
  const { logging, candidate, clickRate, rows, decisionsPerUnit = 1, seed } = world;
  const draw = drawsOf(seed);
  const action = new Int32Array(rows);
  const reward = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    let left = draw(i, 0);
    let item = 0;
    while (item < logging.length - 1 && left >= logging[item]!) left -= logging[item++]!;
    action[i] = item;
    reward[i] = draw(i, 1) < clickRate[item]! ? 1 : 0;
  }
  return {
    rowCount: rows,
    rewards: [reward],
    action,
    propensity: Float64Array.from(action, (item) => logging[item]!),
    candidate: Float64Array.from(action, (item) => candidate[item]!),
    incumbent: undefined,
    candidateDistribution: Float64Array.from({ length: rows * 3 }, (_, k) => candidate[k % 3]!),
    ...(decisionsPerUnit > 1
      ? { unit: Float64Array.from({ length: rows }, (_, i) => Math.floor(i / decisionsPerUnit)) }
      : {}),
    time: Float64Array.from({ length: rows }, (_, i) => i * 60),
  };
}
