import { existsSync } from "node:fs";
import { join } from "node:path";
import { evaluationSchema, sha256, writeFileAtomic } from "@longview/formats";
import type { Evaluation } from "@longview/formats";
import type { PolicyState } from "@longview/policy-gradient";
import { deriveKey, foldIn, rootKey } from "@longview/statistics";
import { isWorld } from "../configuration/load.ts";
import type { RunConfiguration } from "../configuration/schema.ts";
import type { Display } from "../display/display.ts";
import { readJson } from "../run/read-json.ts";
import { limitsOf } from "./limits.ts";
import { evaluationPartSchema } from "./part-schema.ts";
import { runParts } from "./pool.ts";
import type { Part } from "./pool.ts";
import { MINIMUM_RESAMPLED_UNITS, summarise } from "./summarise.ts";
import type { PolicyUnits } from "./unit-result.ts";
import type { EvaluationContext, EvaluationPartResult, EvaluationWork, Tuning } from "./work.ts";
import { WORLD_POLICIES } from "./world-policies.ts";

export interface EvaluateOptions {
  readonly configuration: RunConfiguration;
  readonly policy: PolicyState;
  readonly display: Display;
  /** Folder of finished parts, so that an interrupted evaluation goes on where it was. */
  readonly partsFolder?: string;
  readonly stopped?: () => boolean;
}

const THREAD = new URL("./evaluation-thread.ts", import.meta.url);

/** Remembers finished parts on disk under a hash of everything that they depend on. */
function partStore(options: EvaluateOptions): {
  known(key: string): EvaluationPartResult | undefined;
  save(key: string, result: EvaluationPartResult): void;
} {
  const { partsFolder, configuration, policy } = options;
  if (partsFolder === undefined) return { known: () => undefined, save: () => undefined };
  const { workers: _workers, logging: _logging, name: _name, ...rest } = configuration;
  const identity = sha256(JSON.stringify(rest) + sha256(new Uint8Array(policy.parameters.buffer))).slice(
    0,
    16,
  );
  const fileOf = (key: string): string => join(partsFolder, `${identity}-${key}.json`);
  return {
    known(key) {
      const path = fileOf(key);
      if (!existsSync(path)) return undefined;
      const part = readJson(path, evaluationPartSchema);
      if (part === undefined) options.display.line(`${path}: is damaged; doing that part again`);
      return part;
    },
    save: (key, result) => writeFileAtomic(fileOf(key), JSON.stringify(result)),
  };
}

async function runStage(
  name: string,
  parts: readonly Part<EvaluationWork>[],
  options: EvaluateOptions,
): Promise<EvaluationPartResult[] | undefined> {
  const { configuration, policy, display } = options;
  const store = partStore(options);
  const context: EvaluationContext = { configuration, policy };
  display.beginStage(name, parts.length);
  const results = await runParts<EvaluationWork, EvaluationPartResult>(parts, {
    file: THREAD,
    workerData: context,
    threads: configuration.workers,
    known: store.known,
    done(key, result, count) {
      store.save(key, result);
      display.stageProgress(count);
    },
    ...(options.stopped === undefined ? {} : { stopped: options.stopped }),
  });
  display.endStage();
  return results;
}

/**
 * Compares the trained policy with the others on worlds (or episodes) that nobody saw.
 *
 * The same numbers for any number of threads; undefined when it was stopped.
 */
export async function evaluatePolicy(options: EvaluateOptions): Promise<Evaluation | undefined> {
  const policies = isWorld(options.configuration.environment)
    ? await compareOnWorlds(options)
    : await compareOnEpisodes(options);
  if (policies === undefined) return undefined;
  const { configuration } = options;
  const { evaluation } = configuration;
  const worlds = isWorld(configuration.environment);
  return evaluationSchema.parse({
    schemaVersion: 1,
    environment: configuration.environment.id,
    unit: worlds ? "world" : "episode",
    units: policies[0]!.units.length,
    days: worlds ? daysOf(configuration) : null,
    discountFactor: worlds ? evaluation.discountFactor : 1,
    confidence: evaluation.confidence,
    seed: String(configuration.seed),
    method: describeMethod(configuration),
    policies: summarise(policies, {
      confidence: evaluation.confidence,
      limits: limitsOf(configuration),
      key: deriveKey(rootKey(configuration.seed), "evaluation/intervals"),
    }),
  });
}

function daysOf(configuration: RunConfiguration): number | null {
  const { days } = configuration.environment;
  return configuration.evaluation.days ?? (typeof days === "number" ? days : null);
}

