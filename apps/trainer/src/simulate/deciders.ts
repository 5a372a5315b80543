import { spaceToJson, sha256 } from "@longview/formats";
import type { VectorEnvironment } from "@longview/environment";
import {
  combinedShare,
  createDecisionScorer,
  exportPolicy,
  openBundlePolicy,
  type DecisionScorer,
  type Preference,
} from "@longview/policies";
import { modelOf } from "@longview/policy-gradient";
import { deriveKey, type RandomKey } from "@longview/statistics";
import { nearest } from "../configuration/nearest.ts";
import { trainingPart } from "../evaluation/limits.ts";
import { UsageError } from "../exit-codes.ts";
import { loadPolicy, loadRun } from "../run/load-run.ts";
import type { Decision, DecisionView } from "./decision-view.ts";

/** A policy that decides in a simulation. */
export interface Decider {
  /** What stands in the log's `policy_id`. */
  readonly id: string;
  /** Share of the uniform policy that is mixed in. */
  readonly share: number;
  /** What it prefers for each of these rows' decisions. */
  prefer(rows: readonly number[], decisions: readonly Decision[]): Preference[] | Promise<Preference[]>;
  dispose(): Promise<void>;
}

/** Where policies decide, and how much they explore. */
export interface DeciderSettings {
  readonly environment: VectorEnvironment;
  readonly view: DecisionView;
  readonly key: RandomKey;
  /** Share of the uniform policy mixed into every policy. */
  readonly uniformMixing: number;
  /** Divides the scores of bundles and runs; undefined: as they are. */
  readonly temperature: number | undefined;
}

/** A policy as it was asked for: `[NAME=]uniform`, `bundle:DIR`, `run:DIR` or a baseline. */
interface Asked {
  readonly text: string;
  readonly name: string | undefined;
  readonly kind: "uniform" | "bundle" | "run" | "baseline";
  /** The folder, or the baseline's name. */
  readonly what: string;
}

const BASELINES = ["popular", "myopic", "heuristic", "oracle"] as const;
const KINDS = ["uniform", "random", "bundle:DIR", "run:DIR", ...BASELINES];

function parseAsked(text: string): Asked {
  const [, name, rest = ""] = /^(?:([A-Za-z0-9][A-Za-z0-9._-]*)=)?(.*)$/s.exec(text) ?? [];
  if (rest === "uniform" || rest === "random") return { text, name, kind: "uniform", what: rest };
  for (const kind of ["bundle", "run"] as const)
    if (rest.startsWith(`${kind}:`) && rest.length > kind.length + 1)
      return { text, name, kind, what: rest.slice(kind.length + 1) };
  const baseline = BASELINES.find((each) => each === rest);
  if (baseline !== undefined) return { text, name, kind: "baseline", what: baseline };
  const near = nearest(rest, KINDS);
  throw new UsageError(
    `--policy: found ${JSON.stringify(text)}, allowed: ${KINDS.join(", ")}, each with NAME= before it or not${near === undefined ? "" : `; did you mean ${near}?`}`,
  );
}

/** Makes the policies of a simulation ready. @throws {UsageError} one line for the first that cannot decide there */
export async function createDeciders(
  texts: readonly string[],
  settings: DeciderSettings,
): Promise<Decider[]> {
  const deciders: Decider[] = [];
  const example = exampleOf(settings);
  for (const text of texts) {
    const decider = await createDecider(parseAsked(text), settings);
    if (example !== undefined) await decider.prefer([example.row], [example.decision]);
    if (deciders.some(({ id }) => id === decider.id))
      throw new UsageError(
        `--policy: two are called ${decider.id}; give one a name, as in --policy second=${text}`,
      );
    deciders.push(decider);
  }
  return deciders;
}

/** A decision of the environment, by which policies that do not fit are found before anything is simulated. */
function exampleOf({ environment, view }: DeciderSettings): { row: number; decision: Decision } | undefined {
  environment.reset({ seed: 0 });
  for (let row = 0; row < environment.rowCount; row++) {
    const decision = environment.active[row] === 0 ? undefined : view.read(row);
    if (decision !== undefined) return { row, decision };
  }
  return undefined;
}

