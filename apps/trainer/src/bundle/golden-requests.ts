import type { Golden, GoldenTensor } from "@longview/formats";
import type { PolicyModel } from "@longview/policies";
import { createRandomActor } from "@longview/policy-gradient";
import { deriveKey, rootKey } from "@longview/statistics";
import { createExecutor } from "@longview/tensor";
import type { Program } from "@longview/tensor";
import type { VectorEnvironment } from "@longview/environment";

/** How many requests `golden.json` holds. */
export const GOLDEN_REQUESTS = 100;

/**
 * Requests that an environment really makes (under random actions), each with the graph's exact outputs for it.
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
  environment.reset({ key: deriveKey(key, "environment") });
  const requests: Golden["requests"] = [];
  for (let tick = 0; requests.length < GOLDEN_REQUESTS; tick++) {
    // Every third tick, a tenth of the rows: so that later states appear as well as first ones.
    for (let row = tick % 10; tick % 3 === 0 && row < environment.rowCount; row += 10) {
      if (environment.active[row] === 0 || requests.length >= GOLDEN_REQUESTS) continue;
      const inputs: Record<string, GoldenTensor> = {};
      const feeds: Record<string, { data: Float32Array | Uint8Array; shape: number[] }> = {};
      for (const entry of model.shape.observation) {
        const source = environment.observation[entry.name]!.subarray(
          row * entry.size,
          (row + 1) * entry.size,
        );
        const data = entry.kind === "mask" ? Uint8Array.from(source) : Float32Array.from(source);
        const shape = [1, ...entry.rowShape];
        feeds[entry.name] = { data, shape };
        inputs[entry.name] = { shape, data: Array.from(data) };
      }
      const answered = await session.run(feeds);
      const outputs: Record<string, GoldenTensor> = {};
      for (const [name, { data, shape }] of Object.entries(answered))
        outputs[name] = { shape: [...shape], data: Array.from(data, Number) };
      requests.push({ inputs, outputs });
    }
    actor.act(environment);
    environment.step();
  }
  await session.dispose();
  return { schemaVersion: 1, tolerance: 2e-5, requests };
}
