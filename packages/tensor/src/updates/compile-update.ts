import { gradients } from "../gradients.ts";
import { concatenate } from "../operations/concatenate.ts";
import { logicalAnd, logicalNot, logicalOr } from "../operations/comparison.ts";
import { isFinite, sqrt, square } from "../operations/elementwise-unary.ts";
import { cast } from "../operations/cast.ts";
import { gather } from "../operations/gather.ts";
import { named } from "../operations/identity.ts";
import { loop } from "../operations/loop.ts";
import { sum } from "../operations/reductions.ts";
import { reshape } from "../operations/reshape.ts";
import { input } from "../operations/sources.ts";
import { split } from "../operations/slice.ts";
import { where } from "../operations/where.ts";
import { type ParameterLayout, unflatten } from "../parameters.ts";
import { compile, type Program } from "../program.ts";
import { formatShape, ShapeError } from "../shape.ts";
import type { DataType, Tensor } from "../tensor.ts";
import { adam, type AdamSettings, clipByGlobalNorm } from "./adam.ts";

export interface BatchField {
  /** Shape of one row. */
  readonly rowShape: readonly number[];
  readonly dataType: DataType;
}

export interface LossInput {
  readonly parameters: Readonly<Record<string, Tensor>>;
  /** The minibatch: each field is [minibatchSize, ...rowShape]. */
  readonly batch: Readonly<Record<string, Tensor>>;
  readonly scalars: Readonly<Record<string, Tensor>>;
}

export interface LossOutput {
  /** float32 scalar that the update makes smaller. */
  readonly loss: Tensor;
  /** float32 scalars reported for each minibatch. `loss` and `gradientNorm` are always reported. */
  readonly metrics: Readonly<Record<string, Tensor>>;
  /** bool scalar: stop before this minibatch's step is applied. Its metrics are still reported. */
  readonly stop?: Tensor;
}

export interface UpdateDefinition {
  readonly name: string;
  readonly layout: ParameterLayout;
  readonly batch: Readonly<Record<string, BatchField>>;
  /** Names of float32 numbers given anew with each call. */
  readonly scalars: readonly string[];
  readonly minibatchSize: number;
  readonly loss: (input: LossInput) => LossOutput;
  readonly optimizer: AdamSettings;
  /** Longest gradient (Euclidean norm over all parameters) that is applied whole. @defaultValue no clipping */
  readonly maximumGradientNorm?: number;
}

/** A whole update, compiled: every minibatch of every epoch in one call. */
export interface UpdateProgram {
  readonly definition: UpdateDefinition;
  readonly program: Program;
  readonly metricNames: readonly string[];
  /** The tensors of one minibatch, for naming what is not finite; made when it is needed. */
  readonly replay: () => ReplayProgram;
}

export interface ReplayProgram {
  readonly program: Program;
  readonly tensorNames: readonly string[];
}

interface Step {
  readonly metrics: readonly Tensor[];
  readonly metricNames: readonly string[];
  readonly finite: Tensor;
  readonly stop: Tensor | undefined;
  readonly gradient: Tensor;
  readonly gradientNorm: Tensor;
}

interface StepInputs {
  readonly batch: Readonly<Record<string, Tensor>>;
  readonly scalars: Readonly<Record<string, Tensor>>;
}

const ROWS = "rows";

function stepInputs(definition: UpdateDefinition): StepInputs {
  const batch = Object.entries(definition.batch).map(([name, { rowShape, dataType }]): [string, Tensor] => [
    name,
    input(`batch.${name}`, [ROWS, ...rowShape], dataType),
  ]);
  const scalars = definition.scalars.map((name): [string, Tensor] => [name, input(`scalar.${name}`, [])]);
  return { batch: Object.fromEntries(batch), scalars: Object.fromEntries(scalars) };
}

function requireScalar(
  definition: UpdateDefinition,
  name: string,
  tensor: Tensor,
  dataType: DataType,
): Tensor {
  if (tensor.shape.length !== 0 || tensor.dataType !== dataType) {
    throw new ShapeError(
      `compileUpdate ${definition.name}`,
      `${name} must be a ${dataType} scalar, got ${tensor.dataType} ${formatShape(tensor.shape)}`,
    );
  }
  return tensor;
}

/** Loss, metrics and gradient of one minibatch. */
function buildStep(definition: UpdateDefinition, parameters: Tensor, rows: Tensor, inputs: StepInputs): Step {
  const entries = unflatten(parameters, definition.layout);
  const batch = Object.fromEntries(
    Object.entries(inputs.batch).map(([name, tensor]) => [
      name,
      named(gather(tensor, rows, 0), `batch.${name}`),
    ]),
  );
  const result = definition.loss({ parameters: entries, batch, scalars: inputs.scalars });
  const loss = named(requireScalar(definition, "loss", result.loss, "float32"), "loss");
  const leaves = definition.layout.entries.map(({ name }) => entries[name]!);
  const flat = gradients(loss, leaves).map((gradient, index) => {
    const entry = definition.layout.entries[index]!;
    return reshape(named(gradient, `gradient of ${entry.name}`), [entry.size]);
  });
  const gradient = named(concatenate(flat, 0), "gradient");
  const gradientNorm = named(sqrt(sum(square(gradient))), "gradientNorm");
  const metricEntries: [string, Tensor][] = [
    ["loss", loss],
    ["gradientNorm", gradientNorm],
  ];
  for (const [name, metric] of Object.entries(result.metrics)) {
    if (name === "loss" || name === "gradientNorm") continue;
    metricEntries.push([name, requireScalar(definition, `metric ${name}`, metric, "float32")]);
  }
  return {
    metricNames: metricEntries.map(([name]) => name),
    metrics: metricEntries.map(([, metric]) => metric),
    // the norm is not finite when any part of the gradient is not
    finite: logicalAnd(isFinite(loss), isFinite(gradientNorm)),
    stop: result.stop === undefined ? undefined : requireScalar(definition, "stop", result.stop, "bool"),
    gradient,
    gradientNorm,
  };
}

