import { Worker } from "node:worker_threads";
import { createPolicyInference, type PolicyState } from "@longview/policies";
import { deriveKey, foldIn, rootKey } from "@longview/statistics";
import { createExecutor } from "@longview/tensor";
import type { CollectorMessage, CollectorReply, CollectorStart } from "./collector-worker.ts";
import { rolloutBuffers, type RolloutBuffers } from "./rollout-buffers.ts";
import { makeShardEnvironment, planRun } from "./run-plan.ts";
import type { TrainConfiguration } from "./settings.ts";
import { createShardCollector, type ShardCollector } from "./shard-collector.ts";

/** Collects the rollouts of all shards. */
export interface Collector {
  /** One a shard, in order; filled by {@link Collector.collect}. */
  readonly buffers: readonly RolloutBuffers[];
  collect(policy: PolicyState): Promise<void>;
  snapshot(): Promise<Uint8Array[]>;
  restore(snapshots: readonly Uint8Array[]): Promise<void>;
  dispose(): Promise<void>;
}

/** Some shards of a run, collected one after the other in this thread. */
export interface ShardGroup {
  readonly shards: readonly ShardCollector[];
  readonly buffers: readonly RolloutBuffers[];
  dispose(): Promise<void>;
}

/** Key of a shard: everything random in it follows from the seed and its number alone. */
function shardKey(configuration: TrainConfiguration, shard: number): ReturnType<typeof rootKey> {
  return foldIn(deriveKey(rootKey(configuration.seed), "shard"), shard);
}

/** Makes the given shards; `memory` holds their buffers where another thread laid them out. */
export async function createShardGroup(
  configuration: TrainConfiguration,
  shardNumbers: readonly number[],
  memory?: readonly ArrayBufferLike[],
): Promise<ShardGroup> {
  const environments = shardNumbers.map(() => makeShardEnvironment(configuration));
  const plan = planRun(configuration, environments[0]!);
  const executor = await createExecutor(configuration.executor);
  // All shards share one compiled policy: they run one after the other.
  const inference = await createPolicyInference({
    model: plan.model,
    executor,
    rows: plan.inferenceRows,
    observationClip: configuration.training.observationClip,
  });
  const buffers = shardNumbers.map((_, i) =>
    rolloutBuffers(plan.sizes, memory === undefined ? { shared: false } : { buffer: memory[i]! }),
  );
  const shards = shardNumbers.map((shard, i) =>
    createShardCollector({
      environment: environments[i]!,
      inference,
      sizes: plan.sizes,
      buffers: buffers[i]!,
      signals: plan.signals,
      discountFactor: configuration.algorithm.discountFactor,
      bootstrapOnTruncation: configuration.training.bootstrapOnTruncation,
      headStart: shard * configuration.training.stagger,
      key: shardKey(configuration, shard),
    }),
  );
  return { shards, buffers, dispose: () => executor.dispose() };
}

/**
 * A collector in this thread (`workers` 1) or in worker threads over shared memory. Shard s belongs to worker
 * s mod workers; nothing that a shard computes depends on which thread that is.
 */
export async function createCollector(
  configuration: TrainConfiguration,
  environmentModules: readonly string[],
): Promise<Collector> {
  const { shards } = configuration.training;
  const numbers = Array.from({ length: shards }, (_, i) => i);
  if (configuration.workers === 1) {
    const group = await createShardGroup(configuration, numbers);
    return {
      buffers: group.buffers,
      async collect(policy) {
        for (const shard of group.shards) await shard.collect(policy);
      },
      snapshot: () => Promise.resolve(group.shards.map((shard) => shard.snapshot())),
      restore: (snapshots) => {
        group.shards.forEach((shard, i) => shard.restore(snapshots[i]!));
        return Promise.resolve();
      },
      dispose: () => group.dispose(),
    };
  }
  return createThreadedCollector(configuration, environmentModules, numbers);
}

async function createThreadedCollector(
  configuration: TrainConfiguration,
  environmentModules: readonly string[],
  numbers: readonly number[],
): Promise<Collector> {
  const { sizes } = planRun(configuration, makeShardEnvironment(configuration));
  const buffers = numbers.map(() => rolloutBuffers(sizes, { shared: true }));
  const workers = Math.min(configuration.workers, numbers.length);
  const threads = Array.from({ length: workers }, (_, w) => {
    const own = numbers.filter((shard) => shard % workers === w);
    const start: CollectorStart = {
      configuration,
      environmentModules: [...environmentModules],
      shards: own,
      memory: own.map((shard) => buffers[shard]!.buffer),
    };
    return { own, thread: collectorThread(start) };
  });
  /** Waits for every thread even when one fails: none may be left in the middle of something. */
  const ask = async (message: (own: readonly number[]) => CollectorMessage): Promise<CollectorReply[]> => {
    const settled = await Promise.allSettled(threads.map(({ own, thread }) => thread.ask(message(own))));
    return settled.map((result) => {
      if (result.status === "rejected") throw result.reason;
      return result.value;
    });
  };
  try {
    await ask(() => ({ kind: "ready" }));
  } catch (error) {
    await Promise.all(threads.map(({ thread }) => thread.end()));
    throw error;
  }
  return {
    buffers,
    async collect(policy) {
      await ask(() => ({ kind: "collect", policy }));
    },
    async snapshot() {
      const replies = await ask(() => ({ kind: "snapshot" }));
      const result: Uint8Array[] = [];
      replies.forEach((reply, w) =>
        threads[w]!.own.forEach((shard, i) => (result[shard] = reply.snapshots[i]!)),
      );
      return result;
    },
    async restore(snapshots) {
      await ask((own) => ({ kind: "restore", snapshots: own.map((shard) => snapshots[shard]!) }));
    },
    async dispose() {
      await Promise.all(threads.map(({ thread }) => thread.end()));
    },
  };
}

interface CollectorThread {
  ask(message: CollectorMessage): Promise<CollectorReply>;
  end(): Promise<void>;
}

/** One worker thread that answers one message at a time; its errors reject what was asked. */
function collectorThread(start: CollectorStart): CollectorThread {
  const worker = new Worker(new URL("./thread-entry.mjs", import.meta.url), {
    workerData: { ...start, module: new URL("./collector-worker.ts", import.meta.url).href },
  });
  let waiting: { resolve(reply: CollectorReply): void; reject(error: Error): void } | null = null;
  let failure: Error | null = null;
  const fail = (error: Error): void => {
    failure = error;
    waiting?.reject(error);
    waiting = null;
  };
  worker.on("message", (reply: CollectorReply) => {
    const asked = waiting;
    waiting = null;
    if (reply.error === null) asked?.resolve(reply);
    else asked?.reject(new Error(reply.error));
  });
  worker.on("error", (error) => fail(error instanceof Error ? error : new Error(String(error))));
  const ended = new Promise<void>((resolve) => worker.on("exit", () => resolve()));
  worker.on("exit", (code) => fail(new Error(`collector: a worker thread ended with code ${code}`)));
  return {
    ask(message) {
      return new Promise((resolve, reject) => {
        if (failure !== null) return reject(failure);
        waiting = { resolve, reject };
        worker.postMessage(message);
      });
    },
    // Terminating a thread inside a native call would end the process: let it finish and leave by itself.
    async end() {
      if (failure !== null) return;
      worker.postMessage({ kind: "end" } satisfies CollectorMessage);
      await ended;
    },
  };
}
