import { packNested, unpackNested, type StateArray, type VectorEnvironment } from "@longview/environment";
import {
  createActionSampler,
  maskEntry,
  type DistributionOutputs,
  type PolicyInference,
  type PolicyState,
  type SampleRequest,
} from "@longview/policies";
import { deriveKey, foldIn, RunningMoments, type RandomKey } from "@longview/statistics";
import { createRandomActor } from "./actor.ts";
import { BOOTSTRAPPED, LINKED, OPEN, TERMINATED } from "./advantages.ts";
import {
  CARRIED,
  DECIDED,
  EPISODES,
  HELD,
  type RolloutBuffers,
  type RolloutSizes,
} from "./rollout-buffers.ts";

/** One signal that a value head predicts. */
export interface Signal {
  /** Column of the environment's costs; null: the reward. */
  readonly cost: number | null;
  /** Subtracted once a decision (the per-decision target), 0 for others. */
  readonly perDecision: number;
}

export interface ShardCollectorOptions {
  readonly environment: VectorEnvironment;
  readonly inference: PolicyInference;
  readonly sizes: RolloutSizes;
  readonly buffers: RolloutBuffers;
  /** One a value head: the reward first. */
  readonly signals: readonly Signal[];
  readonly discountFactor: number;
  readonly bootstrapOnTruncation: boolean;
  /** Ticks of uniformly random actions before the first rollout. */
  readonly headStart: number;
  /** Key of this shard: everything random in it follows from it. */
  readonly key: RandomKey;
}

/** Collects one shard's rollouts. Everything that lasts from one to the next is in fixed arrays: its snapshot. */
export interface ShardCollector {
  /** Fills the buffers with one rollout under `policy`. */
  collect(policy: PolicyState): Promise<void>;
  snapshot(): Uint8Array;
  restore(snapshot: Uint8Array): void;
}

/**
 * A collector for one environment.
 *
 * Rows may be inactive for a while (semi-Markov decisions): what they receive meanwhile is discounted back into their
 * pending decision. At the rollout's end a row that awaits an action closes its pending decision with the value of its
 * current observation; a row that does not carries the decision into the next rollout.
 */
