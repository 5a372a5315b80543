import { expect, test } from "vitest";
import * as t from "../src/index.ts";
import { bodyOutputs, topologicalOrder } from "../src/lowering/topology.ts";
import { OPERATION_CASES } from "./helpers/operation-cases.ts";

test("every registered operation is exercised by a case, a gradient of one, or the loop tests", () => {
  const seen = new Set<string>(["loop", "loopResult", "placeholder"]);
  const collect = (tensors: readonly t.Tensor[]): void => {
    for (const tensor of topologicalOrder(tensors)) {
      seen.add(tensor.operation.name);
      if (tensor.body !== undefined) collect(bodyOutputs(tensor.body));
    }
  };
  for (const operation of OPERATION_CASES) {
    const lengths = [2, 3, 4] as const;
    const inputs = operation
      .inputs(lengths)
      .map((spec, index) => t.input(`x${index}`, spec.shape, spec.dataType ?? "float32"));
    const output = operation.build(inputs, lengths);
    const slopes = t.gradients(
      t.sum(output),
      inputs.filter((tensor) => tensor.dataType === "float32"),
    );
    collect([output, ...slopes]);
    collect([...t.compile({ name: "case", inputs, outputs: { output } }).plan.outputs]);
  }
  const batch = t.input("batch", ["rows"]);
  collect(t.gradients(t.mean(batch), [batch]));
  expect(t.OPERATIONS.map(({ name }) => name).filter((name) => !seen.has(name))).toEqual([]);
  expect(new Set(t.OPERATIONS.map(({ name }) => name)).size).toBe(t.OPERATIONS.length);
});

test("a served inference graph consists of operations that a graph model may contain", () => {
  const observation = t.input("observation", ["B", 4]);
  const mask = t.input("mask", ["B", 2], "bool");
  const hidden = t.tanh(
    t.add(t.matMul(t.clip(observation, -10, 10), t.constant(0.5, [4, 3])), t.constant(0.1, [3])),
  );
  const logits = t.where(mask, t.matMul(hidden, t.constant(0.2, [3, 2])), -1e8);
  const program = t.compile({ name: "served", inputs: [observation, mask], outputs: { logits } });
  expect(program.plan.nodes.filter(({ operation }) => !operation.graphModel)).toEqual([]);
});
