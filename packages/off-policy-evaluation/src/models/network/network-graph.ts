import {
  add,
  broadcastTo,
  compile,
  compileUpdate,
  constant,
  gather,
  input,
  matMul,
  mean,
  multiply,
  parameterLayout,
  reshape,
  softplus,
  square,
  subtract,
  sum,
  tanh,
  unflatten,
  type ParameterSpecification,
  type Program,
  type Tensor,
  type UpdateProgram,
} from "@longview/tensor";

/** What a reward network's graph depends on. */
export interface NetworkShape {
  readonly actionCount: number;
  readonly positionColumns: number;
  readonly featureCount: number;
  readonly actionFeatureCount: number;
  /** Standardised, [actionCount · actionFeatureCount]. */
  readonly actionFeatures: Float64Array;
  readonly hidden: readonly number[];
  readonly head: "identity" | "sigmoid";
}

type Tensors = Readonly<Record<string, Tensor>>;

/** Parameters by name: one-hot columns are rows of tables, so that they cost a look-up. */
export function networkParameters(shape: NetworkShape): ParameterSpecification[] {
  const first = shape.hidden[0]!;
  const tables: [string, number][] = [
    ["action", shape.actionCount],
    ["position", shape.positionColumns],
    ["features", shape.featureCount],
    ["actionFeatures", shape.actionFeatureCount],
  ];
  const specifications: ParameterSpecification[] = tables
    .filter(([, rows]) => rows > 0)
    .map(([name, rows]) => ({ name, shape: [rows, first], initializer: { orthogonal: 1 } }));
  specifications.push({ name: "bias0", shape: [first], initializer: "zeros" });
  for (let layer = 1; layer < shape.hidden.length; layer++)
    specifications.push(
      {
        name: `weight${layer}`,
        shape: [shape.hidden[layer - 1]!, shape.hidden[layer]!],
        initializer: { orthogonal: 1 },
      },
      { name: `bias${layer}`, shape: [shape.hidden[layer]!], initializer: "zeros" },
    );
  specifications.push(
    { name: "weightOut", shape: [shape.hidden.at(-1)!, 1], initializer: { orthogonal: 0.1 } },
    { name: "biasOut", shape: [1], initializer: "zeros" },
  );
  return specifications;
}

/** [actions, first hidden layer]: what each action adds before the first tanh. */
function actionTable(shape: NetworkShape, parameters: Tensors): Tensor {
  const own = parameters["action"]!;
  if (shape.actionFeatureCount === 0) return own;
  const features = constant(Float32Array.from(shape.actionFeatures), [
    shape.actionCount,
    shape.actionFeatureCount,
  ]);
  return add(own, matMul(features, parameters["actionFeatures"]!));
}

/** [rows, first hidden layer]: what position and features add. */
function contextPart(shape: NetworkShape, parameters: Tensors, rows: Tensors): Tensor {
  let part = parameters["bias0"]!;
  if (shape.featureCount > 0) part = add(matMul(rows["features"]!, parameters["features"]!), part);
  if (shape.positionColumns > 0) part = add(part, gather(parameters["position"]!, rows["position"]!));
  return part;
}

/** Score of each line of `before`, [lines, first hidden layer] → [lines]. */
function scores(shape: NetworkShape, parameters: Tensors, before: Tensor): Tensor {
  let values = tanh(before);
  for (let layer = 1; layer < shape.hidden.length; layer++)
    values = tanh(add(matMul(values, parameters[`weight${layer}`]!), parameters[`bias${layer}`]!));
  return reshape(add(matMul(values, parameters["weightOut"]!), parameters["biasOut"]!), [-1]);
}

function loggedScores(shape: NetworkShape, parameters: Tensors, rows: Tensors): Tensor {
  const chosen = gather(actionTable(shape, parameters), rows["action"]!);
  return scores(shape, parameters, add(chosen, contextPart(shape, parameters, rows)));
}

/** A pass over minibatches: squared error or cross-entropy, weighted, and the squares of what is no bias. */
export function networkUpdate(shape: NetworkShape, minibatchSize: number): UpdateProgram {
  const layout = parameterLayout(networkParameters(shape));
  return compileUpdate({
    name: "reward_network",
    layout,
    batch: {
      action: { rowShape: [], dataType: "int32" },
      target: { rowShape: [], dataType: "float32" },
      weight: { rowShape: [], dataType: "float32" },
      ...(shape.positionColumns > 0 ? { position: { rowShape: [], dataType: "int32" } } : {}),
      ...(shape.featureCount > 0
        ? { features: { rowShape: [shape.featureCount], dataType: "float32" } }
        : {}),
    },
    scalars: ["decay"],
    minibatchSize,
    loss: ({ parameters, batch, scalars }) => {
      const score = loggedScores(shape, parameters, batch);
      const target = batch["target"]!;
      const losses =
        shape.head === "sigmoid"
          ? subtract(softplus(score), multiply(target, score))
          : multiply(square(subtract(score, target)), 0.5);
      const squares = layout.entries
        .filter(({ name }) => !name.startsWith("bias"))
        .map(({ name }) => sum(square(parameters[name]!)))
        .reduce((total, part) => add(total, part));
      const penalty = multiply(multiply(scalars["decay"]!, 0.5), squares);
      return { loss: add(mean(multiply(batch["weight"]!, losses)), penalty), metrics: {} };
    },
    optimizer: { kind: "adam", epsilon: 1e-8, beta1: 0.9, beta2: 0.999 },
    maximumGradientNorm: 10,
  });
}

/** Scores of the logged action, [rows], or of every action, [rows · actions]. */
export function networkProgram(shape: NetworkShape, which: "logged" | "every"): Program {
  const layout = parameterLayout(networkParameters(shape));
  const flat = input("parameters", [layout.size]);
  const rows: Record<string, Tensor> = {};
  if (which === "logged") rows["action"] = input("action", ["rows"], "int32");
  if (shape.positionColumns > 0) rows["position"] = input("position", ["rows"], "int32");
  if (shape.featureCount > 0) rows["features"] = input("features", ["rows", shape.featureCount]);
  // A model of actions alone still needs to know how many rows are asked for.
  const zero = input("zero", ["rows", 1]);
  const parameters = unflatten(flat, layout);
  const outputs = (): Tensor => {
    if (which === "logged") return loggedScores(shape, parameters, rows);
    const first = shape.hidden[0]!;
    const context = reshape(add(contextPart(shape, parameters, rows), zero), ["rows", 1, first]);
    const table = broadcastTo(actionTable(shape, parameters), ["rows", shape.actionCount, first]);
    return scores(shape, parameters, reshape(add(table, context), [-1, first]));
  };
  return compile({
    name: `reward_network_${which}`,
    inputs: [flat, ...Object.values(rows), ...(which === "every" ? [zero] : [])],
    outputs: { score: outputs() },
  });
}
