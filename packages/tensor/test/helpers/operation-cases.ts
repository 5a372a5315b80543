import * as t from "../../src/index.ts";

/** Inputs of a case: differentiable ones are drawn from an interval, indices and flags are fixed by `fill`. */
export interface CaseInput {
  readonly shape: readonly number[];
  readonly dataType?: t.DataType;
  readonly low?: number;
  readonly high?: number;
  /** Upper bound (exclusive) of int32 values. */
  readonly below?: number;
}

export interface OperationCase {
  readonly name: string;
  /** `lengths` are random whole numbers from 1 to 4. */
  readonly inputs: (lengths: readonly [number, number, number]) => readonly CaseInput[];
  readonly build: (inputs: readonly t.Tensor[], lengths: readonly [number, number, number]) => t.Tensor;
}

type Unary = (x: t.Tensor) => t.Tensor;
const unary = (name: string, build: Unary, low = -2, high = 2): OperationCase => ({
  name,
  inputs: ([a, b]) => [{ shape: [a, b], low, high }],
  build: ([x]) => build(x!),
});

type Binary = (x: t.Tensor, y: t.Tensor) => t.Tensor;
const binary = (name: string, build: Binary, low = -2, high = 2): OperationCase[] => [
  {
    name: `${name} of equal shapes`,
    inputs: ([a, b]) => [
      { shape: [a, b], low, high },
      { shape: [a, b], low, high },
    ],
    build: ([x, y]) => build(x!, y!),
  },
  {
    name: `${name} broadcasting a row and a column`,
    inputs: ([a, b, c]) => [
      { shape: [c, a, 1], low, high },
      { shape: [b], low, high },
    ],
    build: ([x, y]) => build(x!, y!),
  },
];

const reduction = (
  name: string,
  build: (x: t.Tensor, options?: t.ReductionOptions) => t.Tensor,
): OperationCase[] => [
  { name: `${name} over everything`, inputs: ([a, b]) => [{ shape: [a, b] }], build: ([x]) => build(x!) },
  {
    name: `${name} over the first axis`,
    inputs: ([a, b]) => [{ shape: [a, b] }],
    build: ([x]) => build(x!, { axes: 0 }),
  },
  {
    name: `${name} over two axes, kept`,
    inputs: ([a, b, c]) => [{ shape: [a, b, c] }],
    build: ([x]) => build(x!, { axes: [0, -1], keepDimensions: true }),
  },
];

const compare = (name: string, build: Binary): OperationCase => ({
  name,
  inputs: ([a, b]) => [{ shape: [a, b] }, { shape: [b] }],
  build: ([x, y]) => t.where(build(x!, y!), t.multiply(x!, 3), t.square(y!)),
});

