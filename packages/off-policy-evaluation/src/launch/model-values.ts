import { rootKey } from "@longview/statistics";
import { OffPolicyEvaluationError } from "../error.ts";
import type { Interval } from "../intervals/interval.ts";
import { encodeFeatures } from "../logged-data/encode-features.ts";
import { rankedPositions } from "../logged-data/ranked-positions.ts";
import type { CrossFittedRewardModel, DistributionOf, RewardModelKind } from "../models/index.ts";
import type { LaunchLog } from "./launch-log.ts";
import type { LaunchRows } from "./launch-rows.ts";

/** A fitted reward model and what it says of both policies. */
export interface ModelValues {
  readonly model: CrossFittedRewardModel | undefined;
  /** The model's value of the candidate in each row; undefined with `why` where it has none. */
  readonly candidate: Float64Array | undefined;
  readonly incumbent: Float64Array | undefined;
  /** The candidate's value by the model alone, with the model's error; undefined for a network. */
  readonly direct: Interval | undefined;
  readonly why: string;
}

/** Times that a model is fitted, each time without a part of the units. */
const FOLDS = 3;
const PROBABILITIES_AT_A_TIME = 262_144;

/** What is fitted. */
export interface ModelRequest {
  /** The metric's index in the log. */
  readonly index: number;
  readonly kind: RewardModelKind | "auto";
  readonly confidence: number;
  /** Whether the direct method's own interval is asked for. */
  readonly wantsDirect: boolean;
}

/** Fits a reward model on a launch's rows, cross-fitted by unit, and values both policies with it. */
export async function modelValues(
  log: LaunchLog,
  rows: LaunchRows,
  { index, kind, confidence, wantsDirect }: ModelRequest,
): Promise<ModelValues> {
  const none = (why: string): ModelValues => ({
    model: undefined,
    candidate: undefined,
    incumbent: undefined,
    direct: undefined,
    why,
  });
  const { action, unit } = rows;
  const { actions } = log;
  if (action === undefined || actions === undefined)
    return none("not computable: a reward model of single items has none to look at");
  if (!(await hasDistribution(log)))
    return none(
      "not computable: it needs the candidate's whole distribution, and the log holds its probability of what was logged alone",
    );
  const units = unit === undefined ? rows.rowCount : new Set(unit).size;
  if (units < FOLDS)
    return none(
      `not computable: a model that is cross-fitted ${FOLDS} times needs ${FOLDS} units, and there are ${units}`,
    );
  const reward = rows.rewards[index]!;
  if (kind === "logistic" && reward.some((value) => value < 0 || value > 1))
    throw new OffPolicyEvaluationError(
      "BAD_OPTION",
      `rewardModel: logistic takes outcomes from 0 to 1, and ${log.metrics[index]} has others; take linear`,
    );
  const position = rows.position === undefined ? undefined : rankedPositions(rows.position);
  const { crossFitRewardModel, directMethodInterval } = await import("../models/index.ts");
  const carried = Object.fromEntries(log.features.map((name) => [name, rows.carried.get(name) ?? []]));
  const features = encodeFeatures(carried, rows.rowCount);
  const model = await crossFitRewardModel(
    {
      action,
      actionCount: actions.length,
      reward,
      ...(position === undefined ? {} : { position }),
      ...(features.names.length === 0 ? {} : { features }),
      ...(unit === undefined ? {} : { units: unit }),
    },
    { kind, folds: FOLDS, key: rootKey("reward model") },
  );
  const width = actions.length;
  const candidate = new Float64Array(rows.rowCount);
  const incumbent = new Float64Array(rows.rowCount);
  let predictions = new Float64Array(0);
  let firstRow = 0;
  let incumbentKnown = true;
  const rowsAtATime = Math.max(1, Math.floor(PROBABILITIES_AT_A_TIME / width));
  for await (const block of log.blocks(rowsAtATime)) {
    const { rowCount, candidateDistribution, incumbentDistribution } = block;
    if (predictions.length < rowCount * width) predictions = new Float64Array(rowCount * width);
    await model.predictInto(predictions, firstRow, rowCount);
    if (candidateDistribution !== undefined)
      expectedInto(candidate.subarray(firstRow), candidateDistribution, predictions, width);
    if (incumbentDistribution === undefined) incumbentKnown = false;
    else expectedInto(incumbent.subarray(firstRow), incumbentDistribution, predictions, width);
    firstRow += rowCount;
  }
  const direct =
    wantsDirect && model.kind !== "mlp"
      ? await directMethodInterval(model, candidateDistributions(log, rowsAtATime), {
          confidence,
          rowsAtATime,
        })
      : undefined;
  return { model, candidate, incumbent: incumbentKnown ? incumbent : undefined, direct, why: "" };
}

/** The candidate's distributions, piece by piece in the log's order, from the beginning whenever row 0 is asked for. */
function candidateDistributions(log: LaunchLog, rowsAtATime: number): DistributionOf {
  let held = new Float64Array(0);
  let pieces: AsyncIterator<Float64Array> | undefined;
  const width = log.actions?.length ?? 1;
  async function* read(): AsyncGenerator<Float64Array> {
    for await (const block of log.blocks(rowsAtATime))
      yield block.candidateDistribution ?? new Float64Array(0);
  }
  return async (firstRow, count) => {
    if (firstRow === 0 || pieces === undefined) {
      pieces = read();
      held = new Float64Array(0);
    }
    while (held.length < count * width) {
      const next = await pieces.next();
      if (next.done === true) break;
      const joined = new Float64Array(held.length + next.value.length);
      joined.set(held);
      joined.set(next.value, held.length);
      held = joined;
    }
    const piece = held.slice(0, count * width);
    held = held.slice(count * width);
    return piece;
  };
}

async function hasDistribution(log: LaunchLog): Promise<boolean> {
  for await (const block of log.blocks(1)) return block.candidateDistribution !== undefined;
  return false;
}

/** `Σₐ π(a|x) q(x, a)`: mass on items that the log never shows earns nothing here, and is reported as missing support. */
function expectedInto(
  out: Float64Array,
  distribution: Float64Array,
  predictions: Float64Array,
  width: number,
): void {
  for (let i = 0, at = 0; at < distribution.length; i++) {
    let value = 0;
    for (let k = 0; k < width; k++, at++) value += distribution[at]! * predictions[at]!;
    out[i] = value;
  }
}
