import type { VectorEnvironment } from "@longview/environment";
import {
  createActionSampler,
  createPolicyInference,
  maskEntry,
  type ActionMode,
  type PolicyModel,
  type PolicyState,
  type SampleRequest,
} from "@longview/policies";
import { foldIn, uniformsInto, type RandomKey } from "@longview/statistics";
import { createExecutor, type Executor } from "@longview/tensor";

/** Something that decides. */
export interface Actor {
  /** Writes `environment.action` for the rows that are active. */
  act(environment: VectorEnvironment): Promise<void> | void;
  /** Starts the actor's randomness afresh. */
  reset?(key: RandomKey): void;
  dispose?(): Promise<void>;
}

export interface PolicyActorOptions {
  readonly model: PolicyModel;
  readonly state: PolicyState;
  /** `greedy`: the mode of each distribution; `explore`: a keyed draw. */
  readonly mode: ActionMode;
  readonly key: RandomKey;
  readonly executor?: "auto" | "onnxruntime" | "tensorflow" | Executor;
  /** As in training. @defaultValue 10 */
  readonly observationClip?: number;
  /** Rows of one inference call. @defaultValue 64 */
  readonly rows?: number;
}

/** A trained policy as an actor; the same decisions whatever other rows are asked with it. */
export async function createPolicyActor(options: PolicyActorOptions): Promise<Actor> {
  const { model, mode, rows = 64, executor = "auto", observationClip = 10 } = options;
  const { shape } = model;
  const library = typeof executor === "string" ? await createExecutor(executor) : executor;
  const inference = await createPolicyInference({
    model,
    executor: library,
    rows,
    observationClip,
  });
  inference.setPolicy(options.state);
  const sampler = createActionSampler(shape);
  const mask = maskEntry(shape);
  const bounds = shape.actionSpace.kind === "box" ? shape.actionSpace : null;
  const width = shape.actionWidth;
  const action = shape.actionType === "int32" ? new Int32Array(rows * width) : new Float32Array(rows * width);
  const maskInput = mask === null ? null : inference.inputs[mask.name]!;
  const request: SampleRequest = {
    outputs: {},
    row: 0,
    mask: maskInput instanceof Uint8Array ? maskInput : null,
    maskRow: 0,
    mode,
    key0: 0,
    key1: 0,
    entity: 0,
    action,
    actionRow: 0,
  };
  let key = options.key;
  let tick = 0;

  async function decide(environment: VectorEnvironment, from: readonly number[]): Promise<void> {
    for (const { name, size } of shape.observation) {
      const source = environment.observation[name]!;
      const target = inference.inputs[name]!;
      from.forEach((row, i) => {
        for (let k = 0; k < size; k++) target[i * size + k] = source[row * size + k]!;
      });
    }
    request.outputs = await inference.run();
    from.forEach((row, i) => {
      request.row = request.maskRow = request.actionRow = i;
      request.entity = row;
      sampler.sampleRow(request);
      for (let k = 0; k < width; k++) {
        const value = action[i * width + k]!;
        environment.action[row * width + k] =
          bounds === null ? value : Math.min(bounds.high[k]!, Math.max(bounds.low[k]!, value));
      }
    });
  }

  return {
    async act(environment) {
      const tickKey = foldIn(key, tick++);
      request.key0 = tickKey.first;
      request.key1 = tickKey.second;
      const active: number[] = [];
      for (let row = 0; row < environment.rowCount; row++)
        if (environment.active[row] !== 0) active.push(row);
      for (let start = 0; start < active.length; start += rows)
        await decide(environment, active.slice(start, start + rows));
    },
    reset(fresh) {
      key = fresh;
      tick = 0;
    },
    async dispose() {
      if (typeof executor === "string") await library.dispose();
    },
  };
}

/** An actor that decides at once. */
export interface RandomActor extends Actor {
  act(environment: VectorEnvironment): void;
  reset(key: RandomKey): void;
}

/** Uniform over the allowed actions (over a Box's bounds; ±1 where unbounded), keyed. */
export function createRandomActor({ key: initial }: { readonly key: RandomKey }): RandomActor {
  let key = initial;
  let tick = 0;
  return {
    act(environment) {
      const tickKey = foldIn(key, tick++);
      for (let row = 0; row < environment.rowCount; row++)
        if (environment.active[row] !== 0) actRandomly(environment, row, tickKey);
    },
    reset(fresh) {
      key = fresh;
      tick = 0;
    },
  };
}

function actRandomly(environment: VectorEnvironment, row: number, key: RandomKey): void {
  const { action, actionSpace: space } = environment;
  const mask = environment.observation["mask"];
  const draws = (count: number): Float64Array => {
    const out = new Float64Array(count);
    uniformsInto(out, 0, count, key.first, key.second, row, 0);
    return out;
  };
  switch (space.kind) {
    case "discrete":
    case "multiDiscrete": {
      const sizes = space.kind === "discrete" ? [space.size] : space.sizes;
      const total = sizes.reduce((sum, size) => sum + size, 0);
      let start = 0;
      draws(sizes.length).forEach((u, i) => {
        const allowed: number[] = [];
        for (let a = 0; a < sizes[i]!; a++)
          if (mask === undefined || mask[row * total + start + a] !== 0) allowed.push(a);
        action[row * sizes.length + i] = allowed[Math.floor(u * allowed.length)]!;
        start += sizes[i]!;
      });
      return;
    }
    case "box": {
      const width = space.low.length;
      draws(width).forEach((u, i) => {
        const low = Math.max(space.low[i]!, -1e6) === space.low[i]! ? space.low[i]! : -1;
        const high = Math.min(space.high[i]!, 1e6) === space.high[i]! ? space.high[i]! : 1;
        action[row * width + i] = low + u * (high - low);
      });
      return;
    }
    case "slate": {
      const order = Array.from(draws(space.candidates), (u, i) => ({ u, i }))
        .filter(({ i }) => mask === undefined || mask[row * space.candidates + i] !== 0)
        .sort((a, b) => a.u - b.u);
      for (let slot = 0; slot < space.slots; slot++) action[row * space.slots + slot] = order[slot]?.i ?? -1;
      return;
    }
    default:
      throw new RangeError(`random actor: action space ${space.kind} is not supported`);
  }
}
