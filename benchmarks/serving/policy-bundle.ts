import { box, dict, multiBinary, slate, spaceToJson, type Space } from "@longview/environment";
import { sha256, writePolicyBundle } from "@longview/formats";
import {
  createPolicyModel,
  exportPolicy,
  policySettings,
  type PolicyModel,
  type PolicyState,
} from "@longview/policies";
import { deriveKey, normalQuantile, rootKey, uniform } from "@longview/statistics";
import { createExecutor, graphModelOf, type Program } from "@longview/tensor";

/** Sizes of a made-up slate policy. */
export interface PolicySizes {
  readonly context: number;
  readonly candidates: number;
  readonly features: number;
  readonly slots: number;
}

/** A slate policy of the default network with random weights, and what it is made of. */
export interface MadeUpPolicy {
  readonly spaces: PolicySpaces;
  readonly model: PolicyModel;
  readonly state: PolicyState;
  readonly program: Program;
  readonly observationClip: number;
}

/** What a slate policy reads and does. */
export interface PolicySpaces {
  readonly observationSpace: Space;
  readonly actionSpace: Space;
}

/** Spaces of made-up features. */
export function madeUpSpaces(sizes: PolicySizes): PolicySpaces {
  const real = (...shape: number[]) => box({ low: -10, high: 10, shape });
  return {
    observationSpace: dict({
      context: real(sizes.context),
      candidates: real(sizes.candidates, sizes.features),
      mask: multiBinary(sizes.candidates),
    }),
    actionSpace: slate({ slots: sizes.slots, candidates: sizes.candidates }),
  };
}

const CLIP = 10;

/**
 * The same name and spaces give the same policy. Its scores differ about as much as those of a trained one.
 *
 * @param perturbation - standard deviation of what is added to every weight, drawn from the perturbation's own key. @defaultValue 0
 */
export function madeUpPolicy(name: string, spaces: PolicySpaces, perturbation = 0): MadeUpPolicy {
  const model = createPolicyModel({
    ...spaces,
    settings: policySettings.parse({ policyGain: 0.7 }),
    valueNames: ["reward"],
  });
  const key = rootKey(name);
  let draw = 0;
  const normaliser = Object.fromEntries(
    model.shape.observation
      .filter(({ normalisedSize }) => normalisedSize > 0)
      .map(({ name: entry, normalisedSize }) => [
        entry,
        {
          mean: Float32Array.from({ length: normalisedSize }, () => uniform(key, 1, draw++) - 0.5),
          scale: Float32Array.from({ length: normalisedSize }, () => 0.5 + uniform(key, 2, draw++)),
        },
      ]),
  );
  const noise = deriveKey(key, "perturbation");
  const parameters = model
    .initialize(deriveKey(key, "parameters"))
    .map((weight, i) =>
      perturbation === 0 ? weight : weight + perturbation * normalQuantile(uniform(noise, i, 0)),
    );
  const state = { parameters, normaliser };
  const program = exportPolicy({ model, state, observationClip: CLIP });
  return { spaces, model, state, observationClip: CLIP, program };
}

/** Feature names of a made-up policy. */
export const contextNames = (count: number): string[] => Array.from({ length: count }, (_, i) => `user${i}`);
export const candidateNames = (count: number): string[] =>
  Array.from({ length: count }, (_, i) => `item${i}`);

const GOLDEN = 100;

/** What a made-up bundle says of itself. */
export interface MadeUpBundle {
  readonly policyId: string;
  readonly policy: MadeUpPolicy;
  readonly objectives?: readonly string[];
  readonly costs?: readonly string[];
}

/** Writes a made-up policy as a bundle. */
export async function writeMadeUpBundle(
  folder: string,
  { policyId, policy, objectives = ["reward"], costs = ["harm"] }: MadeUpBundle,
): Promise<void> {
  const { model, program, spaces } = policy;
  const { modelJson, weights } = graphModelOf(program);
  const tensors = (specifications: Program["inputSpecifications"]) =>
    specifications.map(({ name, shape, dataType }) => ({ name, shape: [...shape], dataType }));
  await writePolicyBundle(folder, {
    manifest: {
      schemaVersion: 1,
      policyId,
      environment: { id: "made-up/slates-v0", options: {} },
      observation: Object.fromEntries(
        model.shape.observation.map(({ name, rowShape }) => [
          name,
          {
            shape: [...rowShape],
            features:
              name === "context"
                ? contextNames(rowShape[0]!)
                : name === "candidates"
                  ? candidateNames(rowShape[1]!)
                  : [],
          },
        ]),
      ),
      actionSpace: spaceToJson(spaces.actionSpace),
      distribution: model.shape.distribution,
      propensityFloor: 0,
      objectives: [...objectives],
      costs: [...costs],
      constraints: [],
      graph: { inputs: tensors(program.inputSpecifications), outputs: tensors(program.outputSpecifications) },
      lineage: {
        run: "made-up",
        seed: "0",
        code: { commit: null, modified: null, version: "0" },
        decisions: 0,
        configuration: sha256(""),
        logs: [],
      },
    },
    onnx: program.onnx,
    golden: await goldenOf(policy),
    extra: { "tensorflow/model.json": modelJson, "tensorflow/weights.bin": weights },
    modelCard: `# ${policyId}\n\nRandom weights: for measurements alone.\n`,
  });
}

async function goldenOf({ program, model }: MadeUpPolicy) {
  const shapeOf = (name: string): readonly number[] =>
    model.shape.observation.find((entry) => entry.name === name)!.rowShape;
  const [context] = shapeOf("context");
  const [candidates, features] = shapeOf("candidates");
  const sizes = { context: context!, candidates: candidates!, features: features! };
  const session = await (await createExecutor("onnxruntime")).load(program);
  const key = rootKey("golden");
  const requests = [];
  for (let request = 0; request < GOLDEN; request++) {
    const count = 1 + (request % sizes.candidates);
    let draw = 0;
    const normal = (size: number) =>
      Float32Array.from({ length: size }, () => 4 * (uniform(key, request, draw++) - 0.5));
    const feeds = {
      context: { data: normal(sizes.context), shape: [1, sizes.context] },
      candidates: { data: normal(count * sizes.features), shape: [1, count, sizes.features] },
      mask: { data: new Uint8Array(count).fill(1), shape: [1, count] },
    };
    const outputs = await session.run(feeds);
    const asJson = (tensors: Record<string, { data: ArrayLike<number>; shape: readonly number[] }>) =>
      Object.fromEntries(
        Object.entries(tensors).map(([name, { data, shape }]) => [
          name,
          { shape: [...shape], data: Array.from(data, Number) },
        ]),
      );
    requests.push({ inputs: asJson(feeds), outputs: asJson(outputs) });
  }
  await session.dispose();
  return { schemaVersion: 1 as const, tolerance: 2e-5, requests };
}
