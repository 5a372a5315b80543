import { parentPort, workerData } from "node:worker_threads";
import { makeVectorEnvironment } from "@longview/environment";
import {
  BASELINE_NAMES,
  MARKETPLACE_IDS,
  namedActor,
  simulateWorld,
  tuneHeuristic,
  tuneOracle,
} from "@longview/marketplace";
import type { Actor as MarketplaceActor, ContentMarketplace } from "@longview/marketplace";
import { createPolicyActor, createRandomActor, evaluateActor, modelOf } from "@longview/policy-gradient";
import type { Actor } from "@longview/policy-gradient";
import { registerEnvironmentsOf } from "../configuration/load.ts";
import { failureOf } from "../run/messages.ts";
import { episodeUnits } from "./episode-units.ts";
import { trainingTargets, trainingPart } from "./limits.ts";
import { LAST_PART } from "./pool.ts";
import type { Part, PartReply } from "./pool.ts";
import type { UnitResult } from "./unit-result.ts";
import type { EvaluationContext, EvaluationPartResult, EvaluationWork, Weights } from "./work.ts";

const port = parentPort;
if (port === null) throw new Error("evaluation-thread.ts runs as a worker thread");
const { configuration, policy: state } = (workerData as { data: EvaluationContext }).data;
const { evaluation, training } = configuration;
await registerEnvironmentsOf(configuration.environment.id);
const { id: environmentId, ...options } = configuration.environment;
/** Which marketplace worlds are of; other environments have none. */
const marketplaceId = MARKETPLACE_IDS.find((id) => id === environmentId);

type WorldActor = MarketplaceActor<ContentMarketplace>;

let trained: Actor | undefined;
async function trainedActor(key: { first: number; second: number }): Promise<Actor> {
  const { model } = modelOf(trainingPart(configuration));
  trained ??= await createPolicyActor({
    model,
    state,
    mode: evaluation.actions === "greedy" ? "greedy" : "explore",
    key,
    executor: configuration.executor,
    observationClip: training.observationClip,
  });
  trained.reset?.(key);
  return trained;
}

function worldActor(name: string, weights: Weights | null): WorldActor {
  const baseline = BASELINE_NAMES.find((each) => each === name);
  if (baseline === undefined) throw new Error(`no world policy is called ${name}`);
  return namedActor(baseline, weights ?? {});
}

async function simulate(work: Extract<EvaluationWork, { kind: "world" }>): Promise<UnitResult> {
  let actor: WorldActor;
  if (work.policy === "trained") {
    const policyActor = await trainedActor(work.key);
    actor = {
      name: "trained",
      start: (_environment, key) => policyActor.reset?.(key),
      act: (environment) => policyActor.act(environment),
    };
  } else actor = worldActor(work.policy, work.weights);
  const result = await simulateWorld({
    ...(marketplaceId === undefined ? {} : { id: marketplaceId }),
    options,
    key: work.key,
    actor,
    users: training.rowsPerShard,
    discountFactor: evaluation.discountFactor,
    ...(evaluation.days === null ? {} : { days: evaluation.days }),
  });
  const series = (pick: (day: (typeof result.daily)[number]) => number): number[] => result.daily.map(pick);
  return {
    value: result.value,
    undiscountedValue: result.undiscountedValue,
    objectives: result.objectives,
    costs: result.costs,
    weeklyValues: result.weeklyValue,
    weeklyEngagement: result.weeklyEngagement,
    daily: {
      satisfaction: series((day) => day.satisfaction),
      activeUsers: series((day) => day.users),
      creatorsAlive: series((day) => day.creators),
      newCreatorShare: series((day) => day.newCreatorShare),
      exposureGini: series((day) => day.exposureGini),
      quality: series((day) => day.quality),
    },
  };
}

async function tune(
  work: Extract<EvaluationWork, { kind: "tune" }>,
): Promise<{ weights: Weights; score: number }> {
  const search = work.policy === "oracle" ? tuneOracle : tuneHeuristic;
  const { weights, score } = await search({
    trials: evaluation.tuningTrials,
    worlds: evaluation.tuningWorlds,
    key: work.key,
    ...(marketplaceId === undefined ? {} : { id: marketplaceId }),
    options,
    users: training.rowsPerShard,
    discountFactor: evaluation.discountFactor,
    limits: trainingTargets(configuration),
    ...(evaluation.days === null ? {} : { days: evaluation.days }),
  });
  return { weights: { ...weights }, score };
}

async function playEpisodes(work: Extract<EvaluationWork, { kind: "episodes" }>): Promise<UnitResult[]> {
  const actor =
    work.policy === "random" ? createRandomActor({ key: work.key }) : await trainedActor(work.key);
  const environment = makeVectorEnvironment(configuration.environment.id, {
    ...options,
    rowCount: Math.min(evaluation.episodes, 32),
  });
  const played = await evaluateActor({ actor, environment, episodes: evaluation.episodes, key: work.key });
  return episodeUnits(played, configuration.constraints);
}

async function perform(work: EvaluationWork): Promise<EvaluationPartResult> {
  switch (work.kind) {
    case "tune":
      return { kind: "tuning", tuning: await tune(work) };
    case "world":
      return { kind: "units", units: [await simulate(work)] };
    case "episodes":
      return { kind: "units", units: await playEpisodes(work) };
  }
}

port.on("message", (part: Part<EvaluationWork> | typeof LAST_PART) => {
  if (part === LAST_PART) {
    port.close();
    return;
  }
  perform(part.work).then(
    (result) => port.postMessage({ key: part.key, result } satisfies PartReply<EvaluationPartResult>),
    (error: unknown) => port.postMessage({ key: part.key, failure: failureOf(error) }),
  );
});
