import { box, dict, multiBinary, slate, spaceToJson, type VectorEnvironment } from "@longview/environment";
import {
  openDecisionLogWriter,
  sha256,
  writePolicyBundle,
  type DecisionLogRow,
  type FileHash,
} from "@longview/formats";
import { createPolicyModel, exportPolicy, policySettings } from "@longview/policies";
import { deriveKey, rootKey } from "@longview/statistics";
import { goldenRequests } from "../../src/bundle/golden-requests.ts";
import { createDeciders } from "../../src/simulate/deciders.ts";
import { decisionView } from "../../src/simulate/decision-view.ts";
import { metricNames } from "../../src/simulate/open-decisions.ts";
import { simulateLog, type LogLength, type SimulatedLog } from "../../src/simulate/simulate-log.ts";
import { simulatedWorld, type SimulatedWorld } from "../../src/simulate/simulated-world.ts";

/** Options of a small content marketplace. */
export const CONTENT = {
  days: 5,
  candidates: 8,
  slots: 3,
  retrieval: { topic: 3, fresh: 2, popular: 2, newCreator: 1 },
};

/** Options of a small grid world, whose values are solved exactly. */
export const GRID = { width: 2, height: 2, slip: 0.1, discountFactor: 0.6 };

export interface Simulation {
  readonly world: SimulatedWorld;
  readonly policies: readonly string[];
  readonly length: LogLength;
  readonly seed?: string;
  readonly uniformMixing?: number;
  readonly temperature?: number;
}

/** A registered environment as a world. */
export const worldOf = (
  id: string,
  options: Record<string, unknown>,
  rows: number,
): Promise<SimulatedWorld> => simulatedWorld(id, options, rows);

/** An environment that is not registered as a world whose rows are units. */
export const ownWorld = (environment: VectorEnvironment): SimulatedWorld => ({
  environment,
  view: decisionView(environment),
  secondsPerTick: 1,
  newUsers: false,
});

/** Runs a simulation and keeps its rows. */
export async function simulate(
  simulation: Simulation,
): Promise<{ rows: DecisionLogRow[]; made: SimulatedLog }> {
  const { world, policies, length, seed = "1", uniformMixing = 0, temperature } = simulation;
  const { environment, view } = world;
  const key = rootKey(seed);
  const deciders = await createDeciders(policies, { environment, view, key, uniformMixing, temperature });
  const rows: DecisionLogRow[] = [];
  const made = await simulateLog({ world, deciders, length, key, write: (more) => rows.push(...more) });
  for (const decider of deciders) await decider.dispose();
  if (made === undefined) throw new Error("stopped");
  return { rows, made };
}

/** Writes rows as a log. */
export async function writeLog(
  path: string,
  rows: readonly DecisionLogRow[],
  environment: VectorEnvironment,
): Promise<void> {
  const writer = await openDecisionLogWriter(path, metricNames(environment));
  writer.append(rows);
  await writer.close();
}

/** Writes a bundle of an untrained network whose scores differ clearly. */
export async function writeBundle(
  path: string,
  environment: VectorEnvironment,
  logs: readonly FileHash[] = [],
): Promise<void> {
  const model = createPolicyModel({
    observationSpace: environment.observationSpace,
    actionSpace: environment.actionSpace,
    settings: policySettings.parse({ policyGain: 1.5, hiddenSizes: [16], itemSizes: [16, 8] }),
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
  const parameters = model.initialize(deriveKey(rootKey("bundle"), "parameters"));
  const program = exportPolicy({ model, state: { parameters, normaliser }, observationClip: 10 });
  const tensors = (specifications: typeof program.inputSpecifications) =>
    specifications.map(({ name, shape, dataType }) => ({ name, shape: [...shape], dataType }));
  await writePolicyBundle(path, {
    manifest: {
      schemaVersion: 1,
      policyId: "untrained",
      environment: { id: environment.id, options: {} },
      observation: Object.fromEntries(
        model.shape.observation.map(({ name, rowShape }) => [name, { shape: [...rowShape], features: [] }]),
      ),
      actionSpace: spaceToJson(environment.actionSpace),
      distribution: model.shape.distribution,
      propensityFloor: 0,
      objectives: [...environment.objectiveNames],
      costs: [...environment.costNames],
      constraints: [],
      graph: {
        inputs: tensors(program.inputSpecifications),
        outputs: tensors(program.outputSpecifications),
      },
      lineage: {
        run: "test",
        seed: "1",
        code: { commit: null, modified: false, version: "0" },
        decisions: 0,
        configuration: sha256(""),
        logs: [...logs],
      },
    },
    onnx: program.onnx,
    golden: await goldenRequests(program, model, environment),
    modelCard: "",
  });
}

/** Reward of a slate of the bandit: what stands first counts twice. */
export const banditReward = (slateOf: readonly number[]): number =>
  2 * (slateOf[0]! + 1) + (slateOf[1]! + 1) ** 2;

/** Slates of two out of three candidates, episodes of one decision, and a reward that the slate alone decides. */
export function slateBandit(rowCount: number): VectorEnvironment {
  const observation = {
    context: new Float32Array(rowCount).fill(0.5),
    candidates: Float32Array.from({ length: rowCount * 6 }, (_, i) => [1, 0, 0, 1, -1, 0.5][i % 6]!),
    mask: new Uint8Array(rowCount * 3).fill(1),
  };
  const action = new Int32Array(rowCount * 2);
  const reward = new Float64Array(rowCount);
  return {
    id: "test/slate-bandit-v0",
    observationSpace: dict({
      context: box({ low: -5, high: 5, shape: [1] }),
      candidates: box({ low: -5, high: 5, shape: [3, 2] }),
      mask: multiBinary(3),
    }),
    actionSpace: slate({ slots: 2, candidates: 3 }),
    rowCount,
    objectiveNames: [],
    costNames: [],
    observation,
    finalObservation: observation,
    active: new Uint8Array(rowCount).fill(1),
    action,
    reward,
    objectives: new Float64Array(0),
    costs: new Float64Array(0),
    terminated: new Uint8Array(rowCount).fill(1),
    truncated: new Uint8Array(rowCount),
    reset() {
      reward.fill(0);
    },
    step() {
      for (let row = 0; row < rowCount; row++)
        reward[row] = banditReward([action[2 * row]!, action[2 * row + 1]!]);
    },
    snapshot: () => new Uint8Array(0),
    restore() {},
  };
}
