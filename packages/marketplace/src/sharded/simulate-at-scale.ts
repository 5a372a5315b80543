import { Worker } from "node:worker_threads";
import { deriveKey, type RandomKey } from "@longview/statistics";
import { namedActor, type BaselineName } from "../baselines/named-actor.ts";
import { WHOLE_MARKETPLACE_ID } from "../content/definition.ts";
import {
  costNamesOf,
  objectiveNamesOf,
  wholeMarketplaceOptions,
  type EngineOptions,
  type WholeMarketplaceInput,
} from "../content/options.ts";
import { allocateSharedWorld, shareState, type ContentState } from "../content/state.ts";
import { stateHash } from "../content/state-bytes.ts";
import {
  addTallies,
  allocateShardTallies,
  allTalliesOf,
  FIXED_POINT,
  shardTallies,
  type AllTallies,
} from "../content/tallies.ts";
import { PageBlock } from "../content/page-block.ts";
import { ContentWorld } from "../content/world.ts";
import { readEcosystem, type EcosystemDay } from "../evaluation/ecosystem.ts";
import { addSums, runTick, type TickSums } from "./shard.ts";
import type { ShardReply, ShardStart } from "./shard-worker.ts";

/** A large `marketplace/content-v1` world under a baseline. */
export interface SimulateAtScaleOptions {
  readonly options?: WholeMarketplaceInput;
  /** User slots. */
  readonly users: number;
  /** Days to simulate. @defaultValue the options' `days` */
  readonly days?: number;
  readonly key: RandomKey;
  readonly policy: BaselineName;
  /** In the place of the policy's own weights. */
  readonly weights?: Readonly<Record<string, number>>;
  /** Threads that step users; the outcome does not depend on it. 0: in this thread. @defaultValue 0 */
  readonly workers?: number;
  /** Pages that a thread holds at once; the outcome does not depend on it. @defaultValue 4096 */
  readonly blockRows?: number;
  /** Called at the end of every day. */
  readonly onDay?: (day: ScaleDay) => void;
}

/** One day of a large world. */
export interface ScaleDay extends EcosystemDay {
  /** Trajectories that ended in churn. */
  readonly churned: number;
  /** Summed reward, objectives and costs of the day's pages, exact to 2⁻²⁰ a page. */
  readonly reward: number;
  readonly objectives: Readonly<Record<string, number>>;
  readonly costs: Readonly<Record<string, number>>;
}

/** What {@link simulateAtScale} gives. */
export interface ScaleResult {
  readonly days: readonly ScaleDay[];
  readonly decisions: number;
  /** SHA-256 of the world's state at the end. */
  readonly stateHash: string;
}

/** Steps all users of a tick. */
interface Stepper {
  runTick(): Promise<TickSums>;
  close(): Promise<void>;
}

/**
 * Simulates a world that may be too large for one thread or for a page a user. Threads own contiguous users and add up on
 * their own; creators, advertisers and integrity are at the barrier after every tick. The same key gives the same bytes for
 * any number of workers and any block size.
 *
 * @throws z.ZodError when an option is out of range
 */
export async function simulateAtScale(settings: SimulateAtScaleOptions): Promise<ScaleResult> {
  const parsed = wholeMarketplaceOptions.parse(settings.options ?? {});
  const days = settings.days ?? parsed.days;
  const options: EngineOptions = { ...parsed, days: days + 1 };
  const { users, key, workers = 0 } = settings;
  const shared = allocateSharedWorld(options, users);
  const rows = Math.min(settings.blockRows ?? 4096, users);
  const state = shareState(options, users, workers > 0 ? 1 : rows, shared);
  const tallies = allTalliesOf(state);
  const world = new ContentWorld({
    id: WHOLE_MARKETPLACE_ID,
    options,
    users,
    rows: workers > 0 ? 1 : rows,
    shard: { state, tallies },
  });
  world.start({ key });
  const stepper =
    workers > 0
      ? await threads(settings, options, { shared, rows, tallies, workers })
      : inThisThread(settings, world);
  const names = { objectives: objectiveNamesOf(options), costs: costNamesOf(options) };
  const done: ScaleDay[] = [];
  let decisions = 0;
  try {
    for (let day = 1; day <= days; day++) {
      const ticks: TickSums[] = [];
      for (let tick = 0; tick < options.stepsPerDay; tick++) {
        world.writeItems();
        ticks.push(await stepper.runTick());
        world.endTick();
      }
      const sums = addSums(ticks);
      decisions += sums.decisions;
      const scaleDay = scaleDayOf(state, day, sums, names);
      done.push(scaleDay);
      settings.onDay?.(scaleDay);
    }
    return { days: done, decisions, stateHash: stateHash(state) };
  } finally {
    await stepper.close();
  }
}

