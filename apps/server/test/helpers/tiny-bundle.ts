import { box, dict, multiBinary, sha256, slate, spaceToJson, writePolicyBundle } from "@longview/formats";
import type { FeatureReference, Golden } from "@longview/formats";
import { createDecisionScorer, createPolicyModel, exportPolicy, policySettings } from "@longview/policies";
import { deriveKey, foldIn, rootKey, uniform } from "@longview/statistics";

/** Context and candidate features of a tiny bundle. */
export const CONTEXT_NAMES = ["age", "hour", "depth"] as const;
export const CANDIDATE_NAMES = ["quality", "fresh", "length", "match"] as const;
export const SLOTS = 3;

/** What may differ between tiny bundles. */
export interface TinyBundleOptions {
  readonly policyId: string;
  /** Other seeds have other weights. @defaultValue the policy's id */
  readonly seed?: string;
  readonly propensityFloor?: number;
  readonly contextNames?: readonly string[];
  readonly candidateNames?: readonly string[];
  /** Outputs of the golden requests are wrong by this much. @defaultValue 0 */
  readonly wrongBy?: number;
  readonly features?: FeatureReference;
}

/** Writes a slate policy of small random weights, whose scores differ clearly, as a bundle. */
export async function writeTinyBundle(folder: string, options: TinyBundleOptions): Promise<void> {
  const { policyId, seed = policyId, propensityFloor = 0, wrongBy = 0 } = options;
  const { contextNames = CONTEXT_NAMES, candidateNames = CANDIDATE_NAMES } = options;
  const candidates = 6;
  const model = createPolicyModel({
    observationSpace: dict({
      context: box({ low: -5, high: 5, shape: [contextNames.length] }),
      candidates: box({ low: -5, high: 5, shape: [candidates, candidateNames.length] }),
      mask: multiBinary(candidates),
    }),
    actionSpace: slate({ slots: SLOTS, candidates }),
    settings: policySettings.parse({ policyGain: 1.5, hiddenSizes: [8], itemSizes: [8, 8] }),
    valueNames: ["reward"],
  });
  const normaliser = Object.fromEntries(
    model.shape.observation
      .filter(({ normalisedSize }) => normalisedSize > 0)
      .map(({ name, normalisedSize }) => [
        name,
        { mean: new Float32Array(normalisedSize), scale: new Float32Array(normalisedSize).fill(1) },
      ]),
  );
  const parameters = model.initialize(deriveKey(rootKey(seed), "parameters"));
  const program = exportPolicy({ model, state: { parameters, normaliser }, observationClip: 10 });
  const observation = {
    context: { shape: [contextNames.length], features: [...contextNames] },
    candidates: { shape: [candidates, candidateNames.length], features: [...candidateNames] },
    mask: { shape: [candidates], features: [] },
  };
  const scorer = await createDecisionScorer({
    onnx: program.onnx,
    distribution: "plackett-luce",
    observation,
    actionSpace: {},
    propensityFloor,
  });
  const requests: Golden["requests"] = [];
  for (let request = 0; request < 100; request++) {
    const key = foldIn(rootKey("golden"), request);
    const count = 1 + (request % candidates);
    const context = Array.from({ length: contextNames.length }, (_, i) => value(key, i));
    const features = Array.from({ length: count * candidateNames.length }, (_, i) => value(key, 100 + i));
    const scores = await scorer.tableScores({
      context: Float32Array.from(context),
      itemIds: Array.from({ length: count }, (_, m) => `i${m}`),
      features: Float32Array.from(features),
      featureCount: candidateNames.length,
    });
    requests.push({
      inputs: {
        context: { shape: [1, context.length], data: context },
        candidates: { shape: [1, count, candidateNames.length], data: features },
        mask: { shape: [1, count], data: new Array<number>(count).fill(1) },
      },
      outputs: { scores: { shape: [1, count], data: Array.from(scores, (score) => score + wrongBy) } },
    });
  }
  await scorer.dispose();
  const tensors = (specifications: typeof program.inputSpecifications) =>
    specifications.map(({ name, shape, dataType }) => ({ name, shape: [...shape], dataType }));
  await writePolicyBundle(folder, {
    manifest: {
      schemaVersion: 1,
      policyId,
      environment: { id: "test-v0", options: {} },
      observation,
      actionSpace: spaceToJson(model.shape.actionSpace),
      distribution: model.shape.distribution,
      propensityFloor,
      objectives: ["reward", "watched"],
      costs: ["harm"],
      constraints: [],
      graph: { inputs: tensors(program.inputSpecifications), outputs: tensors(program.outputSpecifications) },
      lineage: {
        run: "test",
        seed,
        code: { commit: null, modified: false, version: "0" },
        decisions: 0,
        configuration: sha256(""),
        logs: [],
      },
    },
    onnx: program.onnx,
    golden: { schemaVersion: 1, tolerance: 2e-5, requests },
    modelCard: "",
    ...(options.features === undefined ? {} : { featureReference: options.features }),
  });
}

const value = (key: { first: number; second: number }, draw: number): number =>
  Math.fround(4 * uniform(key, 0, draw) - 2);
