import type { PolicyState } from "@longview/policies";
import { deriveKey, foldIn, rootKey, shuffleInto } from "@longview/statistics";
import { createExecutor, createOptimizerState, type UpdateResult } from "@longview/tensor";
import { LOSS_METRICS, type LossMetric } from "./algorithms/definition.ts";
import { combineAdvantages, createBatch, explainedVariance, fillBatch } from "./batch.ts";
import { decodeCheckpoint, encodeCheckpoint, type SectionArray } from "./checkpoint.ts";
import { createCollector } from "./collector.ts";
import { ConfigurationError } from "./configuration-error.ts";
import { emptyStatistics, mergeSnapshot, normaliserStates, rewardScale } from "./normalisers.ts";
import { initialMultiplier, updateMultiplier, type MultiplierState } from "./pid-multiplier.ts";
import { summarise, type RolloutSummary } from "./rollout-summary.ts";
import { importEnvironments, makeShardEnvironment, planRun, type Constraint } from "./run-plan.ts";
import { scheduleValue } from "./schedule.ts";
import type { TrainConfiguration } from "./settings.ts";
import type { ConstraintMetrics, EvaluationRecord, IterationMetrics, Trainer } from "./trainer-types.ts";
import { updateProgram } from "./update-program.ts";

const RECENT_EPISODES = 100;

export interface TrainerOptions {
  /** Import specifiers of modules that register environments; imported here and in every worker. */
  readonly environmentModules?: readonly string[];
}

/** What a checkpoint's JSON holds beside the arrays. */
interface CheckpointHeader {
  readonly configuration: string;
  readonly iteration: number;
  readonly steps: number;
  readonly optimizerStep: number;
  readonly multipliers: readonly MultiplierState[];
  readonly lastEvaluation: EvaluationRecord | null;
  readonly bestEvaluation: EvaluationRecord | null;
}

/**
 * A training run on any registered vector environment, driven iteration by iteration.
 *
 * @throws ConfigurationError when a key contradicts the environment
 */
