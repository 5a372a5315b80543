import type { Operation } from "../operation.ts";
import { equalShapes, formatShape, ShapeError } from "../shape.ts";
import { numberAttribute, Tensor } from "../tensor.ts";
import { constant, placeholderOperation } from "./sources.ts";

const interpreted = (): never => {
  throw new Error("loop: run by the program, not as an operation");
};

const withoutGradient: Omit<Operation, "name"> = {
  gradient: () => {
    throw new Error("loop: no gradient passes through a loop; take gradients inside its body");
  },
  onnx: interpreted,
  tensorflow: interpreted,
  reference: interpreted,
};

export const loopOperation: Operation = { ...withoutGradient, name: "loop" };
/** One of a loop's results: first the final states, then the stacked outputs, last the number of iterations. */
export const loopResultOperation: Operation = { ...withoutGradient, name: "loopResult" };

export interface LoopStep {
  /** The next state: same names, shapes and data types. */
  readonly state: Readonly<Record<string, Tensor>>;
  /** bool scalar: this iteration was the last one (its state and outputs count). */
  readonly stop?: Tensor;
  /** Stacked over iterations on a new leading axis. */
  readonly outputs?: Readonly<Record<string, Tensor>>;
}

export interface LoopOptions {
  /** Most iterations: an int32 scalar or a number. */
  readonly count: Tensor | number;
  readonly state: Readonly<Record<string, Tensor>>;
  readonly body: (iteration: Tensor, state: Readonly<Record<string, Tensor>>) => LoopStep;
}

export interface LoopResult {
  readonly state: Readonly<Record<string, Tensor>>;
  readonly outputs: Readonly<Record<string, Tensor>>;
  /** How many iterations ran (int32 scalar). */
  readonly iterations: Tensor;
}

/** Name of the leading axis of stacked outputs. */
export const ITERATIONS = "iterations";

/** Repeats a body; tensors from outside that the body uses are captured and computed once. */
export function loop(options: LoopOptions): LoopResult {
  const count =
    typeof options.count === "number" ? constant(Int32Array.of(options.count), []) : options.count;
  if (count.dataType !== "int32" || count.shape.length !== 0) {
    throw new ShapeError(
      "loop",
      `the count must be an int32 scalar, got ${count.dataType} ${formatShape(count.shape)}`,
    );
  }
  const names = Object.keys(options.state);
  const initial = names.map((name) => options.state[name]!);
  const place = (name: string, like: Tensor): Tensor =>
    new Tensor({
      operation: placeholderOperation,
      inputs: [],
      shape: like.shape,
      dataType: like.dataType,
      name,
    });
  const iteration = new Tensor({
    operation: placeholderOperation,
    inputs: [],
    shape: [],
    dataType: "int32",
    name: "iteration",
  });
  const placeholders = names.map((name, index) => place(name, initial[index]!));
  const step = options.body(
    iteration,
    Object.fromEntries(names.map((name, index) => [name, placeholders[index]!])),
  );
  const stateOutputs = names.map((name, index) => {
    const next = step.state[name];
    const before = initial[index]!;
    if (next === undefined) throw new ShapeError("loop", `the body returns no state named ${name}`);
    if (!equalShapes(next.shape, before.shape) || next.dataType !== before.dataType) {
      throw new ShapeError(
        "loop",
        `state ${name} changes from ${before.dataType} ${formatShape(before.shape)} to ${next.dataType} ${formatShape(next.shape)}`,
      );
    }
    return next;
  });
  if (step.stop !== undefined && (step.stop.dataType !== "bool" || step.stop.shape.length !== 0)) {
    throw new ShapeError(
      "loop",
      `stop must be a bool scalar, got ${step.stop.dataType} ${formatShape(step.stop.shape)}`,
    );
  }
  const outputs = step.outputs ?? {};
  const outputNames = Object.keys(outputs);
  const stackedOutputs = outputNames.map((name) => outputs[name]!);
  const node = new Tensor({
    operation: loopOperation,
    inputs: [count, ...initial],
    shape: [],
    dataType: "float32",
    body: { iteration, placeholders, stateOutputs, stackedOutputs, stop: step.stop },
  });
  const result = (index: number, shape: Tensor["shape"], dataType: Tensor["dataType"]): Tensor =>
    new Tensor({ operation: loopResultOperation, inputs: [node], shape, dataType, attributes: { index } });
  return {
    state: Object.fromEntries(
      names.map((name, index) => [name, result(index, initial[index]!.shape, initial[index]!.dataType)]),
    ),
    outputs: Object.fromEntries(
      outputNames.map((name, index) => {
        const output = stackedOutputs[index]!;
        return [name, result(names.length + index, [ITERATIONS, ...output.shape], output.dataType)];
      }),
    ),
    iterations: result(names.length + outputNames.length, [], "int32"),
  };
}

export const loopResultIndex = (tensor: Tensor): number => numberAttribute(tensor, "index");
