import { at, type Operation, requireDataType } from "../operation.ts";
import { forEachIndex, stridesOf } from "../reference-values.ts";
import { elementCount, formatShape, normalizeAxis, ShapeError } from "../shape.ts";
import { inputOf, numberAttribute, Tensor } from "../tensor.ts";
import { slice } from "./slice.ts";

export const padOperation: Operation = {
  name: "pad",
  gradient: (output, gradient) => {
    const axis = numberAttribute(output, "axis");
    const start = numberAttribute(output, "before");
    return [slice(gradient, { axis, start, end: start + Number(at(inputOf(output).shape, axis)) })];
  },
  onnx: (tensor, emitter) => {
    const axis = numberAttribute(tensor, "axis");
    const pads = Array.from({ length: 2 * tensor.shape.length }, () => 0);
    pads[axis] = numberAttribute(tensor, "before");
    pads[axis + tensor.shape.length] = numberAttribute(tensor, "after");
    return emitter.node("Pad", [emitter.nameOf(inputOf(tensor)), emitter.integers(pads)]);
  },
  graphModel: (tensor, emitter) => {
    const axis = numberAttribute(tensor, "axis");
    const around = [numberAttribute(tensor, "before"), numberAttribute(tensor, "after")];
    const paddings = tensor.shape.flatMap((_, position) => (position === axis ? around : [0, 0]));
    return emitter.node("Pad", [
      emitter.nameOf(inputOf(tensor)),
      emitter.constant("int32", paddings, [tensor.shape.length, 2]),
    ]);
  },
  tensorflow: (tensor, inputs, { tf }) => {
    const x = at(inputs, 0);
    const axis = numberAttribute(tensor, "axis");
    const around: [number, number] = [numberAttribute(tensor, "before"), numberAttribute(tensor, "after")];
    return tf.pad(
      x,
      x.shape.map((_, position): [number, number] => (position === axis ? around : [0, 0])),
    );
  },
  reference: (tensor, inputs, { resolve }) => {
    const axis = numberAttribute(tensor, "axis");
    const shape = resolve(tensor.shape);
    const strides = stridesOf(shape);
    const data = new Float64Array(elementCount(shape));
    const x = at(inputs, 0);
    forEachIndex(x.shape, (flat, coordinates) => {
      let target = numberAttribute(tensor, "before") * at(strides, axis);
      coordinates.forEach((coordinate, position) => (target += coordinate * at(strides, position)));
      data[target] = x.data[flat]!;
    });
    return { data, shape };
  },
};

export interface PadOptions {
  readonly axis: number;
  readonly before: number;
  readonly after: number;
}

/** Adds zeros before and after along one axis of static length. */
export function pad(x: Tensor, options: PadOptions): Tensor {
  requireDataType("pad", x, ["float32"]);
  const axis = normalizeAxis("pad", options.axis, x.shape);
  const length = at(x.shape, axis);
  if (typeof length !== "number" || options.before < 0 || options.after < 0) {
    throw new ShapeError(
      "pad",
      `${options.before} and ${options.after} around axis ${axis} of ${formatShape(x.shape)}`,
    );
  }
  if (options.before === 0 && options.after === 0) return x;
  const shape = [...x.shape];
  shape[axis] = length + options.before + options.after;
  const attributes = { axis, before: options.before, after: options.after };
  return new Tensor({ operation: padOperation, inputs: [x], shape, dataType: x.dataType, attributes });
}