export async function createTrainer(
  configuration: TrainConfiguration,
  { environmentModules = [] }: TrainerOptions = {},
): Promise<Trainer> {
  await importEnvironments(environmentModules);
  const { algorithm: settings, training } = configuration;
  const probe = makeShardEnvironment(configuration);
  const plan = planRun(configuration, probe);
  const { model, algorithm, constraints, sizes, signals } = plan;
  const key = deriveKey(rootKey(configuration.seed), "learner");
  const minibatchKey = deriveKey(key, "minibatches");

  const executor = await createExecutor(configuration.executor);
  const update = await executor.loadUpdate(updateProgram(model, algorithm, settings));
  const collector = await createCollector(configuration, environmentModules);
  const batch = createBatch(sizes, training.shards);
  const permutation = new Int32Array(batch.advantages[0]!.length * algorithm.plan.epochs);

  // The state: everything below, and the shards'.
  let iteration = 0;
  let steps = 0;
  const parameters = model.initialize(deriveKey(key, "parameters"));
  const optimizer = createOptimizerState(model.layout.size);
  const statistics = emptyStatistics(model.shape, signals.length);
  const multiplierSettings = settings.name === "ppo-lagrangian" ? settings.multiplier : null;
  let multipliers = constraints.map(() => initialMultiplier(requireMultiplier(multiplierSettings)));
  let recentReturns: number[] = [];
  let lastEvaluation: EvaluationRecord | null = null;
  let bestEvaluation: EvaluationRecord | null = null;

  const policy = (): PolicyState => ({
    parameters: parameters.slice(),
    normaliser: normaliserStates(statistics, training.normaliseObservations),
  });

  /** Row indices of every minibatch of every epoch; a rest smaller than a minibatch is left out of its epoch. */
  function planMinibatches(): Int32Array {
    const { epochs } = algorithm.plan;
    const used = Math.floor(batch.count / settings.minibatchSize) * settings.minibatchSize;
    const iterationKey = foldIn(minibatchKey, iteration);
    const order = new Int32Array(batch.count);
    for (let epoch = 0; epoch < epochs; epoch++) {
      for (let i = 0; i < order.length; i++) order[i] = i;
      shuffleInto(order, foldIn(iterationKey, epoch));
      permutation.set(order.subarray(0, used), epoch * used);
    }
    return permutation.subarray(0, epochs * used);
  }

  /** Moves each multiplier by what was measured; nothing measured (no episode ended) leaves it alone. */
  function holdConstraints(summary: RolloutSummary): Record<string, ConstraintMetrics> {
    const result: Record<string, ConstraintMetrics> = {};
    multipliers = constraints.map((constraint, i) => {
      const state = multipliers[i]!;
      const cost = measured(constraint, summary);
      const scale = constraint.limit === 0 ? 1 : Math.abs(constraint.limit);
      const next =
        cost === null
          ? state
          : updateMultiplier(
              state,
              (cost - constraint.target) / scale,
              requireMultiplier(multiplierSettings),
            );
      result[constraint.name] = {
        cost,
        limit: constraint.limit,
        target: constraint.target,
        multiplier: next.multiplier,
      };
      return next;
    });
    return result;
  }

  async function iterate(): Promise<IterationMetrics> {
    const progress = steps / training.steps;
    const acting = policy();
    await collector.collect(acting);
    const summary = summarise(collector.buffers, plan);
    for (const rollout of collector.buffers)
      statistics.returns.forEach((moments, head) =>
        mergeSnapshot(moments, rollout.returnMoments.subarray(3 * head, 3 * head + 3)),
      );
    fillBatch(batch, collector.buffers, sizes, {
      discountFactor: settings.discountFactor,
      lambda: algorithm.plan.lambda,
      scales: statistics.returns.map((moments) => (training.scaleRewards ? rewardScale(moments) : 1)),
      rewardClip: training.rewardClip ?? Infinity,
      observationClip: training.observationClip,
      policy: acting,
    });
    if (batch.count < settings.minibatchSize)
      throw new ConfigurationError(
        "algorithm.minibatchSize",
        `${settings.minibatchSize} is more than the ${batch.count} decisions that the rollout of iteration ${iteration + 1} brought, so nothing would be learned; lower it, or raise training.rolloutLength, rowsPerShard or shards (rows that rest decide nothing)`,
      );
    const constraintMetrics = holdConstraints(summary);
    combineAdvantages(
      batch,
      multipliers.map(({ multiplier }) => multiplier),
      settings.advantageNormalisation === "batch",
    );
    const learningRate = scheduleValue(settings.learningRate, progress);
    const scalars = algorithm.scalars(progress);
    const minibatches = planMinibatches();
    const done: Pick<UpdateResult, "metrics" | "steps"> =
      minibatches.length === 0
        ? { metrics: {}, steps: 0 }
        : await update.run({
            parameters,
            optimizer,
            batch: batchViews(),
            rowCount: batch.count,
            minibatches,
            scalars: { ...scalars },
            learningRate,
          });
    if (training.normaliseObservations)
      for (const rollout of collector.buffers)
        for (const [name, moments] of Object.entries(statistics.observation))
          mergeSnapshot(moments, rollout.observationMoments[name]!);
    iteration += 1;
    steps += summary.decisions;
    recentReturns = [...recentReturns, ...summary.returns].slice(-RECENT_EPISODES);
    return {
      iteration,
      steps,
      batchDecisions: batch.count,
      episodes: summary.returns.length,
      episodeReturn: summary.episodeReturn,
      episodeLength: summary.episodeLength,
      rewardPerDecision: summary.rewardPerDecision,
      objectives: summary.objectives,
      costs: summary.costs,
      constraints: constraintMetrics,
      ...lossMetrics(done.metrics),
      explainedVariance: explainedVariance(batch),
      gradientNorm: meanOf(done.metrics["gradientNorm"]),
      gradientSteps: done.steps,
      learningRate,
      clipRange: scalars["clipRange"] ?? null,
      entropyCoefficient: scalars["entropyCoefficient"] ?? 0,
    };
  }

  function batchViews(): Record<string, Float32Array | Int32Array> {
    const rows = batch.count;
    const views: Record<string, Float32Array | Int32Array> = {};
    for (const { name, size } of model.shape.observation)
      views[name] = batch.observation[name]!.subarray(0, rows * size);
    views["action"] = batch.action.subarray(0, rows * model.shape.actionWidth);
    views["targets"] = batch.targets.subarray(0, rows * (2 + 2 * signals.length));
    return views;
  }

  const trainer: Trainer = {
    configuration,
    get iteration() {
      return iteration;
    },
    get steps() {
      return steps;
    },
    get finished() {
      return steps >= training.steps;
    },
    get recentReturn() {
      return recentReturns.length === 0
        ? null
        : recentReturns.reduce((sum, x) => sum + x, 0) / recentReturns.length;
    },
    get lastEvaluation() {
      return lastEvaluation;
    },
    get bestEvaluation() {
      return bestEvaluation;
    },
    policy,
    iterate,
    recordEvaluation(record) {
      lastEvaluation = record;
      if (bestEvaluation === null || record.score > bestEvaluation.score) bestEvaluation = record;
    },
    async checkpoint() {
      const shards = await collector.snapshot();
      const header: CheckpointHeader = {
        configuration: fingerprint(configuration),
        iteration,
        steps,
        optimizerStep: optimizer.step,
        multipliers,
        lastEvaluation,
        bestEvaluation,
      };
      const sections: Record<string, SectionArray> = {
        parameters,
        firstMoment: optimizer.firstMoment,
        secondMoment: optimizer.secondMoment,
        recentReturns: Float64Array.from(recentReturns),
      };
      statistics.returns.forEach((moments, head) => (sections[`returns.${head}`] = moments.snapshot()));
      for (const [name, moments] of Object.entries(statistics.observation))
        sections[`observation.${name}`] = moments.snapshot();
      shards.forEach((snapshot, shard) => (sections[`shard.${shard}`] = snapshot));
      return encodeCheckpoint({ header, sections });
    },
    async restore(checkpoint) {
      const { header: decoded, sections } = decodeCheckpoint(checkpoint);
      const header = requireHeader(decoded);
      if (header.configuration !== fingerprint(configuration))
        throw new ConfigurationError(
          "checkpoint",
          "it was written under another configuration; only workers may differ",
        );
      const array = (name: string): SectionArray => {
        const found = sections.get(name);
        if (found === undefined) throw new RangeError(`checkpoint: section ${name} is missing`);
        return found;
      };
      const float32 = (name: string, length: number): Float32Array => {
        const found = array(name);
        if (!(found instanceof Float32Array) || found.length !== length)
          throw new RangeError(
            `checkpoint: section ${name} must hold ${length} float32, has ${found.length}`,
          );
        return found;
      };
      const float64 = (name: string, length?: number): Float64Array => {
        const found = array(name);
        if (!(found instanceof Float64Array) || (length !== undefined && found.length !== length))
          throw new RangeError(
            `checkpoint: section ${name} must hold ${length ?? "only"} float64, has ${found.length}`,
          );
        return found;
      };
      if (header.multipliers.length !== constraints.length)
        throw new RangeError(
          `checkpoint: must hold ${constraints.length} multipliers, has ${header.multipliers.length}`,
        );
      // Everything is looked at before anything is changed.
      const size = model.layout.size;
      const saved = {
        parameters: float32("parameters", size),
        firstMoment: float32("firstMoment", size),
        secondMoment: float32("secondMoment", size),
        recentReturns: float64("recentReturns"),
        returns: statistics.returns.map((moments, head) =>
          float64(`returns.${head}`, moments.snapshot().length),
        ),
        observation: Object.entries(statistics.observation).map(([name, moments]) =>
          float64(`observation.${name}`, moments.snapshot().length),
        ),
      };
      await collector.restore(
        collector.buffers.map((_, shard) => {
          const snapshot = array(`shard.${shard}`);
          return new Uint8Array(snapshot.buffer, snapshot.byteOffset, snapshot.byteLength).slice();
        }),
      );
      parameters.set(saved.parameters);
      optimizer.firstMoment.set(saved.firstMoment);
      optimizer.secondMoment.set(saved.secondMoment);
      optimizer.step = header.optimizerStep;
      statistics.returns.forEach((moments, head) => moments.restore(saved.returns[head]!));
      Object.values(statistics.observation).forEach((moments, i) => moments.restore(saved.observation[i]!));
      recentReturns = [...saved.recentReturns];
      multipliers = [...header.multipliers];
      iteration = header.iteration;
      steps = header.steps;
      lastEvaluation = header.lastEvaluation;
      bestEvaluation = header.bestEvaluation;
    },
    async dispose() {
      await collector.dispose();
      await executor.dispose();
    },
  };
  return trainer;
}