export function createShardCollector(options: ShardCollectorOptions): ShardCollector {
  const { environment, inference, sizes, buffers, signals, discountFactor } = options;
  const { shape, rows, rolloutLength } = sizes;
  const heads = signals.length;
  const costCount = environment.costNames.length;
  const objectiveCount = environment.objectiveNames.length;
  const actionKey = deriveKey(options.key, "action");
  const sampler = createActionSampler(shape);
  const mask = maskEntry(shape);
  const observed = shape.observation.map((entry) => ({
    entry,
    environment: environment.observation[entry.name]!,
    final: environment.finalObservation[entry.name]!,
    stored: buffers.observation[entry.name]!,
    input: inference.inputs[entry.name]!,
  }));
  const maskBytes = mask === null ? null : buffers.observation[mask.name]!;
  if (maskBytes !== null && !(maskBytes instanceof Uint8Array))
    throw new TypeError("collector: the mask must hold bits");
  const bounds = shape.actionSpace.kind === "box" ? shape.actionSpace : null;
  const width = shape.actionWidth;

  // What lasts: per row, its pending decision and the sums of its episode; the shard's clock.
  const clock = new Float64Array(1);
  const carriedFlag = new Uint8Array(rows);
  const power = new Float64Array(rows);
  const elapsed = new Int32Array(rows);
  const runningReturn = new Float64Array(rows * heads);
  const episodeReturn = new Float64Array(rows);
  const episodeLength = new Float64Array(rows);
  const episodeCosts = new Float64Array(rows * costCount);
  const carriedObservation = observed.map(({ entry }) =>
    entry.bytes ? new Uint8Array(rows * entry.size) : new Float32Array(rows * entry.size),
  );
  const carriedAction =
    shape.actionType === "int32" ? new Int32Array(rows * width) : new Float32Array(rows * width);
  const carriedLogProbability = new Float64Array(rows);
  const carriedValue = new Float32Array(rows * heads);
  const carriedSignal = new Float64Array(rows * heads);
  const lasting: readonly StateArray[] = [
    clock,
    carriedFlag,
    power,
    elapsed,
    runningReturn,
    episodeReturn,
    episodeLength,
    episodeCosts,
    ...carriedObservation,
    carriedAction,
    carriedLogProbability,
    carriedValue,
    carriedSignal,
  ];

  // Scratch of one rollout.
  const pending = new Int32Array(rows);
  const decidedRow = new Int32Array(rows);
  const waiting = new Int32Array(rows);
  const returnMoments = signals.map(() => new RunningMoments(1));
  const running = new Float64Array(1);
  const request: SampleRequest = {
    outputs: {},
    row: 0,
    mask: maskBytes,
    maskRow: 0,
    mode: "explore",
    key0: 0,
    key1: 0,
    entity: 0,
    action: buffers.action,
    actionRow: 0,
  };

  environment.reset({ key: deriveKey(options.key, "environment") });
  const randomActor = createRandomActor({ key: deriveKey(options.key, "head start") });
  for (let tick = 0; tick < options.headStart; tick++) {
    randomActor.act(environment);
    environment.step();
  }

  function takeCarried(): number {
    let held = 0;
    for (let row = 0; row < rows; row++) {
      pending[row] = -1;
      if (carriedFlag[row] === 0) continue;
      observed.forEach(({ entry, stored }, i) =>
        copyRow(stored, held, carriedObservation[i]!, row, entry.size),
      );
      copyRow(buffers.action, held, carriedAction, row, width);
      buffers.logProbability[held] = carriedLogProbability[row]!;
      copyRow(buffers.value, held, carriedValue, row, heads);
      copyRow(buffers.signal, held, carriedSignal, row, heads);
      buffers.end[held] = OPEN;
      buffers.next[held] = -1;
      pending[row] = held++;
    }
    return held;
  }

  function leaveCarried(): void {
    for (let row = 0; row < rows; row++) {
      const slot = pending[row]!;
      carriedFlag[row] = slot < 0 ? 0 : 1;
      if (slot < 0) continue;
      observed.forEach(({ entry, stored }, i) =>
        copyRow(carriedObservation[i]!, row, stored, slot, entry.size),
      );
      copyRow(carriedAction, row, buffers.action, slot, width);
      carriedLogProbability[row] = buffers.logProbability[slot]!;
      copyRow(carriedValue, row, buffers.value, slot, heads);
      copyRow(carriedSignal, row, buffers.signal, slot, heads);
    }
  }

  /** Values the observations (current or final) of the first `count` rows of `waiting` into their pending decisions. */
  async function bootstrap(count: number, source: "environment" | "final"): Promise<void> {
    for (let start = 0; start < count; start += inference.rows) {
      const end = Math.min(count, start + inference.rows);
      for (const part of observed)
        for (let i = start; i < end; i++)
          copyRow(part.input, i - start, part[source], waiting[i]!, part.entry.size);
      const outputs = await inference.run();
      const values = outputs["values"]!;
      for (let i = start; i < end; i++) {
        const slot = pending[waiting[i]!]!;
        copyRow(buffers.bootstrap, slot, values, i - start, heads);
        close(waiting[i]!, BOOTSTRAPPED);
      }
    }
  }

  function close(row: number, end: number): void {
    const slot = pending[row]!;
    buffers.end[slot] = end;
    buffers.elapsed[slot] = elapsed[row]!;
    pending[row] = -1;
  }

  /** Decides for the active rows; returns how many slots are held then. */
  async function decide(firstSlot: number): Promise<number> {
    let count = 0;
    for (let row = 0; row < rows; row++) if (environment.active[row] !== 0) decidedRow[count++] = row;
    if (count === 0) return firstSlot;
    const tickKey = foldIn(actionKey, clock[0]!);
    request.key0 = tickKey.first;
    request.key1 = tickKey.second;
    for (const { entry, environment: source, stored } of observed)
      for (let i = 0; i < count; i++) copyRow(stored, firstSlot + i, source, decidedRow[i]!, entry.size);
    for (let start = 0; start < count; start += inference.rows) {
      const end = Math.min(count, start + inference.rows);
      for (const { entry, stored, input } of observed)
        copyRows(input, stored, (firstSlot + start) * entry.size, (end - start) * entry.size);
      const outputs = await inference.run();
      requireFinite(outputs, end - start, inference.rows, clock[0]!);
      request.outputs = outputs;
      const values = outputs["values"]!;
      for (let i = start; i < end; i++) {
        const slot = firstSlot + i;
        const row = decidedRow[i]!;
        request.row = i - start;
        request.maskRow = slot;
        request.entity = row;
        request.actionRow = slot;
        buffers.logProbability[slot] = sampler.sampleRow(request);
        writeAction(slot, row);
        copyRow(buffers.value, slot, values, i - start, heads);
        for (let head = 0; head < heads; head++)
          buffers.signal[slot * heads + head] = -signals[head]!.perDecision;
        buffers.end[slot] = OPEN;
        buffers.next[slot] = -1;
        const before = pending[row]!;
        if (before >= 0) {
          buffers.next[before] = slot;
          close(row, LINKED);
        }
        pending[row] = slot;
        power[row] = 1;
        elapsed[row] = 0;
      }
    }
    return firstSlot + count;
  }

  /** The raw action is what was sampled and is learned from; the environment gets it within its bounds. */
  function writeAction(slot: number, row: number): void {
    for (let i = 0; i < width; i++) {
      let value = buffers.action[slot * width + i]!;
      if (bounds !== null) value = Math.min(bounds.high[i]!, Math.max(bounds.low[i]!, value));
      environment.action[row * width + i] = value;
    }
  }

  /** Books what the last step brought; returns how many rows of `waiting` need their final observation valued. */
  function receive(): number {
    let truncatedRows = 0;
    const { reward, costs, objectives, terminated, truncated } = environment;
    const { totals, counters } = buffers;
    for (let row = 0; row < rows; row++) {
      totals[0]! += reward[row]!;
      for (let i = 0; i < objectiveCount; i++) totals[1 + i]! += objectives[row * objectiveCount + i]!;
      episodeReturn[row]! += reward[row]!;
      for (let i = 0; i < costCount; i++) {
        const cost = costs[row * costCount + i]!;
        totals[1 + objectiveCount + i]! += cost;
        episodeCosts[row * costCount + i]! += cost;
      }
      const slot = pending[row]!;
      if (slot >= 0) {
        episodeLength[row]! += 1;
        for (let head = 0; head < heads; head++) {
          const { cost, perDecision } = signals[head]!;
          const amount = cost === null ? reward[row]! : costs[row * costCount + cost]!;
          buffers.signal[slot * heads + head]! += power[row]! * amount;
          const at = row * heads + head;
          runningReturn[at] =
            discountFactor * runningReturn[at]! + amount - (elapsed[row] === 0 ? perDecision : 0);
          running[0] = runningReturn[at]!;
          returnMoments[head]!.update(running, 1);
        }
        power[row]! *= discountFactor;
        elapsed[row]! += 1;
      }
      const ended = terminated[row] !== 0 || truncated[row] !== 0;
      if (!ended) continue;
      if (slot >= 0) {
        if (terminated[row] !== 0 || !options.bootstrapOnTruncation) close(row, TERMINATED);
        else waiting[truncatedRows++] = row;
        const episode = counters[EPISODES]!;
        buffers.episodeReturn[episode] = episodeReturn[row]!;
        buffers.episodeLength[episode] = episodeLength[row]!;
        copyRow(buffers.episodeCosts, episode, episodeCosts, row, costCount);
        counters[EPISODES] = episode + 1;
      }
      episodeReturn[row] = 0;
      episodeLength[row] = 0;
      for (let i = 0; i < costCount; i++) episodeCosts[row * costCount + i] = 0;
      for (let head = 0; head < heads; head++) runningReturn[row * heads + head] = 0;
    }
    return truncatedRows;
  }

  function observeMoments(from: number, to: number): void {
    for (const { entry, stored } of observed) {
      const snapshot = buffers.observationMoments[entry.name];
      if (snapshot === undefined) continue;
      const moments = new RunningMoments(entry.normalisedSize);
      const each = entry.size / entry.normalisedSize;
      // A masked candidate is padding: its features must not move the moments.
      const allowed = each > 1 && maskBytes !== null ? maskBytes.subarray(from * each, to * each) : undefined;
      moments.update(stored.subarray(from * entry.size, to * entry.size), (to - from) * each, allowed);
      snapshot.set(moments.snapshot());
    }
  }

  return {
    async collect(policy) {
      inference.setPolicy(policy);
      buffers.counters.fill(0);
      buffers.totals.fill(0);
      for (const moments of returnMoments) moments.clear();
      let held = takeCarried();
      const carried = held;
      for (let tick = 0; tick < rolloutLength; tick++) {
        held = await decide(held);
        environment.step();
        clock[0]! += 1;
        const truncatedRows = receive();
        if (truncatedRows > 0) await bootstrap(truncatedRows, "final");
      }
      let open = 0;
      for (let row = 0; row < rows; row++)
        if (pending[row]! >= 0 && environment.active[row] !== 0) waiting[open++] = row;
      if (open > 0) await bootstrap(open, "environment");
      leaveCarried();
      observeMoments(carried, held);
      returnMoments.forEach((moments, head) => buffers.returnMoments.set(moments.snapshot(), 3 * head));
      buffers.counters[HELD] = held;
      buffers.counters[CARRIED] = carried;
      buffers.counters[DECIDED] = held - carried;
    },
    snapshot() {
      return packNested("shard", environment.snapshot(), lasting);
    },
    restore(snapshot) {
      environment.restore(unpackNested("shard", snapshot, lasting));
    },
  };
}

/** @throws RangeError naming the output and the shard's tick, before anything acts on it */
function requireFinite(outputs: DistributionOutputs, rows: number, chunk: number, tick: number): void {
  for (const name in outputs) {
    const values = outputs[name]!;
    const count = (values.length / chunk) * rows;
    // Float32 numbers cannot overflow a float64 sum: it is finite exactly when they all are.
    let sum = 0;
    for (let i = 0; i < count; i++) sum += values[i]!;
    if (!Number.isFinite(sum))
      throw new RangeError(
        `policy: ${name} is not finite at tick ${tick}; go back to a checkpoint and lower algorithm.learningRate`,
      );
  }
}

type Numbers = Float64Array | Float32Array | Int32Array | Uint8Array;

function copyRow(to: Numbers, toRow: number, from: Readonly<Numbers>, fromRow: number, size: number): void {
  const target = toRow * size;
  const source = fromRow * size;
  for (let i = 0; i < size; i++) to[target + i] = from[source + i]!;
}

function copyRows(to: Numbers, from: Readonly<Numbers>, start: number, count: number): void {
  for (let i = 0; i < count; i++) to[i] = from[start + i]!;
}
