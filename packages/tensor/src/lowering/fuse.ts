import type { Shape } from "../shape.ts";
import { inputOf, numbersAttribute, Tensor } from "../tensor.ts";
import { addOperation } from "../operations/elementwise-binary.ts";
import { gemmOperation, matMulOperation } from "../operations/mat-mul.ts";
import { transposeOperation } from "../operations/transpose.ts";
import type { Rewrite } from "./canonicalize.ts";
import { bodyOutputs, topologicalOrder } from "./topology.ts";

/** How often each tensor is read, by operations, loops and as an output. */
export function countUses(outputs: readonly Tensor[]): Map<Tensor, number> {
  const uses = new Map<Tensor, number>();
  const count = (tensor: Tensor): void => void uses.set(tensor, (uses.get(tensor) ?? 0) + 1);
  for (const tensor of topologicalOrder(outputs)) {
    tensor.inputs.forEach(count);
    if (tensor.body !== undefined) bodyOutputs(tensor.body).forEach(count);
  }
  outputs.forEach(count);
  return uses;
}

function untransposed(tensor: Tensor): Tensor | undefined {
  if (tensor.operation !== transposeOperation) return undefined;
  return numbersAttribute(tensor, "permutation").join() === "1,0" ? inputOf(tensor) : undefined;
}

function toGemm(tensor: Tensor): Tensor {
  const left = inputOf(tensor, 0);
  const right = inputOf(tensor, 1);
  if (left.shape.length !== 2 || right.shape.length !== 2) return tensor;
  const plainLeft = untransposed(left);
  const plainRight = untransposed(right);
  return new Tensor({
    operation: gemmOperation,
    inputs: [plainLeft ?? left, plainRight ?? right],
    shape: tensor.shape,
    dataType: tensor.dataType,
    attributes: { transposeLeft: plainLeft !== undefined, transposeRight: plainRight !== undefined },
  });
}

/** ONNX Gemm takes an addend that broadcasts to the product, not the other way round. */
function fitsAsAddend(addend: Shape, product: Shape): boolean {
  if (addend.length > 2) return false;
  return addend.every((dimension, index) => {
    const target = product[index + product.length - addend.length];
    return dimension === target || dimension === 1;
  });
}

/** Two-dimensional products become Gemm, which takes transposed operands as they are. */
export function productsToGemm(tensor: Tensor): Tensor {
  return tensor.operation === matMulOperation ? toGemm(tensor) : tensor;
}

/** A product that a single addition reads takes the addend in. `outputs`: the graph before this pass. */
export function addendsIntoGemm(outputs: readonly Tensor[]): Rewrite {
  const uses = countUses(outputs);
  return (tensor, original) => {
    if (tensor.operation !== addOperation || original.operation !== addOperation) return tensor;
    for (const [index, other] of [
      [0, 1],
      [1, 0],
    ] as const) {
      const product = inputOf(tensor, index);
      const addend = inputOf(tensor, other);
      const before = inputOf(original, index);
      if (before.operation !== gemmOperation || uses.get(before) !== 1 || product.inputs.length !== 2)
        continue;
      if (!fitsAsAddend(addend.shape, product.shape)) continue;
      return new Tensor({
        operation: gemmOperation,
        inputs: [...product.inputs, addend],
        shape: tensor.shape,
        dataType: tensor.dataType,
        attributes: product.attributes,
      });
    }
    return tensor;
  };
}