async function createDecider(asked: Asked, settings: DeciderSettings): Promise<Decider> {
  const { uniformMixing, temperature } = settings;
  const idOf = (plain: string): string =>
    asked.name ??
    `${plain}${temperature === undefined ? "" : `/temperature=${temperature}`}${uniformMixing === 0 ? "" : `/uniform=${uniformMixing}`}`;
  switch (asked.kind) {
    case "uniform":
      return {
        id: asked.name ?? "uniform",
        share: 1,
        prefer: (rows) => rows.map(() => ({ kind: "uniform" })),
        dispose: () => Promise.resolve(),
      };
    case "bundle": {
      const policy = await openBundlePolicy(asked.what).catch((cause: unknown) => {
        throw new UsageError(
          `--policy ${asked.text}: ${cause instanceof Error ? cause.message : String(cause)}`,
        );
      });
      const share = combinedShare(policy.manifest.propensityFloor, uniformMixing);
      return scoringDecider(asked, policy, { id: idOf(policy.manifest.policyId), share, temperature });
    }
    case "run": {
      const { scorer, id } = await runScorer(asked.what);
      return scoringDecider(asked, scorer, { id: idOf(id), share: uniformMixing, temperature });
    }
    case "baseline":
      return baselineDecider(asked, settings, idOf(asked.what));
  }
}

/** The newest checkpoint of a run, by the graph and the policy id that its export would have. */
async function runScorer(folder: string): Promise<{ scorer: DecisionScorer; id: string }> {
  const run = await loadRun(folder);
  const { policy, warnings } = await loadPolicy(run);
  for (const warning of warnings) process.stderr.write(`longview: ${warning}\n`);
  const { configuration } = run;
  const { model } = modelOf(trainingPart(configuration));
  const { observationClip } = configuration.training;
  const { onnx } = exportPolicy({ model, state: policy, observationClip });
  const { distribution, observation, actionSpace } = model.shape;
  const scorer = await createDecisionScorer({
    onnx,
    distribution,
    observation: Object.fromEntries(observation.map(({ name, rowShape }) => [name, { shape: rowShape }])),
    actionSpace: { ...spaceToJson(actionSpace) },
    propensityFloor: 0,
  }).catch((cause: unknown) => {
    throw new UsageError(`--policy run:${folder}: ${cause instanceof Error ? cause.message : String(cause)}`);
  });
  return { scorer, id: `${configuration.name}-${sha256(onnx).slice(0, 12)}` };
}

function scoringDecider(
  { text }: Asked,
  scorer: DecisionScorer,
  { id, share, temperature = 1 }: { id: string; share: number; temperature: number | undefined },
): Decider {
  return {
    id,
    share,
    async prefer(_, decisions) {
      for (const decision of decisions) {
        const problem = scorer.explainMismatch(decision);
        if (problem !== undefined) throw new UsageError(`--policy ${text}: does not fit: ${problem}`);
      }
      const all = await scorer.scores(decisions);
      return all.map((scores) => ({
        kind: "scores",
        scores: temperature === 1 ? scores : scores.map((score) => score / temperature),
      }));
    },
    dispose: () => scorer.dispose(),
  };
}

/** A baseline shows its best slate for certain: only the mixture gives other slates a chance. */
async function baselineDecider(asked: Asked, settings: DeciderSettings, id: string): Promise<Decider> {
  const { environment, view, key, uniformMixing, temperature } = settings;
  const option = `--policy ${asked.text}`;
  const marketplace = await import("@longview/marketplace");
  if (!(environment instanceof marketplace.ContentMarketplace))
    throw new UsageError(
      `${option}: is a baseline of content marketplaces, found ${environment.id}; allowed: uniform, bundle:DIR and run:DIR`,
    );
  if (!(uniformMixing > 0))
    throw new UsageError(
      `${option}: always shows its best slate, so the others have no propensity; add --uniform-mixing, as in --uniform-mixing 0.2`,
    );
  if (temperature !== undefined)
    throw new UsageError(
      `${option}: shows its best slate and does not sample by scores; --temperature is for bundle:DIR and run:DIR`,
    );
  const actors = {
    popular: marketplace.popularActor,
    myopic: marketplace.myopicActor,
    heuristic: () => marketplace.heuristicActor(),
    oracle: () => marketplace.oracleActor(),
  } as const;
  const name = BASELINES.find((each) => each === asked.what)!;
  const actor = actors[name]();
  actor.start?.(environment, deriveKey(key, name));
  return {
    id,
    share: uniformMixing,
    async prefer(rows, decisions) {
      await actor.act(environment);
      return rows.map((row, i) => ({ kind: "slate", slate: view.written(row, decisions[i]!) }));
    },
    dispose: () => Promise.resolve(),
  };
}
