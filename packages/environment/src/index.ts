import { registerEnvironments } from "./registry.ts";
import { acrobot } from "./classic-control/acrobot.ts";
import { cartPole } from "./classic-control/cart-pole.ts";
import { mountainCar, mountainCarContinuous } from "./classic-control/mountain-car.ts";
import { pendulum } from "./classic-control/pendulum.ts";
import { deepSeaTreasureConcave, deepSeaTreasureConvex } from "./multi-objective/deep-sea-treasure.ts";
import { chain, creatorHealth, gridworld } from "./tabular/definitions.ts";

registerEnvironments([
  cartPole,
  acrobot,
  mountainCar,
  mountainCarContinuous,
  pendulum,
  creatorHealth,
  gridworld,
  chain,
  deepSeaTreasureConvex,
  deepSeaTreasureConcave,
]);

export {
  box,
  discrete,
  multiDiscrete,
  multiBinary,
  dict,
  tuple,
  slate,
  spaceToJson,
  spaceFromJson,
  spaceJsonSchema,
  contains,
  explainMismatch,
  valueLength,
  valueSchema,
  valueToJson,
  valueFromJson,
  type Space,
  type BoxSpace,
  type DiscreteSpace,
  type MultiDiscreteSpace,
  type MultiBinarySpace,
  type DictSpace,
  type TupleSpace,
  type SlateSpace,
  type BoxDataType,
  type BoxOptions,
  type SpaceJson,
  type SpaceValue,
  type ValueJson,
} from "@longview/formats";
export { sample, type SpaceMask } from "./sample-space.ts";
export { flatten, unflatten, flattenedSize } from "./flatten-space.ts";
export type { VectorEnvironment, ObservationBuffers, ResetOptions } from "./vector-environment.ts";
export {
  allocateObservation,
  allocateAction,
  actionWidth,
  readObservation,
  copyObservationRow,
} from "./observation-buffers.ts";
export { packState, unpackState, packNested, unpackNested, type StateArray } from "./snapshot.ts";
export {
  registerEnvironments,
  defineEnvironment,
  listEnvironments,
  findEnvironment,
  parseEnvironmentOptions,
  makeVectorEnvironment,
  type EnvironmentDefinition,
  type MakeOptions,
} from "./registry.ts";
export {
  makeEnvironment,
  scalarEnvironment,
  type Environment,
  type StepResult,
  type StepInformation,
} from "./environment.ts";
export { RowEnvironment, type RowDynamics, type RowBuffers } from "./row-environment.ts";
export { timeLimit } from "./wrappers/time-limit.ts";
export {
  normalizeObservation,
  type NormalizeOptions,
  type NormalizedEnvironment,
} from "./wrappers/normalize-observation.ts";
export { normalizeReward, type NormalizeRewardOptions } from "./wrappers/normalize-reward.ts";
export { checkEnvironment, type CheckOptions, type Finding } from "./check-environment.ts";
export { RunningMoments } from "@longview/statistics";
export {
  TabularMarkovDecisionProcess,
  type TabularOptions,
  type TabularPolicy,
} from "./tabular/markov-decision-process.ts";
export {
  valueIteration,
  policyIteration,
  policyValues,
  policyReturn,
  occupancyMeasure,
  deterministicPolicy,
  uniformPolicy,
  type TabularSolution,
} from "./tabular/solve.ts";
export { tabularEnvironment, type TabularEnvironmentOptions } from "./tabular/tabular-environment.ts";
export {
  creatorHealthProcess,
  gridworldProcess,
  chainProcess,
  type GridworldOptions,
  type ChainOptions,
} from "./tabular/processes.ts";
export { deepSeaTreasureFront, type DeepSeaMap } from "./multi-objective/deep-sea-treasure.ts";
export { dominates, paretoFront } from "./multi-objective/pareto-front.ts";
export type { ObjectivePoint } from "./multi-objective/points.ts";
export { hypervolume } from "./multi-objective/hypervolume.ts";
export { expectedUtility, invertedGenerationalDistance, sparsity } from "./multi-objective/front-quality.ts";
export { chebyshevUtility, linearUtility, simplexWeights } from "./multi-objective/scalarization.ts";
