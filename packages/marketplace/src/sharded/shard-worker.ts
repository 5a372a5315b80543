import { parentPort, workerData } from "node:worker_threads";
import type { RandomKey } from "@longview/statistics";
import { namedActor, type BaselineName } from "../baselines/named-actor.ts";
import type { EngineOptions } from "../content/options.ts";
import { shareState } from "../content/state.ts";
import { shardTallies } from "../content/tallies.ts";
import { ContentWorld } from "../content/world.ts";
import { PageBlock } from "../content/page-block.ts";
import { runTick, type TickSums } from "./shard.ts";

/** What a shard's thread is given: plain data and shared memory. */
export interface ShardStart {
  readonly id: string;
  readonly options: EngineOptions;
  readonly users: number;
  readonly blockRows: number;
  readonly from: number;
  readonly to: number;
  readonly world: SharedArrayBuffer;
  readonly tallies: SharedArrayBuffer;
  readonly policy: BaselineName;
  readonly weights: Readonly<Record<string, number>>;
  readonly key: RandomKey;
}

/** A thread's answer to every message: the tick's sums, or what went wrong. */
export type ShardReply = { readonly sums: TickSums } | { readonly error: string };

if (parentPort !== null) {
  const port = parentPort;
  const start: ShardStart = workerData;
  const { options, users, blockRows } = start;
  const own = shareState(options, users, blockRows, start.world);
  const tallies = shardTallies(options, users, start.tallies);
  // mechanisms add up where this thread does
  const state = {
    ...own,
    advertising: { ...own.advertising, tallies: tallies.advertising },
    integrity: { ...own.integrity, tallies: tallies.integrity },
  };
  const world = new ContentWorld({
    id: start.id,
    options,
    users,
    rows: blockRows,
    shard: { state, tallies },
  });
  const block = new PageBlock(world, start.from, start.to);
  const actor = namedActor(start.policy, start.weights);
  actor.start?.(block, start.key);
  port.on("message", () => {
    runTick(block, actor).then(
      (sums) => port.postMessage({ sums } satisfies ShardReply),
      (cause: unknown) =>
        port.postMessage({
          error: cause instanceof Error ? cause.message : String(cause),
        } satisfies ShardReply),
    );
  });
}
