"""Runs an exported policy's graph with NumPy alone: one function an operation, as the ONNX standard defines it.

For machines without an ONNX runtime, and as an independent check of one. `onnx` is needed to read the file.
"""

import numpy as np
import onnx
from onnx import numpy_helper

NUMPY_TYPES = {1: np.float32, 6: np.int32, 7: np.int64, 9: np.bool_, 11: np.float64}


def _gemm(inputs, attributes):
    left, right = inputs[0], inputs[1]
    left = left.T if attributes.get("transA", 0) else left
    right = right.T if attributes.get("transB", 0) else right
    product = left @ right
    return product + inputs[2] if len(inputs) > 2 else product


def _reduce(function):
    def apply(inputs, attributes):
        axes = inputs[1] if len(inputs) > 1 else attributes.get("axes")
        axes = None if axes is None else tuple(int(axis) for axis in np.atleast_1d(axes))
        return function(inputs[0], axis=axes, keepdims=bool(attributes.get("keepdims", 1)))

    return apply


def _reshape(inputs, _):
    shape = [inputs[0].shape[i] if length == 0 else int(length) for i, length in enumerate(inputs[1])]
    return inputs[0].reshape(shape)


def _softmax(inputs, attributes):
    axis = attributes.get("axis", -1)
    powers = np.exp(inputs[0] - inputs[0].max(axis=axis, keepdims=True))
    return powers / powers.sum(axis=axis, keepdims=True)


OPERATIONS = {
    "Add": lambda x, _: x[0] + x[1],
    "Sub": lambda x, _: x[0] - x[1],
    "Mul": lambda x, _: x[0] * x[1],
    "Div": lambda x, _: x[0] / x[1],
    "Neg": lambda x, _: -x[0],
    "Exp": lambda x, _: np.exp(x[0]),
    "Log": lambda x, _: np.log(x[0]),
    "Sqrt": lambda x, _: np.sqrt(x[0]),
    "Tanh": lambda x, _: np.tanh(x[0]),
    "Relu": lambda x, _: np.maximum(x[0], 0),
    "Sigmoid": lambda x, _: 1 / (1 + np.exp(-x[0])),
    "Max": lambda x, _: np.maximum.reduce(np.broadcast_arrays(*x)),
    "Min": lambda x, _: np.minimum.reduce(np.broadcast_arrays(*x)),
    "Clip": lambda x, _: np.clip(x[0], x[1], x[2]),
    "MatMul": lambda x, _: x[0] @ x[1],
    "Gemm": _gemm,
    "Where": lambda x, _: np.where(x[0], x[1], x[2]),
    "Cast": lambda x, a: x[0].astype(NUMPY_TYPES[a["to"]]),
    "Shape": lambda x, _: np.array(x[0].shape, dtype=np.int64),
    "Gather": lambda x, a: np.take(x[0], x[1], axis=a.get("axis", 0)),
    "Concat": lambda x, a: np.concatenate(x, axis=a["axis"]),
    "Reshape": _reshape,
    "Expand": lambda x, _: x[0] * np.ones([int(length) for length in x[1]], dtype=x[0].dtype),
    "Unsqueeze": lambda x, _: np.expand_dims(x[0], tuple(int(axis) for axis in x[1])),
    "Squeeze": lambda x, _: np.squeeze(x[0], tuple(int(axis) for axis in x[1])),
    "Transpose": lambda x, a: np.transpose(x[0], a.get("perm")),
    "Identity": lambda x, _: x[0],
    "ReduceSum": _reduce(np.sum),
    "ReduceMean": _reduce(np.mean),
    "ReduceMax": _reduce(np.max),
    "Softmax": _softmax,
}


class NumpyEvaluator:
    """Same call as `onnx.reference.ReferenceEvaluator`: `run(output names, feeds)`."""

    def __init__(self, path):
        model = onnx.load(path)
        self.graph = model.graph
        self.constants = {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
        unknown = sorted({node.op_type for node in model.graph.node} - set(OPERATIONS) - {"Constant"})
        if unknown:
            raise SystemExit(f"{path}: the NumPy evaluator has no {', '.join(unknown)}; install onnxruntime")

    def run(self, outputs, feeds):
        values = {**self.constants, **feeds}
        for node in self.graph.node:
            attributes = {each.name: onnx.helper.get_attribute_value(each) for each in node.attribute}
            if node.op_type == "Constant":
                values[node.output[0]] = numpy_helper.to_array(attributes["value"])
                continue
            values[node.output[0]] = OPERATIONS[node.op_type]([values[name] for name in node.input], attributes)
        return [values[name] for name in outputs or [output.name for output in self.graph.output]]
