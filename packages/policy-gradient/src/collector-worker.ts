import { parentPort, workerData } from "node:worker_threads";
import type { PolicyState } from "@longview/policies";
import { createShardGroup, type ShardGroup } from "./collector.ts";
import { importEnvironments } from "./run-plan.ts";
import type { TrainConfiguration } from "./settings.ts";

/** What a collector thread is given: plain data and shared memory. */
export interface CollectorStart {
  readonly configuration: TrainConfiguration;
  readonly environmentModules: readonly string[];
  readonly shards: readonly number[];
  readonly memory: readonly ArrayBufferLike[];
}

export type CollectorMessage =
  | { readonly kind: "ready" }
  | { readonly kind: "collect"; readonly policy: PolicyState }
  | { readonly kind: "snapshot" }
  | { readonly kind: "restore"; readonly snapshots: readonly Uint8Array[] }
  | { readonly kind: "end" };

export interface CollectorReply {
  /** One line, or null. */
  readonly error: string | null;
  /** In the order of the worker's shards; empty unless asked for. */
  readonly snapshots: readonly Uint8Array[];
}

async function answer(group: ShardGroup, message: CollectorMessage): Promise<readonly Uint8Array[]> {
  switch (message.kind) {
    case "ready":
      return [];
    case "collect":
      for (const shard of group.shards) await shard.collect(message.policy);
      return [];
    case "snapshot":
      return group.shards.map((shard) => shard.snapshot());
    case "restore":
      group.shards.forEach((shard, i) => shard.restore(message.snapshots[i]!));
      return [];
    case "end":
      await group.dispose();
      return [];
  }
}

if (parentPort !== null) {
  const port = parentPort;
  const start: CollectorStart = workerData;
  const group = importEnvironments(start.environmentModules).then(() =>
    createShardGroup(start.configuration, start.shards, start.memory),
  );
  // Its error is the answer to the first message.
  group.catch(() => {});
  port.on("message", (message: CollectorMessage) => {
    group
      .then((made) => answer(made, message))
      .then((snapshots) => port.postMessage({ error: null, snapshots } satisfies CollectorReply))
      .catch((error: unknown) =>
        port.postMessage({
          error: error instanceof Error ? error.message : String(error),
          snapshots: [],
        } satisfies CollectorReply),
      )
      .finally(() => {
        if (message.kind === "end") port.close();
      });
  });
}