export const OPERATION_CASES: readonly OperationCase[] = [
  unary("negate", t.negate),
  unary("exp", t.exp),
  unary("log", t.log, 0.3, 3),
  unary("sqrt", t.sqrt, 0.3, 3),
  unary("square", t.square),
  unary("abs", t.abs),
  unary("sign", (x) => t.multiply(t.sign(x), x)),
  unary("tanh", t.tanh),
  unary("sigmoid", t.sigmoid),
  unary("relu", t.relu),
  unary("softplus", t.softplus, -4, 4),
  unary("clip by numbers", (x) => t.square(t.clip(x, -0.7, 0.9))),
  unary("clip by tensors", (x) => t.clip(x, t.negate(t.exp(x)), t.multiply(t.mean(x), 2))),
  unary("isFinite", (x) => t.where(t.isFinite(x), t.square(x), 0)),
  unary("stopGradient", (x) => t.multiply(t.stopGradient(t.constant(2)), x)),
  unary("named", (x) => t.named(t.exp(x), "label")),
  ...binary("add", t.add),
  ...binary("subtract", t.subtract),
  ...binary("multiply", t.multiply),
  ...binary("divide", t.divide, 0.4, 2),
  ...binary("minimum", t.minimum),
  ...binary("maximum", t.maximum),
  compare("less", t.less),
  compare("greater", t.greater),
  compare("lessOrEqual", t.lessOrEqual),
  compare("greaterOrEqual", t.greaterOrEqual),
  compare("equal", (x, y) => t.logicalNot(t.equal(x, t.multiply(y, x)))),
  compare("logicalAnd", (x, y) => t.logicalAnd(t.less(x, y), t.greater(x, -0.5))),
  compare("logicalOr", (x, y) => t.logicalOr(t.less(x, y), t.greater(x, 0.5))),
  {
    name: "where of flags",
    inputs: ([a, b]) => [{ shape: [a, b] }, { shape: [a, b], dataType: "bool" }],
    build: ([x, flag]) => t.where(t.where(flag!, t.greater(x!, 0), t.less(x!, 0.5)), t.exp(x!), x!),
  },
  {
    name: "cast of flags and indices",
    inputs: ([a, b]) => [
      { shape: [a, b] },
      { shape: [a, b], dataType: "bool" },
      { shape: [b], dataType: "int32", below: 5 },
    ],
    build: ([x, flag, index]) =>
      t.multiply(t.add(t.cast(flag!, "float32"), t.cast(t.add(index!, 1), "float32")), t.square(x!)),
  },
  {
    name: "matMul of matrices",
    inputs: ([a, b, c]) => [{ shape: [a, b] }, { shape: [b, c] }],
    build: ([x, y]) => t.matMul(x!, y!),
  },
  {
    name: "matMul of transposed matrices plus a bias",
    inputs: ([a, b, c]) => [{ shape: [b, a] }, { shape: [c, b] }, { shape: [c] }],
    build: ([x, y, bias]) => t.square(t.add(bias!, t.matMul(t.transpose(x!), t.transpose(y!)))),
  },
  {
    name: "matMul of a batch and a matrix plus a bias",
    inputs: ([a, b, c]) => [{ shape: [a, 2, b] }, { shape: [b, c] }, { shape: [c] }],
    build: ([x, y, bias]) => t.tanh(t.add(t.matMul(x!, y!), bias!)),
  },
  {
    name: "matMul of broadcasting batches",
    inputs: ([a, b, c]) => [{ shape: [a, 1, 2, b] }, { shape: [3, b, c] }],
    build: ([x, y]) => t.matMul(x!, y!),
  },
  {
    name: "two products that meet in one sum",
    inputs: ([a, b, c]) => [{ shape: [a, b] }, { shape: [b, c] }],
    build: ([x, y]) => t.add(t.matMul(x!, y!), t.matMul(t.exp(x!), t.tanh(y!))),
  },
  {
    name: "transpose",
    inputs: ([a, b, c]) => [{ shape: [a, b, c] }],
    build: ([x]) => t.square(t.transpose(x!, [2, 0, 1])),
  },
  {
    name: "reshape, expandDimensions and squeeze",
    inputs: ([a, b]) => [{ shape: [a, b, 2] }],
    build: ([x]) => t.squeeze(t.exp(t.expandDimensions(t.reshape(x!, [-1, 2]), 1)), 1),
  },
  {
    name: "broadcastTo",
    inputs: ([a]) => [{ shape: [a, 1] }],
    build: ([x], [a, b]) => t.square(t.broadcastTo(x!, [2, a, b])),
  },
  {
    name: "broadcastTo before a product",
    inputs: ([, b, c]) => [{ shape: [1, b] }, { shape: [b, c] }],
    build: ([x, y], [a, b]) => t.matMul(t.broadcastTo(t.exp(x!), [a, b]), y!),
  },
  {
    name: "concatenate",
    inputs: ([a, b, c]) => [{ shape: [a, b] }, { shape: [a, c] }],
    build: ([x, y]) => t.square(t.concatenate([x!, y!, x!], -1)),
  },
  {
    name: "slice",
    inputs: ([a, b]) => [{ shape: [a, b + 2] }],
    build: ([x]) => t.exp(t.slice(x!, { axis: 1, start: 1, end: -1 })),
  },
  {
    name: "neighbouring slices",
    inputs: ([a, b]) => [{ shape: [a, b + 2] }],
    build: ([x], [, b]) =>
      t.add(
        t.sum(t.exp(t.slice(x!, { axis: 1, start: 0, end: b }))),
        t.sum(t.square(t.slice(x!, { axis: 1, start: b }))),
      ),
  },
  {
    name: "split",
    inputs: ([a, b]) => [{ shape: [a + b, 2] }],
    build: ([x], [a, b]) => {
      const [first, second] = t.split(x!, [a, b]);
      return t.concatenate([t.exp(second!), t.square(first!)], 0);
    },
  },
  {
    name: "pad",
    inputs: ([a, b]) => [{ shape: [a, b] }],
    build: ([x]) => t.exp(t.pad(x!, { axis: 0, before: 1, after: 2 })),
  },
  {
    name: "gather of rows with repeats (an embedding)",
    inputs: ([a, b, c]) => [{ shape: [a, b] }, { shape: [c, 3], dataType: "int32", below: a }],
    build: ([x, index]) => t.square(t.gather(x!, index!, 0)),
  },
  {
    name: "gather along the middle axis",
    inputs: ([a, b, c]) => [{ shape: [a, b, c] }, { shape: [3, 2], dataType: "int32", below: b }],
    build: ([x, index]) => t.square(t.gather(x!, index!, 1)),
  },
  {
    name: "gather by a scalar",
    inputs: ([a, b]) => [{ shape: [a, b] }, { shape: [], dataType: "int32", below: b }],
    build: ([x, index]) => t.exp(t.gather(x!, index!, 1)),
  },
  {
    name: "gatherElements with repeats",
    inputs: ([a, b]) => [{ shape: [a, b] }, { shape: [a, 3], dataType: "int32", below: b }],
    build: ([x, index]) => t.square(t.gatherElements(x!, index!, 1)),
  },
  {
    name: "gatherElements along the first axis",
    inputs: ([a, b]) => [{ shape: [a, b] }, { shape: [3, b], dataType: "int32", below: a }],
    build: ([x, index]) => t.square(t.gatherElements(x!, index!, 0)),
  },
  {
    name: "oneHot",
    inputs: ([a, b]) => [{ shape: [b, 4] }, { shape: [a], dataType: "int32", below: b }],
    build: ([x, index], [, b]) => t.square(t.matMul(t.oneHot(index!, b), x!)),
  },
  ...reduction("sum", t.sum),
  ...reduction("mean", t.mean),
  ...reduction("maximumOver", t.maximumOver),
  ...reduction("minimumOver", t.minimumOver),
  ...reduction("logSumExp", t.logSumExp),
  {
    name: "sum over many rows",
    inputs: ([, b]) => [{ shape: [20, b] }],
    build: ([x]) => t.exp(t.sum(t.square(x!), { axes: 0 })),
  },
  unary("softmax over the last axis", (x) => t.softmax(x)),
  unary("softmax over the first axis", (x) => t.softmax(x, { axes: 0 })),
  unary("logSoftmax over the last axis", (x) => t.logSoftmax(x)),
  unary("logSoftmax over the first axis", (x) => t.logSoftmax(x, { axes: [0] })),
  ...[false, true].flatMap((exclusive) =>
    [false, true].map((reverse): OperationCase => ({
      name: `cumulativeSum${exclusive ? ", exclusive" : ""}${reverse ? ", reversed" : ""}`,
      inputs: ([a, b, c]) => [{ shape: [a, b, c] }],
      build: ([x]) => t.square(t.cumulativeSum(x!, { axis: 1, exclusive, reverse })),
    })),
  ),
];
