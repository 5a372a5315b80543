import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import * as t from "../src/index.ts";
import { differences } from "./helpers/close.ts";
import { type CaseInput, OPERATION_CASES, type OperationCase } from "./helpers/operation-cases.ts";
import { size, stream, values } from "./helpers/random-values.ts";

const executors: t.Executor[] = [];
beforeAll(async () => {
  executors.push(await t.createExecutor("onnxruntime"), await t.createExecutor("tensorflow"));
});

type Lengths = [number, number, number];
const lengths = fc.tuple(
  fc.integer({ min: 1, max: 4 }),
  fc.integer({ min: 1, max: 4 }),
  fc.integer({ min: 1, max: 4 }),
);

function dataFor(spec: CaseInput, draw: () => number): t.TensorData {
  const count = size(spec.shape);
  if (spec.dataType === "int32")
    return Int32Array.from({ length: count }, () => Math.floor(draw() * (spec.below ?? 2)));
  if (spec.dataType === "bool") return Uint8Array.from({ length: count }, () => (draw() < 0.5 ? 0 : 1));
  return values(count, draw, spec.low ?? -1, spec.high ?? 1);
}

/** The operation, a weighted sum of it, that sum's gradient, and the gradient's own weighted gradient. */
function buildCase(operation: OperationCase, shape: Lengths, seed: number) {
  const draw = stream(seed);
  const specs = operation.inputs(shape);
  const inputs = specs.map((spec, index) => t.input(`x${index}`, spec.shape, spec.dataType ?? "float32"));
  const output = operation.build(inputs, shape);
  const outputShape = output.shape.map(Number);
  const weights = t.input("weights", outputShape);
  const loss = t.sum(t.multiply(output, weights));
  const variables = inputs.filter((input) => input.dataType === "float32");
  const first = t.gradients(loss, variables);
  const directions = variables.map((variable, index) => t.input(`direction${index}`, variable.shape));
  const slope = first
    .map((gradient, index) => t.sum(t.multiply(gradient, directions[index]!)))
    .reduce((a, b) => t.add(a, b));
  const second = t.gradients(slope, variables);
  const program = t.compile({
    name: "case",
    inputs: [...inputs, weights, ...directions],
    outputs: {
      output,
      loss,
      slope,
      ...Object.fromEntries(first.map((gradient, index) => [`first${index}`, gradient])),
      ...Object.fromEntries(second.map((gradient, index) => [`second${index}`, gradient])),
    },
  });
  const feeds: Record<string, t.TensorValue> = {};
  inputs.forEach(
    (input, index) =>
      (feeds[input.name!] = { data: dataFor(specs[index]!, draw), shape: specs[index]!.shape }),
  );
  feeds["weights"] = { data: values(size(outputShape), draw), shape: outputShape };
  directions.forEach((direction) => {
    const directionShape = direction.shape.map(Number);
    feeds[direction.name!] = { data: values(size(directionShape), draw), shape: directionShape };
  });
  return { program, feeds, variables };
}

function centralDifference(
  program: t.Program,
  feeds: Record<string, t.ReferenceFeed>,
  name: string,
  output: string,
): Float64Array {
  const feed = feeds[name]!;
  const step = 1e-5;
  return Float64Array.from({ length: feed.data.length }, (_, index) => {
    const at = (offset: number): number => {
      const data = Float64Array.from(feed.data);
      data[index]! += offset;
      return t.referenceEvaluate(program, { ...feeds, [name]: { data, shape: feed.shape } })[output]!
        .data[0]!;
    };
    return (at(step) - at(-step)) / (2 * step);
  });
}

// the truncation error of a central difference with step 1e-5 is about 1e-10, its rounding error about 1e-10
// each derivative multiplies a few float32 roundings more
const SECOND_DERIVATIVES = { absolute: 3e-5, relative: 3e-5 };
const DIFFERENCE = { absolute: 2e-7, relative: 2e-7 };

describe.each(OPERATION_CASES.map((operation) => [operation.name, operation] as const))(
  "%s",
  (_name, operation) => {
    test("has first and second derivatives equal to central differences", () => {
      fc.assert(
        fc.property(lengths, fc.integer(), (shape, seed) => {
          const { program, feeds, variables } = buildCase(operation, shape, seed);
          const results = t.referenceEvaluate(program, feeds);
          variables.forEach((variable, index) => {
            const name = variable.name!;
            expect(
              differences(
                results[`first${index}`]!.data,
                centralDifference(program, feeds, name, "loss"),
                DIFFERENCE,
              ),
              `first ${name}`,
            ).toEqual([]);
            expect(
              differences(
                results[`second${index}`]!.data,
                centralDifference(program, feeds, name, "slope"),
                DIFFERENCE,
              ),
              `second ${name}`,
            ).toEqual([]);
          });
        }),
        { numRuns: 6, seed: 7 },
      );
    });

    test("gives the float64 values on both executors (float32, second derivatives: 3e-5)", async () => {
      await fc.assert(
        fc.asyncProperty(lengths, fc.integer(), async (shape, seed) => {
          const { program, feeds } = buildCase(operation, shape, seed);
          const expected = t.referenceEvaluate(program, feeds);
          for (const executor of executors) {
            const results = await (await executor.load(program)).run(feeds);
            for (const [name, value] of Object.entries(expected)) {
              expect(results[name]!.shape, `${executor.name} ${name}`).toEqual(value.shape);
              expect(
                differences(results[name]!.data, value.data, SECOND_DERIVATIVES),
                `${executor.name} ${name}`,
              ).toEqual([]);
            }
          }
        }),
        { numRuns: 3, seed: 11 },
      );
    });
  },
);
