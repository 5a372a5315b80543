import type { KeyObject } from "node:crypto";
import { readFileSync } from "node:fs";
import { fingerprintOf, sha256, sha256OfFile, spaceToJson, writePolicyBundle } from "@longview/formats";
import type { BundleDescription, Evaluation, FileHash, GraphTensor, Manifest } from "@longview/formats";
import type { PolicyModel } from "@longview/policies";
import { exportPolicy, modelOf } from "@longview/policy-gradient";
import type { PolicyState } from "@longview/policy-gradient";
import { graphModelOf } from "@longview/tensor";
import { registerEnvironmentsOf } from "../configuration/load.ts";
import type { RunConfiguration } from "../configuration/schema.ts";
import { trainingPart } from "../evaluation/limits.ts";
import { codeVersion, inputFiles } from "../run/lineage.ts";
import type { RunPaths } from "../run/run-folder.ts";
import { featureNames } from "./feature-names.ts";
import { featureReference } from "./feature-reference.ts";
import { goldenRequests } from "./golden-requests.ts";
import { modelCard } from "./model-card.ts";

export interface ExportOptions {
  readonly configuration: RunConfiguration;
  readonly policy: PolicyState;
  readonly paths: RunPaths;
  /** Decisions that the policy learned from. */
  readonly decisions: number;
  readonly evaluation?: Evaluation | undefined;
  /** Ed25519 private key that signs the bundle. */
  readonly signingKey?: KeyObject | undefined;
  /** Share of uniformly random choices that serving mixes in. @defaultValue 0 */
  readonly propensityFloor?: number | undefined;
}

interface Specification {
  readonly name: string;
  readonly shape: readonly (number | string)[];
  readonly dataType: GraphTensor["dataType"];
}

const graphTensors = (specifications: readonly Specification[]): GraphTensor[] =>
  specifications.map(({ name, shape, dataType }) => ({ name, shape: [...shape], dataType }));

/** Writes a run's policy as a bundle; the same run gives the same bytes of `policy.onnx`. */
export async function exportBundle(folder: string, options: ExportOptions): Promise<Manifest> {
  const { configuration, policy, paths, signingKey, evaluation, propensityFloor = 0 } = options;
  await registerEnvironmentsOf(configuration.environment.id);
  const { environment, model } = modelOf(trainingPart(configuration));
  const { observationClip } = configuration.training;
  const program = exportPolicy({ model, state: policy, observationClip });
  const { id, ...environmentOptions } = configuration.environment;
  const logs: FileHash[] = inputFiles(configuration).map((path) => ({ path, sha256: sha256OfFile(path) }));
  const floor = propensityFloor === 0 ? "" : `-floor${propensityFloor}`;
  const description: BundleDescription = {
    schemaVersion: 1,
    policyId: `${configuration.name}-${sha256(program.onnx).slice(0, 12)}${floor}`,
    environment: { id, options: environmentOptions },
    observation: await describeObservation(id, environmentOptions, model),
    actionSpace: spaceToJson(environment.actionSpace),
    distribution: model.shape.distribution,
    propensityFloor,
    objectives: [...environment.objectiveNames],
    costs: [...environment.costNames],
    constraints: Object.entries(configuration.constraints).map(([cost, { limit, measure }]) => ({
      cost,
      limit,
      measure,
    })),
    graph: {
      inputs: graphTensors(program.inputSpecifications),
      outputs: graphTensors(program.outputSpecifications),
    },
    lineage: {
      run: configuration.name,
      seed: String(configuration.seed),
      code: codeVersion(),
      decisions: options.decisions,
      configuration: sha256(readFileSync(paths.configuration)),
      logs,
    },
  };
  const graphModel = graphModelOf(program);
  return writePolicyBundle(folder, {
    manifest: description,
    onnx: program.onnx,
    golden: await goldenRequests(program, model, environment),
    featureReference: await featureReference({
      model,
      state: policy,
      environment,
      observationClip,
      observation: description.observation,
    }),
    modelCard: modelCard({
      description,
      configuration,
      evaluation,
      signedBy: signingKey === undefined ? undefined : fingerprintOf(signingKey),
    }),
    extra: { "tensorflow/model.json": graphModel.modelJson, "tensorflow/weights.bin": graphModel.weights },
    signingKey,
  });
}

async function describeObservation(
  id: string,
  options: Record<string, unknown>,
  model: PolicyModel,
): Promise<Manifest["observation"]> {
  const names = await featureNames(id, options);
  return Object.fromEntries(
    model.shape.observation.map(({ name, rowShape }) => {
      const count = rowShape.at(-1) ?? 1;
      const known = names[name];
      const features =
        known?.length === count ? [...known] : Array.from({ length: count }, (_, index) => `${name}${index}`);
      return [name, { shape: [...rowShape], features }];
    }),
  );
}
