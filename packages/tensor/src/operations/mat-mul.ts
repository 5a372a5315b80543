import { truthAttribute } from "../graph-model/emitter.ts";
import { broadcastNode } from "../graph-model/nodes.ts";
import { int } from "../onnx/emitter.ts";
import {
  at,
  type Operation,
  requireDataType,
  type ReferenceValue,
  type TensorFlowContext,
  type TensorFlowTensor,
} from "../operation.ts";
import { broadcastReference, transposeReference, zipReference } from "../reference-values.ts";
import { broadcastShapes, elementCount, equalShapes, formatShape, ShapeError } from "../shape.ts";
import { flagAttribute, inputOf, Tensor } from "../tensor.ts";
import { reshape } from "./reshape.ts";
import { sumToShape } from "./sum-to-shape.ts";
import { transpose } from "./transpose.ts";

function multiplyReference(first: ReferenceValue, second: ReferenceValue): ReferenceValue {
  const batch = zipReference(
    { data: new Float64Array(elementCount(first.shape.slice(0, -2))), shape: first.shape.slice(0, -2) },
    { data: new Float64Array(elementCount(second.shape.slice(0, -2))), shape: second.shape.slice(0, -2) },
    () => 0,
  ).shape;
  const rows = first.shape.at(-2)!;
  const inner = first.shape.at(-1)!;
  const columns = second.shape.at(-1)!;
  const left = broadcastReference(first, [...batch, rows, inner]).data;
  const right = broadcastReference(second, [...batch, inner, columns]).data;
  const data = new Float64Array(elementCount(batch) * rows * columns);
  for (let block = 0; block < elementCount(batch); block += 1) {
    for (let row = 0; row < rows; row += 1) {
      for (let column = 0; column < columns; column += 1) {
        let total = 0;
        for (let index = 0; index < inner; index += 1) {
          total +=
            left[(block * rows + row) * inner + index]! * right[(block * inner + index) * columns + column]!;
        }
        data[(block * rows + row) * columns + column] = total;
      }
    }
  }
  return { data, shape: [...batch, rows, columns] };
}

export const matMulOperation: Operation = {
  name: "matMul",
  gradient: (output, gradient) => {
    const left = inputOf(output, 0);
    const right = inputOf(output, 1);
    return [
      sumToShape(matMul(gradient, transpose(right)), left.shape),
      sumToShape(matMul(transpose(left), gradient), right.shape),
    ];
  },
  onnx: (tensor, emitter) =>
    emitter.node("MatMul", [emitter.nameOf(inputOf(tensor, 0)), emitter.nameOf(inputOf(tensor, 1))]),
  graphModel: (tensor, emitter) => {
    // as below: leading axes do not broadcast both ways
    const batch = tensor.shape.slice(0, -2);
    const whole = (x: Tensor): string =>
      broadcastNode(emitter, { name: emitter.nameOf(x), shape: x.shape, dataType: x.dataType }, [
        ...batch,
        ...x.shape.slice(-2),
      ]);
    return emitter.node("BatchMatMulV2", [whole(inputOf(tensor, 0)), whole(inputOf(tensor, 1))]);
  },
  tensorflow: (tensor, inputs, { tf, resolve }) => {
    // tfjs does not broadcast leading axes both ways
    const batch = resolve(tensor.shape).slice(0, -2);
    const whole = (x: TensorFlowTensor): TensorFlowTensor => {
      const shape = [...batch, ...x.shape.slice(-2)];
      return equalShapes(shape, x.shape) ? x : tf.broadcastTo(x, shape);
    };
    return tf.matMul(whole(at(inputs, 0)), whole(at(inputs, 1)));
  },
  reference: (_tensor, inputs) => multiplyReference(at(inputs, 0), at(inputs, 1)),
};

/**
 * Matrix product of the last two axes; leading axes broadcast. A two-dimensional `right` under a `left` of more
 * axes becomes one product over all its rows.
 */
export function matMul(left: Tensor, right: Tensor): Tensor {
  requireDataType("matMul", left, ["float32"]);
  requireDataType("matMul", right, ["float32"]);
  const describe = `shapes ${formatShape(left.shape)} and ${formatShape(right.shape)}`;
  if (left.shape.length < 2 || right.shape.length < 2) {
    throw new ShapeError("matMul", `${describe} must both have two axes or more`);
  }
  const inner = at(left.shape, left.shape.length - 1);
  if (inner !== right.shape.at(-2)) {
    throw new ShapeError(
      "matMul",
      `${describe} do not agree: inner lengths ${inner} and ${right.shape.at(-2)}`,
    );
  }
  const columns = at(right.shape, right.shape.length - 1);
  if (left.shape.length > 2 && right.shape.length === 2) {
    return reshape(matMul(reshape(left, [-1, inner]), right), [...left.shape.slice(0, -1), columns]);
  }
  const batch = broadcastShapes("matMul", left.shape.slice(0, -2), right.shape.slice(0, -2));
  const shape = [...batch, at(left.shape, left.shape.length - 2), columns];
  return new Tensor({ operation: matMulOperation, inputs: [left, right], shape, dataType: "float32" });
}

function tensorflowGemm(
  tensor: Tensor,
  inputs: readonly TensorFlowTensor[],
  context: TensorFlowContext,
): TensorFlowTensor {
  const { tf, backend } = context;
  let left = at(inputs, 0);
  let right = at(inputs, 1);
  let transposeLeft = flagAttribute(tensor, "transposeLeft");
  let transposeRight = flagAttribute(tensor, "transposeRight");
  if (backend === "wasm") {
    // tfjs-wasm multiplies a transposed operand 10-18 times slower than it transposes it first
    if (transposeLeft) left = tf.transpose(left);
    if (transposeRight) right = tf.transpose(right);
    transposeLeft = false;
    transposeRight = false;
  }
  const product = tf.matMul(left, right, transposeLeft, transposeRight);
  const bias = inputs[2];
  return bias === undefined ? product : tf.add(product, bias);
}

/** left·right + bias with transposed operands; made by the compiler alone, from matMul, transpose and add. */
export const gemmOperation: Operation = {
  name: "gemm",
  gradient: () => {
    throw new Error("gemm: made while compiling; gradients are taken before");
  },
  onnx: (tensor, emitter) =>
    emitter.node(
      "Gemm",
      tensor.inputs.map((input) => emitter.nameOf(input)),
      {
        ...(flagAttribute(tensor, "transposeLeft") ? { transA: int(1) } : {}),
        ...(flagAttribute(tensor, "transposeRight") ? { transB: int(1) } : {}),
      },
    ),
  graphModel: (tensor, emitter) => {
    const [left, right, bias] = tensor.inputs.map((input) => emitter.nameOf(input));
    const product = emitter.node("MatMul", [left ?? "", right ?? ""], {
      transpose_a: truthAttribute(flagAttribute(tensor, "transposeLeft")),
      transpose_b: truthAttribute(flagAttribute(tensor, "transposeRight")),
    });
    return bias === undefined ? product : emitter.node("AddV2", [product, bias]);
  },
  tensorflow: tensorflowGemm,
  reference: (tensor, inputs) => {
    const left = flagAttribute(tensor, "transposeLeft")
      ? transposeReference(at(inputs, 0), [1, 0])
      : at(inputs, 0);
    const right = flagAttribute(tensor, "transposeRight")
      ? transposeReference(at(inputs, 1), [1, 0])
      : at(inputs, 1);
    const product = multiplyReference(left, right);
    const bias = inputs[2];
    return bias === undefined ? product : zipReference(product, bias, (first, second) => first + second);
  },
};
