export { type Attributes, type DataType, type Operand, Tensor, type TensorData } from "./tensor.ts";
export { type Dimension, type Shape, ShapeError } from "./shape.ts";
export { constant, input } from "./operations/sources.ts";
export { named, stopGradient } from "./operations/identity.ts";
export {
  abs,
  clip,
  exp,
  isFinite,
  log,
  negate,
  relu,
  sigmoid,
  sign,
  softplus,
  sqrt,
  square,
  tanh,
} from "./operations/elementwise-unary.ts";
export { add, divide, maximum, minimum, multiply, subtract } from "./operations/elementwise-binary.ts";
export {
  equal,
  greater,
  greaterOrEqual,
  less,
  lessOrEqual,
  logicalAnd,
  logicalNot,
  logicalOr,
} from "./operations/comparison.ts";
export { where } from "./operations/where.ts";
export { cast } from "./operations/cast.ts";
export { matMul } from "./operations/mat-mul.ts";
export { transpose } from "./operations/transpose.ts";
export { expandDimensions, reshape, squeeze } from "./operations/reshape.ts";
export { broadcastTo } from "./operations/broadcast-to.ts";
export { concatenate } from "./operations/concatenate.ts";
export { slice, type SliceOptions, split } from "./operations/slice.ts";
export { pad, type PadOptions } from "./operations/pad.ts";
export { gather } from "./operations/gather.ts";
export { gatherElements, oneHot } from "./operations/gather-elements.ts";
export {
  logSumExp,
  maximumOver,
  mean,
  minimumOver,
  type ReductionOptions,
  sum,
} from "./operations/reductions.ts";
export { logSoftmax, softmax, type SoftmaxOptions } from "./operations/softmax.ts";
export { cumulativeSum, type CumulativeSumOptions } from "./operations/cumulative-sum.ts";
export { loop, type LoopOptions, type LoopResult, type LoopStep } from "./operations/loop.ts";
export { OPERATIONS } from "./operations/registry.ts";
export type { Operation, ReferenceValue } from "./operation.ts";
export { gradients } from "./gradients.ts";
export {
  bindInputs,
  compile,
  type ExportDefinition,
  exportOnnx,
  type Program,
  type ProgramDefinition,
  type ValueSpecification,
} from "./program.ts";
export { type GraphModel, graphModelOf } from "./graph-model/graph-model.ts";
export type { Feed, Feeds, TensorValue } from "./feeds.ts";
export {
  createExecutor,
  EXECUTOR_NAMES,
  Executor,
  type ExecutorName,
  type RunOptions,
  type Session,
} from "./executor.ts";
export { type ReferenceFeed, referenceEvaluate } from "./reference-evaluate.ts";
export {
  type Initializer,
  initializeParameters,
  type ParameterEntry,
  type ParameterLayout,
  parameterLayout,
  type ParameterSpecification,
  unflatten,
} from "./parameters.ts";
export {
  adam,
  type AdamSettings,
  adamSchedule,
  clipByGlobalNorm,
  createOptimizerState,
  type OptimizerState,
} from "./updates/adam.ts";
export {
  type BatchField,
  compileUpdate,
  type LossInput,
  type LossOutput,
  type UpdateDefinition,
  type UpdateProgram,
} from "./updates/compile-update.ts";
export { Update, type UpdateInput, type UpdateResult } from "./updates/run-update.ts";
export { NonFiniteError } from "./non-finite-error.ts";
export { minimize, type MinimizeOptions, type Minimum, type SmoothFunction } from "./fitting/minimize.ts";
export { RowObjective, type RowChunk, type RowObjectiveDefinition } from "./fitting/row-objective.ts";
