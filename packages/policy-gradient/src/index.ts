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
export { ConfigurationError } from "./configuration-error.ts";
export type { Trainer, IterationMetrics, ConstraintMetrics, EvaluationRecord } from "./trainer-types.ts";
export { createTrainer, type TrainerOptions } from "./trainer.ts";
export { train, type TrainOptions, type TrainResult } from "./train.ts";
export { modelOf } from "./run-plan.ts";
export { createPolicyActor, createRandomActor, type Actor, type PolicyActorOptions } from "./actor.ts";
export { evaluateActor, type ActorEvaluation, type EvaluateActorOptions } from "./evaluate.ts";
export {
  exportPolicy,
  exportPolicyOnnx,
  policySettings,
  type NormaliserState,
  type PolicySettings,
  type PolicyState,
} from "@longview/policies";