/** Compiles a whole update: gradients, clipping and Adam looped over minibatches inside one ONNX graph. */
export function compileUpdate(definition: UpdateDefinition): UpdateProgram {
  const { layout, minibatchSize } = definition;
  const inputs = stepInputs(definition);
  const parameters = input("parameters", [layout.size]);
  const firstMoment = input("firstMoment", [layout.size]);
  const secondMoment = input("secondMoment", [layout.size]);
  const minibatches = input("minibatches", ["minibatchCount", minibatchSize], "int32");
  const schedule = input("schedule", ["minibatchCount", 2]);
  const count = input("count", [], "int32");
  let metricNames: readonly string[] = [];
  const result = loop({
    count,
    state: { parameters, firstMoment, secondMoment },
    body: (iteration, state) => {
      const before = {
        parameters: state["parameters"]!,
        firstMoment: state["firstMoment"]!,
        secondMoment: state["secondMoment"]!,
      };
      const step = buildStep(definition, before.parameters, gather(minibatches, iteration, 0), inputs);
      metricNames = step.metricNames;
      const [stepSize, shiftedEpsilon] = split(gather(schedule, iteration, 0), [1, 1]);
      const after = adam(definition.optimizer, {
        ...before,
        gradient: step.gradient,
        gradientScale:
          definition.maximumGradientNorm === undefined
            ? undefined
            : clipByGlobalNorm(step.gradientNorm, definition.maximumGradientNorm),
        stepSize: stepSize!,
        shiftedEpsilon: shiftedEpsilon!,
      });
      const failed = logicalNot(step.finite);
      const { stop } = step;
      const keep = (next: Tensor, old: Tensor): Tensor =>
        stop === undefined ? next : where(stop, old, next);
      const flags = [step.finite, ...(stop === undefined ? [] : [stop])].map((flag) =>
        reshape(cast(flag, "float32"), [1]),
      );
      return {
        state: {
          parameters: keep(after.parameters, before.parameters),
          firstMoment: keep(after.firstMoment, before.firstMoment),
          secondMoment: keep(after.secondMoment, before.secondMoment),
        },
        stop: stop === undefined ? failed : logicalOr(failed, stop),
        // one row a minibatch: the metrics, then the flags
        outputs: {
          report: concatenate([...step.metrics.map((metric) => reshape(metric, [1])), ...flags], 0),
        },
      };
    },
  });
  const program = compile({
    name: definition.name,
    inputs: [
      parameters,
      firstMoment,
      secondMoment,
      minibatches,
      schedule,
      count,
      ...Object.values(inputs.batch),
      ...Object.values(inputs.scalars),
    ],
    outputs: {
      nextParameters: result.state["parameters"]!,
      nextFirstMoment: result.state["firstMoment"]!,
      nextSecondMoment: result.state["secondMoment"]!,
      report: result.outputs["report"]!,
    },
  });
  let replay: ReplayProgram | undefined;
  return { definition, program, metricNames, replay: () => (replay ??= compileReplay(definition)) };
}

function compileReplay(definition: UpdateDefinition): ReplayProgram {
  const inputs = stepInputs(definition);
  const parameters = input("parameters", [definition.layout.size]);
  const rows = input("minibatch", [definition.minibatchSize], "int32");
  const step = buildStep(definition, parameters, rows, inputs);
  const programInputs = [parameters, rows, ...Object.values(inputs.batch), ...Object.values(inputs.scalars)];
  const whole = compile({
    name: `${definition.name}_replay`,
    inputs: programInputs,
    outputs: { loss: step.metrics[0]!, gradientNorm: step.gradientNorm },
  });
  const { plan } = whole;
  const scalars = new Set(Object.values(inputs.scalars));
  const checked = [...programInputs.filter((tensor) => scalars.has(tensor)), ...plan.nodes].filter(
    (tensor) => tensor.dataType === "float32",
  );
  const flags = checked.map((tensor) => reshape(cast(isFinite(sum(tensor)), "float32"), [1]));
  const tensorNames = checked.map(
    (tensor, index) =>
      plan.labels.get(tensor) ?? `${tensor.operation.name} ${formatShape(tensor.shape)} (number ${index})`,
  );
  const program = compile({
    name: `${definition.name}_replay`,
    inputs: programInputs,
    outputs: { finite: concatenate(flags, 0) },
  });
  return { program, tensorNames };
}
