import type { DecisionLogChunk, DecisionLogReader } from "@longview/formats";
import { OffPolicyEvaluationError } from "../error.ts";
import type { LaunchBlock, LaunchLog } from "../launch/launch-log.ts";
import { checkProbabilities } from "../log/checks.ts";
import type { LoggedPolicy } from "./logged-policy.ts";

/** Options of {@link launchLogFromReader}. */
export interface LaunchLogOptions {
  readonly candidate: LoggedPolicy;
  /** Undefined: the policy that wrote the log. */
  readonly incumbent: LoggedPolicy | undefined;
  /** Probabilities of the logged actions in the log's order, where the log holds none. */
  readonly propensity?: Float64Array;
  /** Called after each block with the rows read so far in this pass. */
  readonly progress?: (rows: number) => void;
}

const ROWS = 65_536;

/** Squares of weights are summed: a propensity or a probability below this would make them overflow or vanish. */
const LEAST_PROBABILITY = 1e-100;

/**
 * An open decision log as a launch's evidence, with what two policies make of each row.
 *
 * A policy's probability below 1e-100 counts as 0.
 *
 * @throws OffPolicyEvaluationError `NOT_COMPUTABLE` when neither the log nor `propensity` holds propensities, or a policy does not
 * fit the log; `BAD_VALUE` naming the row for a propensity below 1e-100
 */
export async function launchLogFromReader(
  reader: DecisionLogReader,
  options: LaunchLogOptions,
): Promise<LaunchLog> {
  const { candidate, incumbent, propensity, progress } = options;
  await candidate.prepare(reader);
  await incumbent?.prepare(reader);
  return {
    rowCount: reader.report.rowsKept,
    metrics: reader.metrics,
    actions: reader.actions,
    positionBase: reader.positionBase,
    policies: reader.policies?.map(({ id }) => id),
    features: reader.features,
    async *blocks(rows = ROWS) {
      let at = 0;
      // Distributions of many items, and columns handed on as JSON, make a block large.
      const carried = candidate.carry.length + (incumbent?.carry.length ?? 0) > 0 ? 1000 : 1;
      const width = candidate.distribution === undefined ? carried : (reader.actions?.length ?? 1) + carried;
      for await (const chunk of reader.chunks({
        rows: Math.max(1, Math.min(rows, Math.floor(4e6 / width))),
      })) {
        checkSmallest(chunk, reader);
        yield {
          ...(await blockOf(chunk, { candidate, incumbent }, propensity?.subarray(at, at + chunk.rowCount))),
          place: (row) => placeIn(chunk, row, reader),
        };
        at += chunk.rowCount;
        progress?.(at);
      }
    },
  };
}

function placeIn({ file, row }: DecisionLogChunk, at: number, { report }: DecisionLogReader): string {
  return `${report.files[file[at]!]!.path} row ${row[at]}`;
}

function checkSmallest(chunk: DecisionLogChunk, reader: DecisionLogReader): void {
  const { propensity } = chunk;
  const at = propensity?.findIndex((value) => value < LEAST_PROBABILITY) ?? -1;
  if (at >= 0)
    throw new OffPolicyEvaluationError(
      "BAD_VALUE",
      `${placeIn(chunk, at, reader)}: its propensity is ${propensity![at]}, so small that its weight overflows; ` +
        `allowed: from ${LEAST_PROBABILITY} to 1`,
    );
}

async function blockOf(
  chunk: DecisionLogChunk,
  { candidate, incumbent }: Pick<LaunchLogOptions, "candidate" | "incumbent">,
  estimated: Float64Array | undefined,
): Promise<LaunchBlock> {
  const propensity = estimated ?? chunk.propensity;
  if (propensity === undefined)
    throw new OffPolicyEvaluationError(
      "NOT_COMPUTABLE",
      "log: holds no propensities; they must be estimated",
    );
  return {
    rowCount: chunk.rowCount,
    rewards: chunk.rewards,
    propensity,
    candidate: await probabilities(candidate, chunk),
    incumbent: incumbent === undefined ? undefined : await probabilities(incumbent, chunk),
    candidateDistribution: await candidate.distribution?.(chunk),
    incumbentDistribution: await incumbent?.distribution?.(chunk),
    unit: chunk.unit,
    session: chunk.session,
    step: chunk.step,
    time: chunk.time,
    action: chunk.action,
    position: chunk.position,
    policy: chunk.policy,
    candidateCount: chunk.candidateCount,
    carried: chunk.carried,
  };
}

async function probabilities(policy: LoggedPolicy, chunk: DecisionLogChunk): Promise<Float64Array> {
  const found = await policy.probabilityOfLogged(chunk);
  checkProbabilities(policy.label, found);
  return found.some((value) => value > 0 && value < LEAST_PROBABILITY)
    ? found.map((value) => (value < LEAST_PROBABILITY ? 0 : value))
    : found;
}
