import { greedyPolicyId, servedPolicyId } from "@longview/policies/serving";
import { DriftMonitor } from "../drift/drift-monitor.ts";
import { LatencyWindow } from "../metrics/latency-window.ts";
import { SecondHistory } from "../metrics/second-history.ts";
import { SlateWindow } from "../metrics/slate-window.ts";
import type { FeatureNames } from "./feature-order.ts";
import type { LoadedPolicy } from "./loaded-policy.ts";

/** How a bundle is to be live. */
export interface LiveSettings {
  readonly name: string;
  readonly mode: "serve" | "shadow";
  readonly share: number;
  /** Undefined: the bundle's own. */
  readonly propensityFloor: number | undefined;
}

/** A bundle in a deployment, with what is counted of it. */
export class LivePolicy {
  readonly name: string;
  readonly mode: "serve" | "shadow";
  readonly share: number;
  readonly propensityFloor: number;
  /** Seconds since 1970. */
  readonly since: number;
  readonly loaded: LoadedPolicy;
  /** What stands in the log for slates that were drawn. */
  readonly exploreId: string;
  /** … and for best slates. */
  readonly greedyId: string;
  readonly latencies = new LatencyWindow();
  readonly slates = new SlateWindow();
  readonly rate: SecondHistory;
  readonly drift: DriftMonitor | undefined;
  decisions = 0;
  /** Of a shadow: decisions whose best slate was compared with the served policy's, and on how many both were the same. */
  compared = 0;
  agreed = 0;
  /** Of a shadow: decisions that it could not rank. */
  failed = 0;
  #contextNames: FeatureNames;
  #candidateNames: FeatureNames;

  constructor(loaded: LoadedPolicy, settings: LiveSettings, now: number) {
    const { policyId, propensityFloor } = loaded.manifest;
    this.loaded = loaded;
    this.name = settings.name;
    this.mode = settings.mode;
    this.share = settings.share;
    this.propensityFloor = settings.propensityFloor ?? propensityFloor;
    this.since = now;
    this.exploreId = servedPolicyId(policyId, propensityFloor, this.propensityFloor);
    this.greedyId = greedyPolicyId(this.exploreId);
    this.rate = new SecondHistory(now);
    this.drift = loaded.reference === undefined ? undefined : new DriftMonitor(loaded.reference);
    this.#contextNames = { own: loaded.contextNames, known: new Set(loaded.contextNames) };
    this.#candidateNames = { own: loaded.candidateNames, known: new Set(loaded.candidateNames) };
  }

  get contextNames(): FeatureNames {
    return this.#contextNames;
  }

  get candidateNames(): FeatureNames {
    return this.#candidateNames;
  }

  /** Lets requests name what other live policies read too: a canary may read more than the policy beside it. */
  allowNamesOf(all: readonly LivePolicy[]): void {
    const namesOf = (list: (policy: LoadedPolicy) => readonly string[]): Set<string> =>
      new Set(all.flatMap(({ loaded }) => list(loaded)));
    this.#contextNames = {
      own: this.loaded.contextNames,
      known: namesOf(({ contextNames }) => contextNames),
    };
    this.#candidateNames = {
      own: this.loaded.candidateNames,
      known: namesOf(({ candidateNames }) => candidateNames),
    };
  }

  /** Counts a decision of this policy, served or not. */
  count(
    { itemIds, candidates, positionPropensities }: ShownSlate,
    { milliseconds, now }: { readonly milliseconds: number; readonly now: number },
  ): void {
    this.decisions++;
    this.rate.add(now);
    this.latencies.add(milliseconds, now);
    this.slates.add(itemIds, candidates, positionPropensities);
  }
}

/** A slate as the figures need it. */
export interface ShownSlate {
  readonly itemIds: readonly string[];
  readonly candidates: number;
  readonly positionPropensities: Float64Array;
}
