import { foldIn, type RandomKey } from "@longview/statistics";
import { calibration, type Calibration } from "../../diagnostics/calibration.ts";
import { OffPolicyEvaluationError } from "../../error.ts";
import { checkCount, checkOption } from "../../log/checks.ts";
import { standardizationOf } from "../design.ts";
import { trainingCells, type Folds } from "../folds.ts";
import type { CheckedRows } from "../model-rows.ts";
import { checkPiece, type CrossFittedRewardModel, type NetworkOptions } from "../reward-model.ts";
import type { NetworkShape } from "./network-graph.ts";
import { NetworkPredictor, type TrainedNetwork } from "./network-predictor.ts";
import { NetworkTrainer, type NetworkData } from "./train-network.ts";

/** What {@link crossFitNetwork} takes beside the data. */
export interface CrossFitNetworkOptions {
  readonly penalties: readonly number[];
  readonly key: RandomKey;
  readonly network: NetworkOptions;
}

/** Passes without a better loss on the rows held back after which a training ends. */
const PATIENCE = 5;

/** Passes where no rows can be held back to choose by. */
const UNJUDGED_EPOCHS = 10;

class CrossFittedNetwork implements CrossFittedRewardModel {
  readonly kind = "mlp";
  readonly fold: Int32Array;
  readonly predictedReward: Float64Array;
  readonly calibration: Calibration;
  readonly chosenPenalty: readonly number[];
  readonly actionCount: number;
  readonly #networks: readonly TrainedNetwork[];
  readonly #predictor: NetworkPredictor;

  constructor(input: {
    readonly fold: Int32Array;
    readonly actionCount: number;
    readonly predictedReward: Float64Array;
    readonly calibration: Calibration;
    readonly chosenPenalty: readonly number[];
    readonly networks: readonly TrainedNetwork[];
    readonly predictor: NetworkPredictor;
  }) {
    this.fold = input.fold;
    this.actionCount = input.actionCount;
    this.predictedReward = input.predictedReward;
    this.calibration = input.calibration;
    this.chosenPenalty = input.chosenPenalty;
    this.#networks = input.networks;
    this.#predictor = input.predictor;
  }

  get rowCount(): number {
    return this.fold.length;
  }

  async predictInto(out: Float64Array, firstRow: number, count: number): Promise<void> {
    checkPiece(this, out, { firstRow, count });
    const place = (row: number): number => row - firstRow;
    for (let k = 0; k < this.#networks.length; k++) {
      const chosen = rowsWhere(count, (i) => this.fold[firstRow + i] === k).map((i) => i + firstRow);
      await this.#predictor.everyInto(out, this.#networks[k]!, { chosen, place });
    }
  }
}

/**
 * A network of every fold. Penalty and number of passes are those with the least loss on one cell held back from the fold's
 * training rows; the network is then trained on all of them.
 *
 * @throws OffPolicyEvaluationError `BAD_OPTION`, `NO_SUPPORT` where all of a fold's training rows have weight 0
 */
export async function crossFitNetwork(
  data: NetworkData & { readonly folds: Folds },
  options: CrossFitNetworkOptions,
): Promise<CrossFittedRewardModel> {
  const { rows, reward, folds } = data;
  const shape = shapeOf(rows, reward, options.network);
  const predictor = await NetworkPredictor.create(rows, shape);
  const trainer = await NetworkTrainer.create(data, shape);
  const predictedReward = new Float64Array(rows.rowCount);
  const networks: TrainedNetwork[] = [];
  const chosenPenalty: number[] = [];
  try {
    for (let k = 0; k < folds.count; k++) {
      const search = { data, trainer, predictor, shape, fold: k, options };
      const { penalty, epochs } = await chosenTraining(search);
      const training = weightedRows(data, k, (row) => folds.fold[row] !== k);
      const { learningRate } = settingsOf(options.network, training.length);
      const key = foldIn(options.key, 2 * k);
      const network = await trainer.train({ training, penalty, epochs, learningRate, key });
      networks.push(network);
      chosenPenalty.push(penalty);
      const own = rowsWhere(rows.rowCount, (row) => folds.fold[row] === k);
      await predictor.loggedInto(predictedReward, network, own);
    }
  } finally {
    await trainer.dispose();
  }
  return new CrossFittedNetwork({
    fold: folds.fold,
    actionCount: rows.actionCount,
    predictedReward,
    calibration: calibration(predictedReward, reward, {
      kind: shape.head === "sigmoid" ? "probability" : "mean",
    }),
    chosenPenalty,
    networks,
    predictor,
  });
}

