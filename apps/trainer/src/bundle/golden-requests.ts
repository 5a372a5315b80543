import { GOLDEN_REQUESTS, type Golden, type GoldenTensor } from "@longview/formats";
import type { ObservationEntry, PolicyModel } from "@longview/policies";
import { createRandomActor } from "@longview/policy-gradient";
import { deriveKey, rootKey, uniform } from "@longview/statistics";
import { createExecutor } from "@longview/tensor";
import type { Program } from "@longview/tensor";
import type { VectorEnvironment } from "@longview/environment";

interface Feed {
  readonly data: Float32Array | Uint8Array;
  readonly shape: number[];
}

/**
 * Requests that an environment really makes (under random actions), each with the graph's exact outputs for it.
 *
 * Of slates, every fourth keeps the environment's places, half of these with more of them masked; the others hold what
 * is allowed alone, as a server asks, and most of these only some of it: so the number of candidates varies.
 *
 * @param program - the exported policy, weights and normaliser inside
 */
export async function goldenRequests(
  program: Program,
  model: PolicyModel,
  environment: VectorEnvironment,
): Promise<Golden> {
  const executor = await createExecutor("onnxruntime");
  const session = await executor.load(program);
  const key = rootKey("golden requests");
  const actor = createRandomActor({ key: deriveKey(key, "actions") });
  const counts = deriveKey(key, "candidates");
  environment.reset({ key: deriveKey(key, "environment") });
  const requests: Golden["requests"] = [];
  for (let tick = 0; requests.length < GOLDEN_REQUESTS; tick++) {
    // Every third tick, a tenth of the rows: so that later states appear as well as first ones.
    for (let row = tick % 10; tick % 3 === 0 && row < environment.rowCount; row += 10) {
      if (environment.active[row] === 0 || requests.length >= GOLDEN_REQUESTS) continue;
      const number = requests.length;
      const feeds = feedsOf(model, environment, row);
      if (model.shape.distribution === "plackett-luce")
        varyCandidates(feeds, number, uniform(counts, number, 0));
      const answered = await session.run(feeds);
      requests.push({ inputs: tensorsOf(feeds), outputs: tensorsOf(answered) });
    }
    actor.act(environment);
    environment.step();
  }
  await session.dispose();
  return { schemaVersion: 1, tolerance: 2e-5, requests };
}

function feedsOf(model: PolicyModel, environment: VectorEnvironment, row: number): Record<string, Feed> {
  const feedOf = ({ name, kind, size, rowShape }: ObservationEntry): Feed => {
    const source = environment.observation[name]!.subarray(row * size, (row + 1) * size);
    return {
      data: kind === "mask" ? Uint8Array.from(source) : Float32Array.from(source),
      shape: [1, ...rowShape],
    };
  };
  return Object.fromEntries(model.shape.observation.map((entry) => [entry.name, feedOf(entry)]));
}

/** Leaves (or allows) the first of a slate's allowed candidates, a share of them and at least one. */
function varyCandidates(feeds: Record<string, Feed>, number: number, share: number): void {
  const { candidates, mask } = feeds;
  if (candidates === undefined || mask === undefined || number % 8 === 0) return;
  const allowed = Array.from(mask.data.keys()).filter((m) => mask.data[m] !== 0);
  const kept = number % 4 === 2 ? allowed : allowed.slice(0, Math.max(1, Math.ceil(share * allowed.length)));
  if (kept.length === 0) return;
  if (number % 4 === 0) {
    mask.data.fill(0);
    for (const m of kept) mask.data[m] = 1;
    return;
  }
  const features = candidates.shape.at(-1)!;
  const data = new Float32Array(kept.length * features);
  kept.forEach((m, i) => data.set(candidates.data.subarray(m * features, (m + 1) * features), i * features));
  feeds["candidates"] = { data, shape: [1, kept.length, features] };
  feeds["mask"] = { data: new Uint8Array(kept.length).fill(1), shape: [1, kept.length] };
}

function tensorsOf(
  tensors: Readonly<Record<string, { readonly data: ArrayLike<number>; readonly shape: readonly number[] }>>,
): Record<string, GoldenTensor> {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, { data, shape }]) => [
      name,
      { shape: [...shape], data: Array.from(data) },
    ]),
  );
}
