export {
  constraintSettings,
  type ConstraintSettings,
  trainingSettings,
  type TrainingSettings,
  trainConfiguration,
  type TrainConfiguration,
  type TrainConfigurationInput,
} from "./settings.ts";
export {
  algorithmSettings,
  multiplierSettings,
  type AlgorithmSettings,
  type AlgorithmName,
  type MultiplierSettings,
} from "./algorithms/settings.ts";
export { type Schedule, scheduleValue } from "./schedule.ts";
export type { NormaliserState, PolicyState } from "./policy-state.ts";
export type { Trainer, IterationMetrics, ConstraintMetrics, EvaluationRecord } from "./trainer-types.ts";