interface Search {
  readonly data: NetworkData & { readonly folds: Folds };
  readonly trainer: NetworkTrainer;
  readonly predictor: NetworkPredictor;
  readonly shape: NetworkShape;
  readonly fold: number;
  readonly options: CrossFitNetworkOptions;
}

async function chosenTraining(search: Search): Promise<{ penalty: number; epochs: number }> {
  const { data, trainer, predictor, shape, fold, options } = search;
  const { folds, reward, weights } = data;
  const [heldCell] = trainingCells(folds, fold);
  const learns = (row: number): boolean => folds.fold[row] !== fold && folds.cell[row] !== heldCell;
  const held = rowsWhere(reward.length, (row) => folds.cell[row] === heldCell);
  const training = rowsWhere(reward.length, (row) => learns(row) && weights?.[row] !== 0);
  const largest = Math.max(...options.penalties);
  if (training.length === 0 || held.length === 0) return { penalty: largest, epochs: UNJUDGED_EPOCHS };
  const { epochs, learningRate } = settingsOf(options.network, training.length);
  const predicted = new Float64Array(reward.length);
  let best = { penalty: largest, epochs: UNJUDGED_EPOCHS, loss: Infinity };
  for (const penalty of options.penalties) {
    let lowest = { loss: Infinity, epoch: 0 };
    await trainer.train({
      training,
      penalty,
      epochs,
      learningRate,
      key: foldIn(options.key, 2 * fold + 1),
      afterEpoch: async (network, epoch) => {
        await predictor.loggedInto(predicted, network, held);
        let loss = 0;
        for (const row of held)
          loss += (weights?.[row] ?? 1) * lossOf(shape.head, predicted[row]!, reward[row]!);
        if (loss < lowest.loss) lowest = { loss, epoch };
        return epoch - lowest.epoch >= PATIENCE;
      },
    });
    if (lowest.loss < best.loss) best = { penalty, epochs: lowest.epoch, loss: lowest.loss };
  }
  return best;
}

function lossOf(head: NetworkShape["head"], predicted: number, reward: number): number {
  if (head === "identity") return (predicted - reward) ** 2;
  return -Math.log(Math.max(1e-300, reward === 1 ? predicted : 1 - predicted));
}

function shapeOf(
  rows: CheckedRows,
  reward: Float64Array,
  { hidden = [64, 32] }: NetworkOptions,
): NetworkShape {
  if (hidden.length === 0)
    throw new OffPolicyEvaluationError("BAD_OPTION", "network.hidden is empty: at least one layer is needed");
  for (const units of hidden) checkCount("network.hidden", units);
  const { actionFeatureCount: width } = rows;
  const { center, inverseScale } = standardizationOf(rows.actionFeatures, width);
  return {
    actionCount: rows.actionCount,
    positionColumns: rows.position === undefined ? 0 : rows.positionCount,
    featureCount: rows.featureCount,
    actionFeatureCount: width,
    actionFeatures: rows.actionFeatures.map(
      (value, at) => (value - center[at % width]!) * inverseScale[at % width]!,
    ),
    hidden,
    head: reward.every((value) => value === 0 || value === 1) ? "sigmoid" : "identity",
  };
}

function settingsOf(options: NetworkOptions, rowCount: number): { epochs: number; learningRate: number } {
  const epochs = options.epochs ?? Math.min(60, Math.max(4, Math.round(2_000_000 / rowCount)));
  checkCount("network.epochs", epochs);
  const learningRate = options.learningRate ?? 0.003;
  checkOption("network.learningRate", learningRate, 1e-8, 1);
  return { epochs, learningRate };
}

function weightedRows(
  { reward, weights }: NetworkData,
  fold: number,
  included: (row: number) => boolean,
): Int32Array {
  const rows = rowsWhere(reward.length, (row) => included(row) && weights?.[row] !== 0);
  if (rows.length === 0)
    throw new OffPolicyEvaluationError(
      "NO_SUPPORT",
      `weights are 0 in every row outside fold ${fold}: its model has nothing to learn from`,
    );
  return rows;
}

function rowsWhere(rowCount: number, included: (row: number) => boolean): Int32Array {
  let count = 0;
  for (let row = 0; row < rowCount; row++) if (included(row)) count++;
  const rows = new Int32Array(count);
  for (let row = 0, at = 0; row < rowCount; row++) if (included(row)) rows[at++] = row;
  return rows;
}
