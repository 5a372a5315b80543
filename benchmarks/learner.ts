import { rootKey, foldIn, shuffleInto } from "@longview/statistics";
import * as t from "@longview/tensor";
import { interleave, medianRate, numberOption, timed, type Rate } from "./measure.ts";
import { rateIn, runPython, Skipped } from "./python.ts";
import { Report } from "./row.ts";

interface Setting {
  readonly hidden: number;
  readonly minibatchSize: number;
  /** How many times PyTorch eager, CleanRL's style, ours must be. */
  readonly bar: number;
}

const SETTINGS: readonly Setting[] = [
  { hidden: 64, minibatchSize: 256, bar: 4 },
  { hidden: 256, minibatchSize: 1024, bar: 1.5 },
];
const INPUTS = 64;
const ACTIONS = 32;
const MINIBATCHES = 4;
const EPOCHS = 4;

function specifications(hidden: number): readonly t.ParameterSpecification[] {
  const layer = (name: string, inputs: number, outputs: number, gain: number): t.ParameterSpecification[] => [
    { name: `${name}.weight`, shape: [inputs, outputs], initializer: { orthogonal: gain } },
    { name: `${name}.bias`, shape: [outputs], initializer: "zeros" },
  ];
  return [
    ...layer("first", INPUTS, hidden, Math.SQRT2),
    ...layer("second", hidden, hidden, Math.SQRT2),
    ...layer("actor", hidden, ACTIONS, 0.01),
    ...layer("critic", hidden, 1, 1),
  ];
}

/** The loss of benchmarks/pytorch/update.py, the same metrics included. */
function loss({ parameters, batch, scalars }: t.LossInput): t.LossOutput {
  const linear = (x: t.Tensor, name: string) =>
    t.add(t.matMul(x, parameters[`${name}.weight`]!), parameters[`${name}.bias`]!);
  const features = t.tanh(linear(t.tanh(linear(batch["observation"]!, "first")), "second"));
  const logProbabilities = t.logSoftmax(linear(features, "actor"));
  const value = t.squeeze(linear(features, "critic"), 1);
  const taken = t.squeeze(t.gatherElements(logProbabilities, t.expandDimensions(batch["action"]!, 1), 1), 1);
  const logRatio = t.subtract(taken, batch["oldLogProbability"]!);
  const ratio = t.exp(logRatio);
  const raw = batch["advantage"]!;
  const size = raw.shape[0];
  if (typeof size !== "number") throw new Error("the minibatch has a fixed size");
  const centred = t.subtract(raw, t.mean(raw));
  const deviation = t.sqrt(t.divide(t.sum(t.square(centred)), size - 1));
  const advantage = t.divide(centred, t.add(deviation, 1e-8));
  const clipRange = scalars["clipRange"]!;
  const clipped = t.minimum(t.maximum(ratio, t.subtract(1, clipRange)), t.add(1, clipRange));
  const policyLoss = t.negate(
    t.mean(t.minimum(t.multiply(ratio, advantage), t.multiply(clipped, advantage))),
  );
  const valueLoss = t.multiply(0.5, t.mean(t.square(t.subtract(value, batch["return"]!))));
  const entropy = t.negate(t.mean(t.sum(t.multiply(t.exp(logProbabilities), logProbabilities), { axes: 1 })));
  return {
    loss: t.add(t.subtract(policyLoss, t.multiply(0.01, entropy)), t.multiply(0.5, valueLoss)),
    metrics: {
      policyLoss,
      valueLoss,
      entropy,
      approximateKl: t.mean(t.subtract(t.subtract(ratio, 1), logRatio)),
      clipFraction: t.mean(t.cast(t.greater(t.abs(t.subtract(ratio, 1)), clipRange), "float32")),
    },
  };
}

/** Fills with numbers in (−scale, scale) that look random; the figures do not depend on them. */
function fill(out: Float32Array, scale: number): Float32Array {
  let state = 12_345;
  for (let i = 0; i < out.length; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    out[i] = scale * (state / 2 ** 31 - 1);
  }
  return out;
}

