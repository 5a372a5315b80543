/**
 * Samples a second of a whole PPO update (gradient, clipping, Adam) on one thread: the best call by the clock, and by
 * processor time, which a busy machine disturbs less.
 * Run: node --import tsx packages/tensor/bench/update.bench.ts [seconds each]
 */
import * as t from "../src/index.ts";

interface Setting {
  readonly name: string;
  readonly hidden: readonly [number, number];
  readonly minibatchSize: number;
}

const INPUTS = 64;
const ACTIONS = 32;
const ROWS = 8192;
const SETTINGS: readonly Setting[] = [
  { name: "64-64 tanh, minibatch 256", hidden: [64, 64], minibatchSize: 256 },
  { name: "64-64 tanh, minibatch 1024", hidden: [64, 64], minibatchSize: 1024 },
  { name: "256-256 tanh, minibatch 1024", hidden: [256, 256], minibatchSize: 1024 },
];

/** A fixed, unremarkable sequence: the figures do not depend on the values. */
function fill(out: Float32Array, scale: number): Float32Array {
  let state = 12345;
  for (let index = 0; index < out.length; index += 1) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    out[index] = scale * (state / 2 ** 31 - 1);
  }
  return out;
}

export function ppoUpdate({ name, hidden, minibatchSize }: Setting): {
  program: t.UpdateProgram;
  specifications: t.ParameterSpecification[];
} {
  const specifications: t.ParameterSpecification[] = [
    { name: "trunk1.weight", shape: [INPUTS, hidden[0]], initializer: { orthogonal: Math.SQRT2 } },
    { name: "trunk1.bias", shape: [hidden[0]], initializer: "zeros" },
    { name: "trunk2.weight", shape: [hidden[0], hidden[1]], initializer: { orthogonal: Math.SQRT2 } },
    { name: "trunk2.bias", shape: [hidden[1]], initializer: "zeros" },
    { name: "head.weight", shape: [hidden[1], ACTIONS + 1], initializer: { orthogonal: 0.01 } },
    { name: "head.bias", shape: [ACTIONS + 1], initializer: "zeros" },
  ];
  const scalar = { rowShape: [], dataType: "float32" as const };
  const program = t.compileUpdate({
    name: name.replaceAll(/\W+/g, "_"),
    layout: t.parameterLayout(specifications),
    batch: {
      observation: { rowShape: [INPUTS], dataType: "float32" },
      action: { rowShape: [], dataType: "int32" },
      oldLogProbability: scalar,
      advantage: scalar,
      return: scalar,
    },
    scalars: ["clipRange", "entropyCoefficient", "valueCoefficient"],
    minibatchSize,
    maximumGradientNorm: 0.5,
    optimizer: { kind: "adam", epsilon: 1e-5, beta1: 0.9, beta2: 0.999 },
    loss: ({ parameters: p, batch: b, scalars: s }) => {
      const first = t.tanh(t.add(t.matMul(b["observation"]!, p["trunk1.weight"]!), p["trunk1.bias"]!));
      const second = t.tanh(t.add(t.matMul(first, p["trunk2.weight"]!), p["trunk2.bias"]!));
      const head = t.add(t.matMul(second, p["head.weight"]!), p["head.bias"]!);
      const logits = t.slice(head, { axis: 1, start: 0, end: ACTIONS });
      const value = t.squeeze(t.slice(head, { axis: 1, start: ACTIONS }), 1);
      const logProbabilities = t.logSoftmax(logits);
      const taken = t.squeeze(t.gatherElements(logProbabilities, t.expandDimensions(b["action"]!, 1), 1), 1);
      const logRatio = t.subtract(taken, b["oldLogProbability"]!);
      const ratio = t.exp(logRatio);
      const raw = b["advantage"]!;
      const centered = t.subtract(raw, t.mean(raw));
      const deviation = t.sqrt(t.divide(t.sum(t.square(centered)), minibatchSize - 1));
      const advantage = t.divide(centered, t.add(deviation, 1e-8));
      const low = t.subtract(1, s["clipRange"]!);
      const high = t.add(1, s["clipRange"]!);
      const clipped = t.minimum(t.maximum(ratio, low), high);
      const policyLoss = t.negate(
        t.mean(t.minimum(t.multiply(ratio, advantage), t.multiply(clipped, advantage))),
      );
      const valueLoss = t.mean(t.square(t.subtract(value, b["return"]!)));
      const entropy = t.negate(
        t.mean(t.sum(t.multiply(t.exp(logProbabilities), logProbabilities), { axes: 1 })),
      );
      const loss = t.add(
        policyLoss,
        t.subtract(
          t.multiply(valueLoss, s["valueCoefficient"]!),
          t.multiply(entropy, s["entropyCoefficient"]!),
        ),
      );
      const approximateKl = t.mean(t.subtract(t.subtract(ratio, 1), logRatio));
      const clipFraction = t.mean(t.cast(t.greater(t.abs(t.subtract(ratio, 1)), s["clipRange"]!), "float32"));
      return { loss, metrics: { policyLoss, valueLoss, entropy, approximateKl, clipFraction } };
    },
  });
  return { program, specifications };
}

interface Speed {
  readonly samplesPerSecond: number;
  readonly samplesPerProcessorSecond: number;
}

async function measure(executor: t.Executor, setting: Setting, seconds: number): Promise<Speed> {
  const { program, specifications } = ppoUpdate(setting);
  const update = await executor.loadUpdate(program);
  const parameters = t.initializeParameters(specifications, { first: 1, second: 2 });
  const epochs = 4;
  const run: t.UpdateInput = {
    parameters,
    optimizer: t.createOptimizerState(parameters.length),
    batch: {
      observation: fill(new Float32Array(ROWS * INPUTS), 1),
      action: Int32Array.from({ length: ROWS }, (_, row) => (row * 7) % ACTIONS),
      oldLogProbability: new Float32Array(ROWS).fill(-Math.log(ACTIONS)),
      advantage: fill(new Float32Array(ROWS), 1),
      return: fill(new Float32Array(ROWS), 1),
    },
    rowCount: ROWS,
    minibatches: Int32Array.from({ length: ROWS * epochs }, (_, index) => (index * 4099) % ROWS),
    scalars: { clipRange: 0.2, entropyCoefficient: 0.01, valueCoefficient: 0.5 },
    learningRate: 3e-4,
  };
  await update.run(run);
  let wall = Infinity;
  let processor = Infinity;
  const end = performance.now() + 1000 * seconds;
  while (performance.now() < end) {
    const start = performance.now();
    const usage = process.cpuUsage();
    await update.run(run);
    const { user, system } = process.cpuUsage(usage);
    wall = Math.min(wall, (performance.now() - start) / 1e3);
    processor = Math.min(processor, (user + system) / 1e6);
  }
  const samples = ROWS * epochs;
  return {
    samplesPerSecond: Math.round(samples / wall),
    samplesPerProcessorSecond: Math.round(samples / processor),
  };
}

const seconds = Number(process.argv[2] ?? 4);
const executor = await t.createExecutor("onnxruntime");
for (const setting of SETTINGS) {
  const speed = await measure(executor, setting, seconds);
  console.log(JSON.stringify({ setting: setting.name, executor: executor.name, ...speed }));
}
