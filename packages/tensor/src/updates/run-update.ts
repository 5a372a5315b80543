import type { Session } from "../executor.ts";
import type { Feed } from "../feeds.ts";
import { NonFiniteError } from "../non-finite-error.ts";
import type { Program } from "../program.ts";
import type { TensorData } from "../tensor.ts";
import { adamSchedule, type OptimizerState } from "./adam.ts";
import type { UpdateProgram } from "./compile-update.ts";

export interface UpdateInput {
  /** Flat parameters; written in place when the call succeeds. */
  readonly parameters: Float32Array;
  /** Adam's state; written in place when the call succeeds. */
  readonly optimizer: OptimizerState;
  /** Each field row-major, `rowCount` rows. */
  readonly batch: Readonly<Record<string, TensorData>>;
  readonly rowCount: number;
  /** Row numbers, `minibatchSize` a minibatch, any number of epochs after one another. */
  readonly minibatches: Int32Array;
  readonly scalars: Readonly<Record<string, number>>;
  readonly learningRate: number;
}

export interface UpdateResult {
  /** One value for each minibatch that was evaluated, the one that stopped the update included. */
  readonly metrics: Readonly<Record<string, Float32Array>>;
  /** Optimiser steps applied. */
  readonly steps: number;
  /** Whether the loss's `stop` ended the update. */
  readonly stopped: boolean;
}

/**
 * Moments of parameters that get no gradient (embedding rows of absent items) decay into subnormal numbers, where
 * float32 arithmetic is several times slower: whole updates took 65 % longer. So small a moment moves no parameter.
 */
function setWithoutSubnormals(target: Float32Array, source: TensorData, smallest: number): void {
  for (let index = 0; index < target.length; index += 1) {
    const value = source[index]!;
    target[index] = Math.abs(value) < smallest ? 0 : value;
  }
}

/** A compiled update, loaded. */
export class Update {
  readonly definition: UpdateProgram;
  readonly #session: Session;
  readonly #loadReplay: (program: Program) => Promise<Session>;

  constructor(
    definition: UpdateProgram,
    session: Session,
    loadReplay: (program: Program) => Promise<Session>,
  ) {
    this.definition = definition;
    this.#session = session;
    this.#loadReplay = loadReplay;
  }

  /**
   * Runs every minibatch in order.
   * @throws {NonFiniteError} when a loss or gradient is not finite; parameters and optimiser keep their values
   */
  async run(update: UpdateInput): Promise<UpdateResult> {
    const { metricNames } = this.definition;
    const count = this.#check(update);
    const outputs = await this.#runSteps(update, count);
    const report = outputs["report"]!;
    const width = report.shape[1]!;
    const done = report.shape[0]!;
    const finiteColumn = metricNames.length;
    for (let row = 0; row < done; row += 1) {
      if (report.data[row * width + finiteColumn] !== 1) throw await this.#nameNonFinite(update, row);
    }
    const stopped =
      done > 0 && width > finiteColumn + 1 && report.data[(done - 1) * width + finiteColumn + 1] === 1;
    update.parameters.set(outputs["nextParameters"]!.data);
    setWithoutSubnormals(update.optimizer.firstMoment, outputs["nextFirstMoment"]!.data, 1e-30);
    setWithoutSubnormals(update.optimizer.secondMoment, outputs["nextSecondMoment"]!.data, 1e-36);
    const steps = stopped ? done - 1 : done;
    update.optimizer.step += steps;
    const metrics: Record<string, Float32Array> = {};
    metricNames.forEach((name, column) => {
      metrics[name] = Float32Array.from({ length: done }, (_, row) => report.data[row * width + column]!);
    });
    return { metrics, steps, stopped };
  }

  #check(update: UpdateInput): number {
    const { name, minibatchSize } = this.definition.definition;
    const count = update.minibatches.length / minibatchSize;
    if (!Number.isInteger(count)) {
      throw new RangeError(
        `${name}: ${update.minibatches.length} row numbers are no whole minibatches of ${minibatchSize}`,
      );
    }
    for (const row of update.minibatches) {
      if (!(row >= 0 && row < update.rowCount))
        throw new RangeError(`${name}: row ${row} is outside 0 to ${update.rowCount - 1}`);
    }
    if (!Number.isFinite(update.learningRate))
      throw new RangeError(`${name}: the learning rate is ${update.learningRate}`);
    return count;
  }

  #batchFeeds(update: UpdateInput): Record<string, Feed> {
    const { batch, scalars, name } = this.definition.definition;
    const feeds: Record<string, Feed> = {};
    for (const [field, { rowShape }] of Object.entries(batch)) {
      const data = update.batch[field];
      if (data === undefined) throw new TypeError(`${name}: the batch has no ${field}`);
      feeds[`batch.${field}`] = { data, shape: [update.rowCount, ...rowShape] };
    }
    for (const scalar of scalars) {
      const value = update.scalars[scalar];
      if (value === undefined) throw new TypeError(`${name}: the scalar ${scalar} is missing`);
      feeds[`scalar.${scalar}`] = { data: Float32Array.of(value), shape: [] };
    }
    return feeds;
  }

  #runSteps(update: UpdateInput, count: number): ReturnType<Session["run"]> {
    const { minibatchSize, optimizer } = this.definition.definition;
    const available = update.minibatches.length / minibatchSize;
    return this.#session.run({
      ...this.#batchFeeds(update),
      parameters: update.parameters,
      firstMoment: update.optimizer.firstMoment,
      secondMoment: update.optimizer.secondMoment,
      minibatches: { data: update.minibatches, shape: [available, minibatchSize] },
      schedule: {
        data: adamSchedule(optimizer, update.learningRate, update.optimizer.step, available),
        shape: [available, 2],
      },
      count: { data: Int32Array.of(count), shape: [] },
    });
  }

  /** Runs up to the failing minibatch again, then that one with every tensor's flag exposed. */
  async #nameNonFinite(update: UpdateInput, step: number): Promise<NonFiniteError> {
    const { definition } = this.definition;
    const before =
      step === 0 ? update.parameters : (await this.#runSteps(update, step))["nextParameters"]!.data;
    const replay = this.definition.replay();
    const session = await this.#loadReplay(replay.program);
    const size = definition.minibatchSize;
    const { finite } = await session.run({
      ...this.#batchFeeds(update),
      parameters: before,
      minibatch: update.minibatches.slice(step * size, (step + 1) * size),
    });
    const index = finite!.data.findIndex((flag) => flag !== 1);
    return new NonFiniteError(definition.name, replay.tensorNames[index] ?? "gradient", step);
  }
}
