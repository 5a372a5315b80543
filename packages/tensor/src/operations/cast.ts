import { typeAttribute } from "../graph-model/emitter.ts";
import { onnxElementType } from "../onnx/protobuf.ts";
import { int } from "../onnx/emitter.ts";
import { at, type Operation } from "../operation.ts";
import { mapReference } from "../reference-values.ts";
import { type DataType, inputOf, Tensor } from "../tensor.ts";

export const castOperation: Operation = {
  name: "cast",
  gradient: (output, gradient) => [
    output.dataType === "float32" && inputOf(output).dataType === "float32" ? gradient : undefined,
  ],
  onnx: (tensor, emitter) =>
    emitter.node("Cast", [emitter.nameOf(inputOf(tensor))], { to: int(onnxElementType(tensor.dataType)) }),
  graphModel: (tensor, emitter) =>
    emitter.node("Cast", [emitter.nameOf(inputOf(tensor))], { DstT: typeAttribute(tensor.dataType) }),
  tensorflow: (tensor, inputs, { tf }) => tf.cast(at(inputs, 0), tensor.dataType),
  reference: (tensor, inputs) => {
    if (tensor.dataType === "bool") return mapReference(at(inputs, 0), (value) => (value === 0 ? 0 : 1));
    return tensor.dataType === "int32" ? mapReference(at(inputs, 0), Math.trunc) : at(inputs, 0);
  },
};

/** Changes the data type; bool becomes 0 or 1, float32 is cut towards zero on its way to int32. */
export function cast(x: Tensor, dataType: DataType): Tensor {
  if (x.dataType === dataType) return x;
  return new Tensor({ operation: castOperation, inputs: [x], shape: x.shape, dataType });
}