function scaleDayOf(
  state: ContentState,
  day: number,
  sums: TickSums,
  names: { readonly objectives: readonly string[]; readonly costs: readonly string[] },
): ScaleDay {
  const named = (of: readonly string[], values: readonly number[]): Record<string, number> =>
    Object.fromEntries(of.map((name, i) => [name, values[i]! / FIXED_POINT]));
  return {
    ...readEcosystem(state, day, sums.decisions),
    churned: sums.churned,
    reward: sums.reward / FIXED_POINT,
    objectives: named(names.objectives, sums.objectives),
    costs: named(names.costs, sums.costs),
  };
}

function inThisThread({ policy, weights, key }: SimulateAtScaleOptions, world: ContentWorld): Stepper {
  const block = new PageBlock(world);
  const actor = namedActor(policy, weights);
  actor.start?.(block, deriveKey(key, "actor"));
  return { runTick: () => runTick(block, actor), close: () => Promise.resolve() };
}

/** What the threads share. */
interface SharedMemory {
  readonly shared: SharedArrayBuffer;
  readonly rows: number;
  readonly tallies: AllTallies;
  readonly workers: number;
}

async function threads(
  { users, policy, weights = {}, key }: SimulateAtScaleOptions,
  options: EngineOptions,
  { shared, rows, tallies, workers }: SharedMemory,
): Promise<Stepper> {
  const shards: { thread: Worker; tallies: AllTallies }[] = [];
  for (let index = 0; index < workers; index++) {
    const memory = allocateShardTallies(options, users);
    const start: ShardStart = {
      id: WHOLE_MARKETPLACE_ID,
      options,
      users,
      blockRows: rows,
      from: Math.floor((users * index) / workers),
      to: Math.floor((users * (index + 1)) / workers),
      world: shared,
      tallies: memory,
      policy,
      weights,
      key: deriveKey(key, "actor"),
    };
    const thread = new Worker(new URL("./shard-thread.mjs", import.meta.url), {
      workerData: start,
      execArgv: [],
    });
    shards.push({ thread, tallies: shardTallies(options, users, memory) });
  }
  const close = async (): Promise<void> => {
    await Promise.all(shards.map(({ thread }) => thread.terminate()));
  };
  return {
    async runTick() {
      const sums = await Promise.all(shards.map(({ thread }) => ask(thread)));
      for (const shard of shards) addTallies(tallies, shard.tallies);
      return addSums(sums);
    },
    close,
  };
}

/** One tick of a thread. */
function ask(thread: Worker): Promise<TickSums> {
  return new Promise((resolve, reject) => {
    const settle = (): void => {
      thread.off("message", onMessage);
      thread.off("error", onError);
      thread.off("exit", onExit);
    };
    const onMessage = (reply: ShardReply): void => {
      settle();
      if ("error" in reply) reject(new Error(reply.error));
      else resolve(reply.sums);
    };
    const onError = (cause: Error): void => {
      settle();
      reject(cause);
    };
    const onExit = (code: number): void => {
      settle();
      reject(new Error(`a shard's thread ended with code ${code}`));
    };
    thread.on("message", onMessage);
    thread.on("error", onError);
    thread.on("exit", onExit);
    thread.postMessage("tick");
  });
}
