import type { FeatureReference, Manifest } from "@longview/formats";
import type { PolicyModel } from "@longview/policies";
import { createPolicyActor, type PolicyState } from "@longview/policy-gradient";
import { deriveKey, rootKey, uniform } from "@longview/statistics";
import type { VectorEnvironment } from "@longview/environment";
import { FeatureSample } from "./feature-sample.ts";

/** At least so many decisions, and on to the end of an episode, but no more than three times as many. */
const DECISIONS = 20_000;
const TICKS = 1_000_000;

/** Whose features, and where they are met. */
export interface FeatureReferenceOptions {
  readonly model: PolicyModel;
  readonly state: PolicyState;
  readonly environment: VectorEnvironment;
  readonly observationClip: number;
  /** The names of the features. */
  readonly observation: Manifest["observation"];
}

/**
 * How each feature is distributed where the policy itself decides, in its training environment: what a server's
 * requests are compared with. The same policy gives the same numbers.
 */
export async function featureReference(options: FeatureReferenceOptions): Promise<FeatureReference> {
  const { model, environment, observation } = options;
  const slates = model.shape.distribution === "plackett-luce";
  const key = rootKey("feature reference");
  const contextEntries = model.shape.observation.filter(({ name, kind }) =>
    slates ? name === "context" : kind !== "mask",
  );
  const context = new FeatureSample(
    contextEntries.flatMap(({ name, size }) => numberNames(observation[name]?.features ?? [], name, size)),
    deriveKey(key, "context sample"),
  );
  const candidateEntry = slates
    ? model.shape.observation.find(({ name }) => name === "candidates")
    : undefined;
  const candidateNames = observation["candidates"]?.features ?? [];
  const candidates =
    candidateEntry === undefined
      ? undefined
      : new FeatureSample(candidateNames, deriveKey(key, "candidate sample"));
  const chosen = deriveKey(key, "chosen candidates");
  const contextVector = new Float32Array(contextEntries.reduce((sum, { size }) => sum + size, 0));
  const candidateVector = new Float32Array(candidateNames.length);

  function record(row: number): void {
    let at = 0;
    for (const { name, size } of contextEntries) {
      contextVector.set(environment.observation[name]!.subarray(row * size, (row + 1) * size), at);
      at += size;
    }
    const number = context.count;
    context.add(contextVector);
    if (candidateEntry === undefined || candidates === undefined) return;
    const mask = environment.observation["mask"]!;
    const count = candidateEntry.rowShape[0]!;
    const allowed: number[] = [];
    for (let m = 0; m < count; m++) if (mask[row * count + m] !== 0) allowed.push(m);
    const position = allowed[Math.floor(uniform(chosen, number, 0) * allowed.length)];
    if (position === undefined) return;
    const start = row * candidateEntry.size + position * candidateNames.length;
    candidateVector.set(
      environment.observation["candidates"]!.subarray(start, start + candidateNames.length),
    );
    candidates.add(candidateVector);
  }

  await play(options, record);
  return {
    schemaVersion: 1,
    decisions: context.count,
    context: context.distributions(),
    candidates: candidates?.distributions() ?? [],
  };
}

/** Names of every number of an entry, whose last dimension's names are given. */
function numberNames(features: readonly string[], entry: string, size: number): string[] {
  return Array.from({ length: size }, (_, i) => {
    const name = features[i % features.length] ?? `${entry}${i}`;
    return size > features.length && features.length > 0
      ? `${name}.${Math.floor(i / features.length)}`
      : name;
  });
}

/** Lets the policy decide, as it is served, and shows every decision before it is made. */
async function play(options: FeatureReferenceOptions, record: (row: number) => void): Promise<void> {
  const { environment } = options;
  const key = rootKey("feature reference");
  const actor = await createPolicyActor({
    model: options.model,
    state: options.state,
    observationClip: options.observationClip,
    mode: "explore",
    key: deriveKey(key, "actions"),
    executor: "onnxruntime",
    rows: Math.min(environment.rowCount, 64),
  });
  environment.reset({ key: deriveKey(key, "environment") });
  let decisions = 0;
  let ended = false;
  for (
    let tick = 0;
    tick < TICKS && (decisions < DECISIONS || (!ended && decisions < 3 * DECISIONS));
    tick++
  ) {
    for (let row = 0; row < environment.rowCount; row++) {
      if (environment.active[row] === 0) continue;
      record(row);
      decisions++;
    }
    await actor.act(environment);
    environment.step();
    ended ||= environment.terminated.includes(1) || environment.truncated.includes(1);
  }
  await actor.dispose?.();
  if (decisions === 0) throw new Error(`${environment.id}: no row decides anything in ${TICKS} ticks`);
}
