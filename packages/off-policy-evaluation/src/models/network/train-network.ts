import { foldIn, shuffleInto, type RandomKey } from "@longview/statistics";
import {
  createExecutor,
  createOptimizerState,
  initializeParameters,
  parameterLayout,
  type Executor,
  type TensorData,
  type Update,
} from "@longview/tensor";
import { standardizationOf } from "../design.ts";
import type { CheckedRows } from "../model-rows.ts";
import { networkParameters, networkUpdate, type NetworkShape } from "./network-graph.ts";
import { pickedIntegers, scaledFeatures } from "./network-rows.ts";
import type { TrainedNetwork } from "./network-predictor.ts";

/** What networks are trained on. */
export interface NetworkData {
  readonly rows: CheckedRows;
  readonly reward: Float64Array;
  readonly weights: Float64Array | undefined;
}

/** One training. */
export interface NetworkTraining {
  /** Numbers of the rows learned from; at least one with weight. */
  readonly training: Int32Array;
  readonly penalty: number;
  readonly epochs: number;
  readonly learningRate: number;
  readonly key: RandomKey;
  /** Called after each pass; true ends the training. */
  readonly afterEpoch?: (network: TrainedNetwork, epoch: number) => Promise<boolean>;
}

/** Trains reward networks of one shape: each by Adam over shuffled minibatches, a whole pass in one compiled call. */
export class NetworkTrainer {
  readonly #data: NetworkData;
  readonly #shape: NetworkShape;
  readonly #executor: Executor;
  readonly #updates = new Map<number, Promise<Update>>();

  private constructor(data: NetworkData, shape: NetworkShape, executor: Executor) {
    this.#data = data;
    this.#shape = shape;
    this.#executor = executor;
  }

  static async create(data: NetworkData, shape: NetworkShape): Promise<NetworkTrainer> {
    return new NetworkTrainer(data, shape, await createExecutor());
  }

  /** Frees the compiled updates. */
  dispose(): Promise<void> {
    return this.#executor.dispose();
  }

  async train(options: NetworkTraining): Promise<TrainedNetwork> {
    const { training, epochs, key, penalty, learningRate, afterEpoch } = options;
    const { network, batch } = this.#prepare(training, key);
    const minibatchSize = training.length >= 2048 ? 256 : 32;
    const update = await this.#update(minibatchSize);
    const optimizer = createOptimizerState(network.parameters.length);
    const order = Int32Array.from({ length: training.length }, (_, i) => i);
    const minibatches = new Int32Array(Math.ceil(order.length / minibatchSize) * minibatchSize);
    for (let epoch = 1; epoch <= epochs; epoch++) {
      shuffleInto(order, foldIn(key, epoch));
      // The last minibatch is filled up from the front.
      for (let i = 0; i < minibatches.length; i++) minibatches[i] = order[i % order.length]!;
      await update.run({
        parameters: network.parameters,
        optimizer,
        batch,
        rowCount: training.length,
        minibatches,
        scalars: { decay: penalty / training.length },
        learningRate,
      });
      if (await afterEpoch?.(network, epoch)) break;
    }
    return network;
  }

  #update(minibatchSize: number): Promise<Update> {
    const known = this.#updates.get(minibatchSize);
    if (known !== undefined) return known;
    const loaded = this.#executor.loadUpdate(networkUpdate(this.#shape, minibatchSize));
    this.#updates.set(minibatchSize, loaded);
    return loaded;
  }

  #prepare(
    training: Int32Array,
    key: RandomKey,
  ): { network: TrainedNetwork; batch: Record<string, TensorData> } {
    const { rows, reward, weights } = this.#data;
    const isTraining = new Uint8Array(rows.rowCount);
    for (const row of training) isTraining[row] = 1;
    const standardization = standardizationOf(
      rows.features,
      rows.featureCount,
      (row) => isTraining[row] === 1,
    );
    const weightOf = (row: number): number => weights?.[row] ?? 1;
    let weight = 0;
    let total = 0;
    for (const row of training) {
      weight += weightOf(row);
      total += weightOf(row) * reward[row]!;
    }
    const mean = total / weight;
    let squares = 0;
    for (const row of training) squares += weightOf(row) * (reward[row]! - mean) ** 2;
    const binary = this.#shape.head === "sigmoid";
    const rewardCenter = binary ? 0 : mean;
    // Rewards that do not vary leave nothing to scale by.
    const rewardScale = binary || squares === 0 ? 1 : Math.sqrt(squares / weight);
    const specifications = networkParameters(this.#shape);
    const parameters = initializeParameters(specifications, key);
    // Starts at the mean, kept finite where rewards are all alike.
    const odds = (total + 0.01) / (weight - total + 0.01);
    if (binary) parameters[parameterLayout(specifications).size - 1] = Math.log(odds);
    const chosen = { rows: training, length: training.length };
    const { position } = rows;
    return {
      network: { parameters, standardization, rewardCenter, rewardScale },
      batch: {
        action: pickedIntegers(rows.action, chosen),
        target: Float32Array.from(training, (row) => (reward[row]! - rewardCenter) / rewardScale),
        weight: Float32Array.from(training, (row) => (weightOf(row) * training.length) / weight),
        ...(rows.featureCount > 0 ? { features: scaledFeatures(rows, standardization, chosen) } : {}),
        ...(position === undefined ? {} : { position: pickedIntegers(position, chosen) }),
      },
    };
  }
}
