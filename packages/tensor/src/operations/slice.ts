import type { GraphModelEmitter } from "../graph-model/emitter.ts";
import { int } from "../onnx/emitter.ts";
import { at, type Operation, type ReferenceValue } from "../operation.ts";
import { forEachIndex, stridesOf } from "../reference-values.ts";
import { elementCount, formatShape, normalizeAxis, ShapeError } from "../shape.ts";
import { inputOf, numberAttribute, numbersAttribute, Tensor } from "../tensor.ts";
import { pad } from "./pad.ts";

function sliceReference(value: ReferenceValue, axis: number, start: number, length: number): ReferenceValue {
  const shape = [...value.shape];
  shape[axis] = length;
  const strides = stridesOf(value.shape);
  const data = new Float64Array(elementCount(shape));
  forEachIndex(shape, (flat, coordinates) => {
    let source = start * at(strides, axis);
    coordinates.forEach((coordinate, position) => (source += coordinate * at(strides, position)));
    data[flat] = value.data[source]!;
  });
  return { data, shape };
}

function tensorflowBounds(
  shape: readonly number[],
  axis: number,
  start: number,
  length: number,
): [number[], number[]] {
  const begin = shape.map((_, position) => (position === axis ? start : 0));
  return [begin, shape.map((full, position) => (position === axis ? length : full))];
}

function sliceNode(
  tensor: Tensor,
  emitter: GraphModelEmitter,
  axis: number,
  start: number,
  length: number,
): string {
  const along = (value: number, elsewhere: number): number[] =>
    tensor.shape.map((_, position) => (position === axis ? value : elsewhere));
  return emitter.node("Slice", [
    emitter.nameOf(inputOf(tensor)),
    emitter.integers(along(start, 0)),
    // a size of −1 goes to the end
    emitter.integers(along(length, -1)),
  ]);
}

export const sliceOperation: Operation = {
  name: "slice",
  gradient: (output, gradient) => {
    const axis = numberAttribute(output, "axis");
    const start = numberAttribute(output, "start");
    const full = Number(at(inputOf(output).shape, axis));
    const length = Number(at(output.shape, axis));
    return [pad(gradient, { axis, before: start, after: full - start - length })];
  },
  onnx: (tensor, emitter) => {
    const axis = numberAttribute(tensor, "axis");
    const start = numberAttribute(tensor, "start");
    const end = start + Number(at(tensor.shape, axis));
    return emitter.node("Slice", [
      emitter.nameOf(inputOf(tensor)),
      emitter.integers([start]),
      emitter.integers([end]),
      emitter.integers([axis]),
    ]);
  },
  graphModel: (tensor, emitter) => {
    const axis = numberAttribute(tensor, "axis");
    return sliceNode(tensor, emitter, axis, numberAttribute(tensor, "start"), Number(at(tensor.shape, axis)));
  },
  tensorflow: (tensor, inputs, { tf }) => {
    const axis = numberAttribute(tensor, "axis");
    const x = at(inputs, 0);
    return tf.slice(
      x,
      ...tensorflowBounds(x.shape, axis, numberAttribute(tensor, "start"), Number(at(tensor.shape, axis))),
    );
  },
  reference: (tensor, inputs) => {
    const axis = numberAttribute(tensor, "axis");
    return sliceReference(
      at(inputs, 0),
      axis,
      numberAttribute(tensor, "start"),
      Number(at(tensor.shape, axis)),
    );
  },
};

export interface SliceOptions {
  readonly axis: number;
  /** First position; negative counts from the end. */
  readonly start: number;
  /** One past the last position; negative counts from the end. @defaultValue the axis's length */
  readonly end?: number;
}

/** A range of positions along one axis of static length. */
export function slice(x: Tensor, options: SliceOptions): Tensor {
  const axis = normalizeAxis("slice", options.axis, x.shape);
  const full = at(x.shape, axis);
  if (typeof full !== "number") {
    throw new ShapeError("slice", `axis ${axis} of ${formatShape(x.shape)} must have a static length`);
  }
  const start = options.start < 0 ? options.start + full : options.start;
  const rawEnd = options.end ?? full;
  const end = rawEnd < 0 ? rawEnd + full : rawEnd;
  if (!(start >= 0 && start <= end && end <= full)) {
    throw new ShapeError(
      "slice",
      `range ${options.start} to ${rawEnd} is outside axis ${axis} of ${formatShape(x.shape)}`,
    );
  }
  if (start === 0 && end === full) return x;
  const shape = [...x.shape];
  shape[axis] = end - start;
  return new Tensor({
    operation: sliceOperation,
    inputs: [x],
    shape,
    dataType: x.dataType,
    attributes: { axis, start },
  });
}

/** One part of a `split`: all parts of one tensor come from one ONNX Split. */
export const splitPartOperation: Operation = {
  name: "splitPart",
  gradient: (output, gradient) => {
    const sizes = numbersAttribute(output, "sizes");
    const index = numberAttribute(output, "index");
    const before = sizes.slice(0, index).reduce((total, size) => total + size, 0);
    const after = sizes.slice(index + 1).reduce((total, size) => total + size, 0);
    return [pad(gradient, { axis: numberAttribute(output, "axis"), before, after })];
  },
  onnx: (tensor, emitter) => {
    const x = inputOf(tensor);
    const axis = numberAttribute(tensor, "axis");
    const sizes = numbersAttribute(tensor, "sizes");
    const parts = emitter.shared(x, `split ${axis} ${sizes.join(" ")}`, () =>
      emitter.nodes("Split", [emitter.nameOf(x), emitter.integers(sizes)], sizes.length, { axis: int(axis) }),
    );
    return at(parts, numberAttribute(tensor, "index"));
  },
  graphModel: (tensor, emitter) => {
    const sizes = numbersAttribute(tensor, "sizes");
    const index = numberAttribute(tensor, "index");
    const start = sizes.slice(0, index).reduce((total, size) => total + size, 0);
    return sliceNode(tensor, emitter, numberAttribute(tensor, "axis"), start, at(sizes, index));
  },
  tensorflow: (tensor, inputs, { tf }) => {
    const sizes = numbersAttribute(tensor, "sizes");
    const index = numberAttribute(tensor, "index");
    const start = sizes.slice(0, index).reduce((total, size) => total + size, 0);
    const x = at(inputs, 0);
    return tf.slice(
      x,
      ...tensorflowBounds(x.shape, numberAttribute(tensor, "axis"), start, at(sizes, index)),
    );
  },
  reference: (tensor, inputs) => {
    const sizes = numbersAttribute(tensor, "sizes");
    const index = numberAttribute(tensor, "index");
    const start = sizes.slice(0, index).reduce((total, size) => total + size, 0);
    return sliceReference(at(inputs, 0), numberAttribute(tensor, "axis"), start, at(sizes, index));
  },
};

/** Cuts an axis of static length into consecutive parts of the given sizes. */
export function split(x: Tensor, sizes: readonly number[], axis = 0): Tensor[] {
  const position = normalizeAxis("split", axis, x.shape);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  if (total !== x.shape[position]) {
    throw new ShapeError(
      "split",
      `sizes [${sizes.join(", ")}] do not fill axis ${axis} of ${formatShape(x.shape)}`,
    );
  }
  if (sizes.length === 1) return [x];
  return sizes.map((size, index) => {
    const shape = [...x.shape];
    shape[position] = size;
    return new Tensor({
      operation: splitPartOperation,
      inputs: [x],
      shape,
      dataType: x.dataType,
      attributes: { axis: position, sizes: [...sizes], index },
    });
  });
}
