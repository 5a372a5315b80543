import { equalShapes, type Shape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { sum } from "./reductions.ts";
import { reshape } from "./reshape.ts";

/** Undoes broadcasting: sums over the axes that `shape` lacks or holds once. */
export function sumToShape(tensor: Tensor, shape: Shape): Tensor {
  if (equalShapes(tensor.shape, shape)) return tensor;
  const extra = tensor.shape.length - shape.length;
  const axes: number[] = [];
  tensor.shape.forEach((dimension, axis) => {
    const target = axis < extra ? undefined : shape[axis - extra];
    if (target === undefined || (target === 1 && dimension !== 1)) axes.push(axis);
  });
  const summed = axes.length === 0 ? tensor : sum(tensor, { axes });
  return equalShapes(summed.shape, shape) ? summed : reshape(summed, shape);
}