/** The configuration without what does not decide the numbers. */
function fingerprint(configuration: TrainConfiguration): string {
  const { seed, environment, policy, algorithm, constraints, training } = configuration;
  const { checkpointEvery: _, ...deciding } = training;
  return JSON.stringify({ seed, environment, policy, algorithm, constraints, training: deciding });
}

function measured(constraint: Constraint, summary: RolloutSummary): number | null {
  if (constraint.measure === "per-episode") return summary.episodeCosts?.[constraint.column] ?? null;
  return summary.decisions === 0 ? null : summary.costs[constraint.name]!;
}

function requireMultiplier<Settings>(settings: Settings | null): Settings {
  if (settings === null) throw new ConfigurationError("algorithm", "constraints need ppo-lagrangian");
  return settings;
}

function lossMetrics(metrics: Readonly<Record<string, Float32Array>>): Record<LossMetric, number> {
  const [policyLoss, valueLoss, entropy, approximateKl, oldApproximateKl, clipFraction] = LOSS_METRICS.map(
    (name) => meanOf(metrics[name]),
  );
  return {
    policyLoss: policyLoss!,
    valueLoss: valueLoss!,
    entropy: entropy!,
    approximateKl: approximateKl!,
    oldApproximateKl: oldApproximateKl!,
    clipFraction: clipFraction!,
  };
}

/** Mean over gradient steps; 0 where there were none. */
function meanOf(values: Float32Array | undefined): number {
  if (values === undefined || values.length === 0) return 0;
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

function requireHeader(value: unknown): CheckpointHeader {
  if (!isHeader(value)) throw new RangeError("checkpoint: its header is not one of a training run");
  return value;
}

function isHeader(value: unknown): value is CheckpointHeader {
  return (
    typeof value === "object" &&
    value !== null &&
    "configuration" in value &&
    "iteration" in value &&
    "steps" in value &&
    "optimizerStep" in value &&
    "multipliers" in value &&
    Array.isArray(value.multipliers)
  );
}
