import { reshapeNode } from "../graph-model/nodes.ts";
import { int, text } from "../onnx/emitter.ts";
import { at, type Operation, requireDataType } from "../operation.ts";
import { elementCount, normalizeAxis, type Shape } from "../shape.ts";
import { inputOf, numberAttribute, Tensor } from "../tensor.ts";
import { transpose } from "./transpose.ts";

export const gatherOperation: Operation = {
  name: "gather",
  gradient: (output, gradient) => {
    const x = inputOf(output, 0);
    const indices = inputOf(output, 1);
    const axis = numberAttribute(output, "axis");
    const rank = x.shape.length;
    if (axis === 0) return [scatterRows(gradient, indices, x.shape), undefined];
    // bring the gathered axis first, scatter whole rows, and put it back
    const width = indices.shape.length;
    const axesOfIndices = indices.shape.map((_, index) => axis + index);
    const others = gradient.shape
      .map((_, index) => index)
      .filter((index) => index < axis || index >= axis + width);
    const moved = transpose(gradient, [...axesOfIndices, ...others]);
    const order = [axis, ...x.shape.map((_, index) => index).filter((index) => index !== axis)];
    const scattered = scatterRows(
      moved,
      indices,
      order.map((index) => at(x.shape, index)),
    );
    return [
      rank === 1
        ? scattered
        : transpose(
            scattered,
            order.map((_, index) => order.indexOf(index)),
          ),
      undefined,
    ];
  },
  onnx: (tensor, emitter) =>
    emitter.node("Gather", [emitter.nameOf(inputOf(tensor, 0)), emitter.nameOf(inputOf(tensor, 1))], {
      axis: int(numberAttribute(tensor, "axis")),
    }),
  graphModel: (tensor, emitter) => {
    const x = emitter.nameOf(inputOf(tensor, 0));
    const indices = inputOf(tensor, 1);
    const axis = emitter.integers(numberAttribute(tensor, "axis"));
    const name = emitter.nameOf(indices);
    if (indices.shape.length === 1) return emitter.node("GatherV2", [x, name, axis]);
    const flat = emitter.node("Reshape", [name, emitter.integers([-1])]);
    return reshapeNode(emitter, emitter.node("GatherV2", [x, flat, axis]), tensor.shape);
  },
  tensorflow: (tensor, inputs, { tf, resolve }) =>
    // a scalar index gathers one row and drops the axis; tfjs wants a vector
    tf.reshape(
      tf.gather(
        at(inputs, 0),
        tf.reshape(tf.cast(at(inputs, 1), "int32"), [-1]),
        numberAttribute(tensor, "axis"),
      ),
      resolve(tensor.shape),
    ),
  reference: (tensor, inputs) => {
    const x = at(inputs, 0);
    const indices = at(inputs, 1);
    const axis = numberAttribute(tensor, "axis");
    const outer = elementCount(x.shape.slice(0, axis));
    const length = at(x.shape, axis);
    const inner = elementCount(x.shape.slice(axis + 1));
    const count = indices.data.length;
    const data = new Float64Array(outer * count * inner);
    for (let block = 0; block < outer; block += 1) {
      for (let index = 0; index < count; index += 1) {
        const row = block * length + indices.data[index]!;
        data.set(x.data.subarray(row * inner, (row + 1) * inner), (block * count + index) * inner);
      }
    }
    return { data, shape: [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)] };
  },
};

/** Rows (positions along `axis`) of `x` picked by int32 indices in [0, length); the indices' axes replace `axis`. */
export function gather(x: Tensor, indices: Tensor, axis = 0): Tensor {
  requireDataType("gather", indices, ["int32"]);
  const position = normalizeAxis("gather", axis, x.shape);
  const shape = [...x.shape.slice(0, position), ...indices.shape, ...x.shape.slice(position + 1)];
  return new Tensor({
    operation: gatherOperation,
    inputs: [x, indices],
    shape,
    dataType: x.dataType,
    attributes: { axis: position },
  });
}

/** Adds the rows of `updates` onto zeros at the rows named by `indices`: the gradient of `gather`. */
export const scatterRowsOperation: Operation = {
  name: "scatterRows",
  gradient: (output, gradient) => [gather(gradient, inputOf(output, 1), 0), undefined],
  onnx: (tensor, emitter) => {
    const zeros = emitter.node("Expand", [emitter.constant("float32", [0], []), emitter.shape(tensor.shape)]);
    const indices = emitter.node("Cast", [emitter.nameOf(inputOf(tensor, 1))], { to: int(7) });
    const tuples = emitter.node("Unsqueeze", [indices, emitter.integers([-1])]);
    return emitter.node("ScatterND", [zeros, tuples, emitter.nameOf(inputOf(tensor, 0))], {
      reduction: text("add"),
    });
  },
  tensorflow: (tensor, inputs, { tf, resolve }) => {
    const shape = resolve(tensor.shape);
    const indices = at(inputs, 1);
    const rows = tf.reshape(at(inputs, 0), [indices.size, ...shape.slice(1)]);
    return tf.scatterND(tf.reshape(tf.cast(indices, "int32"), [-1, 1]), rows, shape);
  },
  reference: (tensor, inputs, { resolve }) => {
    const shape = resolve(tensor.shape);
    const inner = elementCount(shape.slice(1));
    const data = new Float64Array(elementCount(shape));
    const updates = at(inputs, 0).data;
    at(inputs, 1).data.forEach((row, index) => {
      for (let column = 0; column < inner; column += 1)
        data[row * inner + column]! += updates[index * inner + column]!;
    });
    return { data, shape };
  },
};

function scatterRows(updates: Tensor, indices: Tensor, shape: Shape): Tensor {
  return new Tensor({
    operation: scatterRowsOperation,
    inputs: [updates, indices],
    shape: [...shape],
    dataType: "float32",
  });
}
