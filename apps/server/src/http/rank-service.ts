import type { RankAnswer, ServingError } from "@longview/formats";
import type { DecisionSink } from "../decision-sink.ts";
import { decide, type DecisionSources, type MadeDecision } from "../policies/decide.ts";
import type { Deployment, Deployments } from "../policies/deployments.ts";
import type { LivePolicy } from "../policies/live-policy.ts";
import type { RankQuery } from "../policies/rank-query.ts";
import type { Shadows } from "../policies/shadows.ts";
import type { RecentDecisions } from "../metrics/recent-decisions.ts";
import type { SecondHistory } from "../metrics/second-history.ts";
import { ServingProblem } from "../serving-problem.ts";
import { problemOf } from "./error-answers.ts";

/** What ranking needs. */
export interface RankServiceOptions extends DecisionSources {
  readonly deployments: Deployments;
  readonly log: DecisionSink;
  readonly shadows: Shadows;
  readonly recent: RecentDecisions;
  readonly history: SecondHistory;
  /** Seconds since 1970. */
  readonly now: () => number;
}

interface Ranked {
  readonly deployment: Deployment;
  readonly policy: LivePolicy;
  readonly query: RankQuery;
  readonly made: MadeDecision;
}

/** Decides, logs, and only then answers. */
export class RankService {
  readonly #options: RankServiceOptions;

  constructor(options: RankServiceOptions) {
    this.#options = options;
  }

  /** @param arrived - when the request came, by `performance.now()` */
  async rank(query: RankQuery, arrived: number): Promise<RankAnswer> {
    const ranked = await this.#decide(query);
    const [decisionId] = await this.#keep([ranked]);
    return this.#answer(ranked, decisionId!, arrived);
  }

  /** One answer or error for each, in their order; what was decided is logged in one go. */
  async rankAll(
    queries: readonly (RankQuery | ServingProblem)[],
    arrived: number,
  ): Promise<(RankAnswer | ServingError)[]> {
    const decided: (Ranked | ServingProblem)[] = [];
    for (const query of queries)
      decided.push(query instanceof ServingProblem ? query : await this.#decide(query).catch(problemOf));
    const ranked = decided.filter((each): each is Ranked => !(each instanceof ServingProblem));
    const ids = ranked.length === 0 ? [] : await this.#keep(ranked);
    let next = 0;
    return decided.map((each) =>
      each instanceof ServingProblem ? each.body : this.#answer(each, ids[next++]!, arrived),
    );
  }

  async #decide(query: RankQuery): Promise<Ranked> {
    const deployment = this.#options.deployments.current;
    const policy = deployment.policyOf(query.unitId);
    // In the same turn as the deployment was read, so that no swap disposes of the policy in between.
    const made = await policy.loaded.use(() => decide(policy, query, this.#options));
    return { deployment, policy, query, made };
  }

  async #keep(ranked: readonly Ranked[]): Promise<readonly string[]> {
    try {
      const { ids, written } = this.#options.log.append(ranked.map(({ made }) => made.served));
      await written;
      return ids;
    } catch (cause) {
      throw new ServingProblem("LOG_UNAVAILABLE", "the decision could not be logged; try again", { cause });
    }
  }

  #answer({ deployment, policy, query, made }: Ranked, decisionId: string, arrived: number): RankAnswer {
    const { shadows, recent, history } = this.#options;
    const { served, positions, itemIds } = made;
    const now = this.#options.now();
    const milliseconds = performance.now() - arrived;
    const candidates = served.itemIds.length;
    policy.count(
      { itemIds, candidates, positionPropensities: served.positionPropensities },
      { milliseconds, now },
    );
    history.addLatency(milliseconds, now);
    policy.drift?.observe(served.context, served.features, candidates);
    recent.add({ decisionId, time: now, policy, query, made, milliseconds });
    if (deployment.shadows.length > 0) shadows.follow(deployment.shadows, query, made);
    return {
      decision_id: decisionId,
      policy_id: served.policyId,
      policy: policy.name,
      mode: query.mode,
      item_ids: [...itemIds],
      positions: [...positions],
      slate_propensity: served.slatePropensity,
      position_propensities: Array.from(served.positionPropensities),
      random_key: served.randomKey,
    };
  }
}
