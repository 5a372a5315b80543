import fc from "fast-check";
import { expect, test } from "vitest";
import * as t from "../src/index.ts";
import { topologicalOrder } from "../src/lowering/topology.ts";
import { differences } from "./helpers/close.ts";
import { OPERATION_CASES } from "./helpers/operation-cases.ts";
import { size, stream, values } from "./helpers/random-values.ts";

type Feeds = Readonly<Record<string, t.ReferenceFeed>>;

/** Evaluates tensors exactly as they were built: nothing folded, merged, moved or fused. */
function evaluateAsBuilt(outputs: readonly t.Tensor[], feeds: Feeds): t.ReferenceValue[] {
  const results = new Map<t.Tensor, t.ReferenceValue>();
  const resolve = (shape: t.Shape): number[] => shape.map(Number);
  for (const tensor of topologicalOrder(outputs)) {
    const fed = tensor.operation.name === "input" ? feeds[tensor.name!] : undefined;
    const inputs = tensor.inputs.map((input) => results.get(input)!);
    results.set(
      tensor,
      fed === undefined
        ? tensor.operation.reference(tensor, inputs, { resolve })
        : { data: Float64Array.from(fed.data), shape: fed.shape },
    );
  }
  return outputs.map((output) => results.get(output)!);
}

// folding rounds constants to float32, as every executor would
const FOLDED = { absolute: 1e-6, relative: 1e-6 };

function expectSame(inputs: readonly t.Tensor[], outputs: readonly t.Tensor[], feeds: Feeds): void {
  const program = t.compile({
    name: "lowered",
    inputs,
    outputs: Object.fromEntries(outputs.map((output, index) => [`y${index}`, output])),
  });
  const lowered = t.referenceEvaluate(program, feeds);
  evaluateAsBuilt(outputs, feeds).forEach((expected, index) => {
    expect(lowered[`y${index}`]!.shape).toEqual(expected.shape);
    expect(differences(lowered[`y${index}`]!.data, expected.data, FOLDED), `output ${index}`).toEqual([]);
  });
}

test.each(OPERATION_CASES.map((operation) => [operation.name, operation] as const))(
  "compiling changes no value: %s and its derivatives",
  (_name, operation) => {
    const lengths = [3, 2, 4] as const;
    const draw = stream(17);
    const specs = operation.inputs(lengths);
    const inputs = specs.map((spec, index) => t.input(`x${index}`, spec.shape, spec.dataType ?? "float32"));
    const feeds = Object.fromEntries(
      specs.map((spec, index) => {
        const raw = values(size(spec.shape), draw, spec.low ?? -1, spec.high ?? 1);
        const data =
          spec.dataType === undefined
            ? raw
            : raw.map((value) => Math.floor(((value + 1) / 2) * (spec.below ?? 2)));
        return [`x${index}`, { data, shape: spec.shape }];
      }),
    );
    const variables = inputs.filter((input) => input.dataType === "float32");
    const output = operation.build(inputs, lengths);
    const first = t.gradients(t.sum(t.square(output)), variables);
    const second = t.gradients(
      first.map((gradient) => t.sum(t.square(gradient))).reduce((a, b) => t.add(a, b)),
      variables,
    );
    expectSame(inputs, [output, ...first, ...second], feeds);
  },
);

type Step = readonly [kind: number, first: number, second: number];

/** Grows a graph of [4, 3]-shaped and smaller tensors by random steps. */
function grow(inputs: readonly t.Tensor[], steps: readonly Step[]): t.Tensor[] {
  const pool: t.Tensor[] = [...inputs];
  const rules: readonly ((a: t.Tensor, b: t.Tensor) => t.Tensor)[] = [
    (a, b) => t.add(a, b),
    (a, b) => t.multiply(a, b),
    (a, b) => t.subtract(a, b),
    (a, b) => t.minimum(a, b),
    (a) => t.tanh(a),
    (a) => t.negate(a),
    (a) => t.broadcastTo(a, [4, 3]),
    (a) => t.reshape(t.tanh(t.reshape(a, [-1])), a.shape),
    (a) => t.multiply(t.add(a, 0), 1),
    (a) => t.sum(t.broadcastTo(a, [4, 3]), { axes: 0, keepDimensions: true }),
    (a, b) =>
      t.matMul(
        t.broadcastTo(a, [4, 3]),
        t.matMul(t.transpose(t.broadcastTo(b, [4, 3])), t.broadcastTo(a, [4, 3])),
      ),
    (a, b) => t.add(t.matMul(t.broadcastTo(a, [4, 3]), t.constant([1, 0, 2, 0, 1, 0, -1, 0, 1], [3, 3])), b),
    (a) => t.transpose(t.reshape(t.transpose(t.broadcastTo(a, [4, 3])), [3, 4])),
    (a, b) => t.where(t.less(a, b), a, t.square(b)),
    (a) => t.named(t.stopGradient(a), "label"),
    (a) =>
      t.sum(t.broadcastTo(t.expandDimensions(t.broadcastTo(a, [4, 3]), 0), [20, 4, 3]), { axes: [0, 1] }),
    (a) => t.divide(a, t.add(t.constant(2), t.exp(t.constant(0)))),
  ];
  for (const [kind, first, second] of steps) {
    const left = pool[first % pool.length]!;
    const right = pool[second % pool.length]!;
    pool.push(rules[kind % rules.length]!(left, right));
  }
  return pool;
}

test("compiling changes no value of random graphs and their gradients", () => {
  const step = fc.tuple(fc.nat(16), fc.nat(30), fc.nat(30));
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 12 }), fc.integer(), (steps, seed) => {
      const inputs = [t.input("a", [4, 3]), t.input("b", [3]), t.input("c", [4, 1]), t.input("d", [])];
      const draw = stream(seed);
      const feeds = Object.fromEntries(
        inputs.map((input) => {
          const shape = input.shape.map(Number);
          return [input.name!, { data: values(size(shape), draw, -0.5, 0.5), shape }];
        }),
      );
      const pool = grow(inputs, steps);
      const loss = t.mean(t.tanh(pool.at(-1)!));
      expectSame(inputs, [...pool.slice(-3), loss, ...t.gradients(loss, inputs)], feeds);
    }),
    { numRuns: 300, seed: 5 },
  );
});
