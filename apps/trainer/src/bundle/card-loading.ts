import type { BundleDescription, GraphTensor } from "@longview/formats";

const shapeOf = ({ shape }: GraphTensor): string => `[${shape.join(", ")}]`;

const MEANING: Readonly<Record<BundleDescription["distribution"], string>> = {
  categorical: "The action is drawn from the softmax of `logits`; the greedy action is the largest of them.",
  "multi-categorical":
    "Each component of the action is drawn from the softmax of its own part of `logits`, whose sizes are in `manifest.json` under `actionSpace.sizes`.",
  "diagonal-gaussian":
    "Each number of the action is drawn from a normal distribution with its `mean` and exp(`logStandardDeviation`), then clipped to the bounds in `manifest.json` under `actionSpace`.",
  "plackett-luce":
    "A slate is drawn place by place from the softmax of the `scores` of the candidates that are left (Plackett–Luce); its propensity is the product of those probabilities. The greedy slate takes the best scores in order.",
};

/** How a policy is run without anything of this project. */
export function loadingSection(description: BundleDescription): string[] {
  const { graph, distribution, propensityFloor, observation } = description;
  const outputs = graph.outputs.map(({ name }) => name);
  return [
    "## How to load it",
    "",
    "| Tensor | Name | Shape | Type |",
    "| --- | --- | --- | --- |",
    ...graph.inputs.map(
      (tensor) => `| input | \`${tensor.name}\` | ${shapeOf(tensor)} | ${tensor.dataType} |`,
    ),
    ...graph.outputs.map(
      (tensor) => `| output | \`${tensor.name}\` | ${shapeOf(tensor)} | ${tensor.dataType} |`,
    ),
    "",
    `Raw features go in: the normaliser is inside the graph. Their names and order are in \`manifest.json\` (${Object.entries(
      observation,
    )
      .filter(([name]) => name !== "mask")
      .map(([name, { features }]) => `${features.length} of \`${name}\``)
      .join(", ")}). ${MEANING[distribution]}`,
    "",
    ...(propensityFloor === 0
      ? []
      : [
          `Its propensity floor is ${propensityFloor}: with this probability a uniformly random choice is shown instead, and every propensity is (1 − ${propensityFloor}) · p + ${propensityFloor} · u.`,
          "",
        ]),
    "In Python:",
    "",
    "```python",
    "import numpy, onnxruntime",
    'session = onnxruntime.InferenceSession("policy.onnx")',
    `${outputs.join(", ")}${outputs.length === 1 ? "," : ""} = session.run([${outputs.map((name) => `"${name}"`).join(", ")}], {`,
    ...graph.inputs.map(
      ({ name, dataType }) =>
        `    "${name}": numpy.asarray(${name}, dtype=numpy.${dataType === "bool" ? "bool_" : dataType}),`,
    ),
    "})",
    "```",
    "",
    "In JavaScript:",
    "",
    "```js",
    'import { InferenceSession, Tensor } from "onnxruntime-node";',
    'const session = await InferenceSession.create("policy.onnx");',
    `const { ${outputs.join(", ")} } = await session.run({`,
    ...graph.inputs.map(
      ({ name, dataType }) => `  ${name}: new Tensor("${dataType}", ${name}Data, ${name}Shape),`,
    ),
    "});",
    "```",
    "",
    "The same graph for TensorFlow.js, in a browser as well: `tf.loadGraphModel` of `tensorflow/model.json`.",
    "",
    "`golden.json` holds 100 requests with the exact outputs and the tolerance to accept: a runtime that gives them runs this policy.",
    "",
  ];
}
