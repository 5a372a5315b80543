import type { Operation, ReferenceValue } from "../operation.ts";
import { elementCount, formatShape, ShapeError, type Shape } from "../shape.ts";
import { type DataType, type Operand, Tensor, type TensorData } from "../tensor.ts";

function notExecuted(name: string): never {
  throw new Error(`${name}: a value that is fed, not computed`);
}

function source(name: string): Operation {
  return {
    name,
    gradient: () => [],
    onnx: () => notExecuted(name),
    tensorflow: () => notExecuted(name),
    reference: (): ReferenceValue => notExecuted(name),
  };
}

export const inputOperation: Operation = { ...source("input"), graphModel: () => notExecuted("input") };
/** A value that a loop hands to its body: the iteration number or a state tensor. */
export const placeholderOperation = source("placeholder");
export const constantOperation: Operation = {
  ...source("constant"),
  graphModel: () => notExecuted("constant"),
  tensorflow: (tensor, _inputs, { tf }) => {
    const shape = tensor.shape.map(Number);
    return tf.tensor(tensor.data ?? new Float32Array(), shape, tensor.dataType);
  },
  reference: (tensor) => ({ data: Float64Array.from(tensor.data ?? []), shape: tensor.shape.map(Number) }),
};

/** A value that is fed when the program runs. */
export function input(name: string, shape: Shape, dataType: DataType = "float32"): Tensor {
  for (const dimension of shape) {
    const valid =
      typeof dimension === "number"
        ? Number.isInteger(dimension) && dimension >= 0
        : /^[A-Za-z_]\w*$/.test(dimension);
    if (!valid)
      throw new ShapeError(
        "input",
        `${name} has the dimension ${dimension}; whole numbers and plain names are allowed`,
      );
  }
  return new Tensor({ operation: inputOperation, inputs: [], shape: [...shape], dataType, name });
}

function typed(dataType: DataType, values: ArrayLike<number>): TensorData {
  if (dataType === "float32") return Float32Array.from(values);
  if (dataType === "int32") return Int32Array.from(values);
  return Uint8Array.from(values, (value) => (value === 0 ? 0 : 1));
}

function inferredDataType(values: ArrayLike<number>): DataType {
  if (values instanceof Int32Array) return "int32";
  if (values instanceof Uint8Array) return "bool";
  return "float32";
}

/** A fixed value. The data type follows a typed array (Uint8Array: bool), else float32. */
export function constant(
  values: number | readonly number[] | TensorData | Float64Array,
  shape?: readonly number[],
  dataType?: DataType,
): Tensor {
  const list: ArrayLike<number> = typeof values === "number" ? [values] : values;
  const actualShape = shape ?? (typeof values === "number" ? [] : [list.length]);
  const actualType = dataType ?? inferredDataType(list);
  const count = elementCount(actualShape);
  let data = typed(actualType, list);
  if (list.length === 1 && count > 1)
    data = typed(
      actualType,
      Array.from({ length: count }, () => list[0] ?? 0),
    );
  if (data.length !== count) {
    throw new ShapeError(
      "constant",
      `${list.length} values do not fill the shape ${formatShape(actualShape)}`,
    );
  }
  return new Tensor({
    operation: constantOperation,
    inputs: [],
    shape: [...actualShape],
    dataType: actualType,
    data,
  });
}

/** A number operand becomes a scalar constant of the other operand's data type. */
export function operand(value: Operand, like?: Tensor): Tensor {
  return value instanceof Tensor ? value : constant(value, [], like?.dataType ?? "float32");
}