/** Returns a function that learns for some seconds and says how many samples a second went through. */
async function ours({ hidden, minibatchSize }: Setting): Promise<(seconds: number) => Promise<Rate>> {
  const specs = specifications(hidden);
  const row = { rowShape: [], dataType: "float32" } as const;
  const program = t.compileUpdate({
    name: `ppo-${hidden}`,
    layout: t.parameterLayout(specs),
    batch: {
      observation: { rowShape: [INPUTS], dataType: "float32" },
      action: { rowShape: [], dataType: "int32" },
      oldLogProbability: row,
      advantage: row,
      return: row,
    },
    scalars: ["clipRange"],
    minibatchSize,
    maximumGradientNorm: 0.5,
    optimizer: { kind: "adam", epsilon: 1e-5, beta1: 0.9, beta2: 0.999 },
    loss,
  });
  const executor = await t.createExecutor("onnxruntime");
  const update = await executor.loadUpdate(program);
  const rows = minibatchSize * MINIBATCHES;
  const parameters = t.initializeParameters(specs, { first: 1, second: 2 });
  const minibatches = new Int32Array(rows * EPOCHS);
  const input: t.UpdateInput = {
    parameters,
    optimizer: t.createOptimizerState(parameters.length),
    batch: {
      observation: fill(new Float32Array(rows * INPUTS), 1.7),
      action: Int32Array.from({ length: rows }, (_, i) => (i * 7) % ACTIONS),
      oldLogProbability: new Float32Array(rows).fill(-Math.log(ACTIONS)),
      advantage: fill(new Float32Array(rows), 1.7),
      return: fill(new Float32Array(rows), 1.7),
    },
    rowCount: rows,
    minibatches,
    scalars: { clipRange: 0.2 },
    learningRate: 2.5e-4,
  };
  const order = Int32Array.from({ length: rows }, (_, i) => i);
  let shuffles = 0;
  const learn = async () => {
    for (let epoch = 0; epoch < EPOCHS; epoch++) {
      shuffleInto(order, foldIn(rootKey("shuffles"), shuffles++));
      minibatches.set(order, epoch * rows);
    }
    await update.run(input);
  };
  for (let i = 0; i < 3; i++) await learn();
  return (seconds) =>
    timed(async () => {
      const began = performance.now();
      let updates = 0;
      while (performance.now() - began < seconds * 1000) {
        await learn();
        updates++;
      }
      return updates * EPOCHS * rows;
    });
}

/** `npm run bench -- learner [--rounds N] [--seconds S]`: whole PPO updates, ours and PyTorch's in turn. */
export async function run(args: readonly string[]): Promise<number> {
  const report = new Report("learner", args);
  const rounds = numberOption(args, "rounds", 5);
  const seconds = numberOption(args, "seconds", 2);
  for (const setting of SETTINGS) {
    const { hidden, minibatchSize, bar } = setting;
    const learn = await ours(setting);
    const pytorch = (style: string) => async () => {
      const options = [
        "--hidden",
        hidden,
        "--minibatch",
        minibatchSize,
        "--seconds",
        seconds,
        "--style",
        style,
      ];
      return rateIn(await runPython("update.py", options.map(String)));
    };
    const name = `PPO update, ${INPUTS} → ${hidden}-${hidden} tanh → ${ACTIONS} + 1, minibatch ${minibatchSize}`;
    const unit = `samples / s, one thread, median of ${rounds} interleaved`;
    try {
      const rateOf = await interleave(rounds, {
        ours: () => learn(seconds),
        cleanrl: pytorch("cleanrl"),
        tuned: pytorch("tuned"),
      });
      const measured = rateOf("ours");
      for (const style of ["cleanrl", "tuned"] as const) {
        const theirs = rateOf(style);
        const ratio = measured.wall / theirs.wall;
        const barred = style === "cleanrl";
        report.add({
          name,
          measured: measured.wall,
          unit,
          comparedWith: `PyTorch eager, ${barred ? "CleanRL's style" : "tuned (log_softmax, no distribution objects)"}: ${Math.round(theirs.wall)}`,
          ratio,
          bar: barred ? `ratio >= ${bar}` : null,
          met: barred ? ratio >= bar : null,
          note: `by processor time ${(measured.cpu / theirs.cpu).toFixed(2)}`,
        });
      }
    } catch (error) {
      if (!(error instanceof Skipped)) throw error;
      const measured = medianRate([await learn(seconds), await learn(seconds), await learn(seconds)]).wall;
      report.add({
        name,
        measured,
        unit,
        comparedWith: "nothing",
        ratio: null,
        bar: `ratio >= ${bar}`,
        met: null,
        note: `PyTorch skipped: ${error.message}`,
      });
    }
  }
  return report.exitCode;
}
