import { createExecutor, type Feed, type Session } from "@longview/tensor";
import { sigmoid } from "../linear/logistic.ts";
import type { CheckedRows } from "../model-rows.ts";
import type { Standardization } from "../design.ts";
import { networkProgram, type NetworkShape } from "./network-graph.ts";
import { pickedIntegers, scaledFeatures } from "./network-rows.ts";

/** A trained network and the scales of what goes in and comes out. */
export interface TrainedNetwork {
  readonly parameters: Float32Array;
  readonly standardization: Standardization;
  /** A score of 0 is this reward, for an identity head. */
  readonly rewardCenter: number;
  readonly rewardScale: number;
}

const LOGGED_CHUNK = 1024;
/** Lines (rows · actions) of one call, about. */
const LINES = 8192;

/** Runs networks over rows in chunks of one size, so that a row's bits do not depend on which rows are asked for with it. */
export class NetworkPredictor {
  readonly #rows: CheckedRows;
  readonly #shape: NetworkShape;
  readonly #logged: Session;
  readonly #every: Session;

  private constructor(rows: CheckedRows, shape: NetworkShape, sessions: readonly [Session, Session]) {
    this.#rows = rows;
    this.#shape = shape;
    [this.#logged, this.#every] = sessions;
  }

  static async create(rows: CheckedRows, shape: NetworkShape): Promise<NetworkPredictor> {
    const executor = await createExecutor();
    return new NetworkPredictor(rows, shape, [
      await executor.load(networkProgram(shape, "logged")),
      await executor.load(networkProgram(shape, "every")),
    ]);
  }

  /** q(xᵢ, aᵢ) of the listed rows, written at their places in `out`. */
  async loggedInto(out: Float64Array, network: TrainedNetwork, chosen: Int32Array): Promise<void> {
    for (let start = 0; start < chosen.length; start += LOGGED_CHUNK) {
      const part = chosen.subarray(start, start + LOGGED_CHUNK);
      const action = pickedIntegers(this.#rows.action, { rows: part, length: LOGGED_CHUNK });
      const feeds = { ...this.#feeds(network, part, LOGGED_CHUNK), action };
      const { score } = await this.#logged.run(feeds);
      part.forEach((row, i) => {
        out[row] = this.#reward(network, score!.data[i]!);
      });
    }
  }

  /** q(xᵢ, a) of the listed rows and every action; row `chosen[i]` goes to `place(chosen[i])`, in actions' lengths. */
  async everyInto(
    out: Float64Array,
    network: TrainedNetwork,
    { chosen, place }: { readonly chosen: Int32Array; readonly place: (row: number) => number },
  ): Promise<void> {
    const { actionCount } = this.#shape;
    const length = Math.max(1, Math.floor(LINES / actionCount));
    for (let start = 0; start < chosen.length; start += length) {
      const part = chosen.subarray(start, start + length);
      const zero = { data: new Float32Array(length), shape: [length, 1] };
      const { score } = await this.#every.run({ ...this.#feeds(network, part, length), zero });
      part.forEach((row, i) => {
        const at = place(row) * actionCount;
        for (let a = 0; a < actionCount; a++)
          out[at + a] = this.#reward(network, score!.data[i * actionCount + a]!);
      });
    }
  }

  #feeds(network: TrainedNetwork, part: Int32Array, length: number): Record<string, Feed> {
    const chosen = { rows: part, length };
    const { position } = this.#rows;
    return {
      parameters: network.parameters,
      ...(this.#shape.featureCount > 0
        ? { features: scaledFeatures(this.#rows, network.standardization, chosen) }
        : {}),
      ...(position === undefined ? {} : { position: pickedIntegers(position, chosen) }),
    };
  }

  #reward({ rewardCenter, rewardScale }: TrainedNetwork, score: number): number {
    return this.#shape.head === "sigmoid" ? sigmoid(score) : rewardCenter + rewardScale * score;
  }
}