async function compareOnWorlds(options: EvaluateOptions): Promise<PolicyUnits[] | undefined> {
  const { configuration } = options;
  const { worlds, tuningTrials, tuningWorlds } = configuration.evaluation;
  const root = rootKey(configuration.seed);
  const tuned = WORLD_POLICIES.filter((policy) => policy.tuned);
  const tunings = await runStage(
    "tuning the heuristic and the oracle on training worlds",
    tuned.map(({ name }) => ({
      key: `tune-${name}`,
      work: { kind: "tune", policy: name, key: deriveKey(root, "evaluation/tuning") },
    })),
    options,
  );
  if (tunings === undefined) return undefined;
  const found = new Map<string, Tuning>();
  for (const [index, result] of tunings.entries())
    if (result.kind === "tuning") found.set(tuned[index]!.name, result.tuning);
  const parts = WORLD_POLICIES.flatMap(({ name }) =>
    Array.from({ length: worlds }, (_, world) => ({
      key: `${name}-${String(world).padStart(4, "0")}`,
      work: {
        kind: "world" as const,
        policy: name,
        key: foldIn(deriveKey(root, "evaluation/worlds"), world),
        weights: found.get(name)?.weights ?? null,
      },
    })),
  );
  const results = await runStage("comparing on fresh worlds", parts, options);
  if (results === undefined) return undefined;
  return WORLD_POLICIES.map((policy, index) => {
    const weights = found.get(policy.name)?.weights;
    return {
      name: policy.name,
      role: policy.role,
      description: policy.describe(tuningTrials, tuningWorlds),
      ...(weights === undefined ? {} : { settings: weights }),
      units: results
        .slice(index * worlds, (index + 1) * worlds)
        .flatMap((result) => (result.kind === "units" ? result.units : [])),
    };
  });
}

async function compareOnEpisodes(options: EvaluateOptions): Promise<PolicyUnits[] | undefined> {
  const root = rootKey(options.configuration.seed);
  const parts = ["trained", "random"].map((policy) => ({
    key: `episodes-${policy}`,
    work: { kind: "episodes" as const, policy, key: deriveKey(root, "evaluation/episodes") },
  }));
  const results = await runStage("playing fresh episodes", parts, options);
  if (results === undefined) return undefined;
  const units = results.map((result) => (result.kind === "units" ? result.units : []));
  return [
    { name: "trained", role: "trained", description: "The network that this run trained.", units: units[0]! },
    { name: "random", role: "baseline", description: "Uniformly random actions.", units: units[1]! },
  ];
}

function describeMethod(configuration: RunConfiguration): string[] {
  const { evaluation } = configuration;
  const actions =
    evaluation.actions === "greedy"
      ? "The trained policy takes its best-scored actions."
      : "The trained policy samples its actions as it did in training.";
  const confidence = `${Number((evaluation.confidence * 100).toFixed(1))} % confidence`;
  if (!isWorld(configuration.environment)) {
    const limits = Object.entries(configuration.constraints).map(
      ([name, { measure }]) =>
        `${name} ${measure === "per-episode" ? "is the mean sum of an episode" : "is a mean of a decision"}`,
    );
    return [
      `${evaluation.episodes} fresh episodes of each policy, the same starts for both. ${actions}`,
      "Value is the undiscounted return of an episode. Costs are means of a decision over all episodes, unless a limit says otherwise.",
      evaluation.episodes < MINIMUM_RESAMPLED_UNITS
        ? `Intervals have ${confidence} and are Student's t over ${evaluation.episodes} whole episodes: too few to resample.`
        : `Intervals have ${confidence} and resample whole episodes (studentised bootstrap).`,
      ...(limits.length === 0
        ? []
        : [
            `A policy keeps a constraint when the one-sided upper bound of its cost (${limits.join(", ")}) is within the limit.`,
          ]),
    ];
  }
  const days = daysOf(configuration);
  const limited = Object.keys(configuration.constraints).length > 0;
  return [
    `${evaluation.worlds} worlds that neither the learner nor the tuning of a baseline saw, ${days === null ? "each to its own horizon" : `${days} simulated days each`}, with ${configuration.training.rowsPerShard} user slots.`,
    `Value is the ecosystem's: the weighted sum of what users, creators and the platform gain, per user slot, a step ${evaluation.discountFactor} times the one before. Objectives are discounted in the same way; costs are means of a decision.`,
    `All policies met the same worlds on the same noise; differences are paired world by world. ${actions}`,
    evaluation.worlds < MINIMUM_RESAMPLED_UNITS
      ? `Intervals have ${confidence} and are Student's t over ${evaluation.worlds} whole independent worlds (too few to resample), because users who share creators are not independent.`
      : `Intervals have ${confidence} and resample whole independent worlds (studentised bootstrap), because users who share creators are not independent.`,
    ...(limited
      ? [
          "A policy keeps a constraint when the one-sided upper bound of its mean cost is within the limit. Baselines were tuned towards the same margin inside the limits as the learner.",
        ]
      : []),
    `The heuristic and the oracle were each tuned by ${evaluation.tuningTrials} trials on ${evaluation.tuningWorlds} training world${evaluation.tuningWorlds === 1 ? "" : "s"}.`,
  ];
}
