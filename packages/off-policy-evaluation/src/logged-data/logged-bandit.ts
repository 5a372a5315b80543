import type { DecisionLogReader } from "@longview/formats";
import { checkRows } from "../log/checks.ts";
import { OffPolicyEvaluationError } from "../error.ts";

/** A bandit log in memory, column by column: the kept rows of a decision log in their order. */
export interface LoggedBandit {
  readonly rowCount: number;
  /** Metric names; the first is the primary one. */
  readonly metrics: readonly string[];
  /** One array a metric. */
  readonly rewards: readonly Float64Array[];
  /** Probability with which the logged action was chosen; undefined where the log holds none. */
  readonly propensity: Float64Array | undefined;
  /** Item of each action number. */
  readonly actions: readonly string[] | undefined;
  /** Number of the item shown. */
  readonly action: Int32Array | undefined;
  /** Position, from 0. */
  readonly position: Int32Array | undefined;
  /** Number of position 0 in the log's own counting. */
  readonly positionBase: number;
  /** Number of the unit, from 0 in order of first appearance: clusters for intervals. */
  readonly unit: Float64Array | undefined;
  /** Seconds. */
  readonly time: Float64Array | undefined;
  /** Policies that decided, and which did. */
  readonly policies: readonly string[] | undefined;
  readonly policy: Int32Array | undefined;
  /** Other policies' probability of the logged action, by name. */
  readonly probabilities: Readonly<Record<string, Float64Array>>;
}

/**
 * Collects a decision log into arrays: for logs that fit into memory (about 8 bytes a number). Larger ones go through
 * `reader.chunks()` in pieces.
 *
 * @throws OffPolicyEvaluationError `EMPTY` without rows, `NOT_COMPUTABLE` for slates of several items
 */
export async function collectLoggedBandit(reader: DecisionLogReader): Promise<LoggedBandit> {
  if (reader.slateSize > 1)
    throw new OffPolicyEvaluationError(
      "NOT_COMPUTABLE",
      `log: its slates hold up to ${reader.slateSize} items; a bandit log has one item a decision`,
    );
  const rowCount = reader.report.rowsKept;
  checkRows("log", rowCount);
  const numbers = (wanted: boolean): Float64Array | undefined =>
    wanted ? new Float64Array(rowCount) : undefined;
  const whole = (wanted: boolean): Int32Array | undefined => (wanted ? new Int32Array(rowCount) : undefined);
  const rewards = reader.metrics.map(() => new Float64Array(rowCount));
  const others = reader.probabilities.map(() => new Float64Array(rowCount));
  const units = new Map<number, number>();
  let columns: Columns | undefined;
  let at = 0;
  for await (const chunk of reader.chunks()) {
    columns ??= {
      propensity: numbers(chunk.propensity !== undefined),
      action: whole(chunk.action !== undefined),
      position: whole(chunk.position !== undefined),
      policy: whole(chunk.policy !== undefined),
      unit: numbers(chunk.unit !== undefined),
      time: numbers(chunk.time !== undefined),
    };
    rewards.forEach((out, k) => out.set(chunk.rewards[k]!, at));
    others.forEach((out, k) => out.set(chunk.probabilities[k]!, at));
    if (chunk.propensity !== undefined) columns.propensity?.set(chunk.propensity, at);
    if (chunk.action !== undefined) columns.action?.set(chunk.action, at);
    if (chunk.position !== undefined) columns.position?.set(chunk.position, at);
    if (chunk.policy !== undefined) columns.policy?.set(chunk.policy, at);
    if (chunk.time !== undefined) columns.time?.set(chunk.time, at);
    if (chunk.unit !== undefined && columns.unit !== undefined)
      for (let i = 0; i < chunk.rowCount; i++) {
        const id = chunk.unit[i]!;
        let number = units.get(id);
        if (number === undefined) {
          number = units.size;
          units.set(id, number);
        }
        columns.unit[at + i] = number;
      }
    at += chunk.rowCount;
  }
  return {
    rowCount,
    metrics: reader.metrics,
    rewards,
    actions: reader.actions,
    positionBase: reader.positionBase,
    policies: reader.policies?.map(({ id }) => id),
    probabilities: Object.fromEntries(reader.probabilities.map((name, k) => [name, others[k]!])),
    propensity: columns?.propensity,
    action: columns?.action,
    position: columns?.position,
    policy: columns?.policy,
    unit: columns?.unit,
    time: columns?.time,
  };
}

interface Columns {
  readonly propensity: Float64Array | undefined;
  readonly action: Int32Array | undefined;
  readonly position: Int32Array | undefined;
  readonly policy: Int32Array | undefined;
  readonly unit: Float64Array | undefined;
  readonly time: Float64Array | undefined;
}
