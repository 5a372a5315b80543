import type { RandomKey } from "@longview/statistics";
import { LivePolicy, type LiveSettings } from "./live-policy.ts";
import type { LoadedPolicy } from "./loaded-policy.ts";
import { UnitSplit } from "./unit-split.ts";

/** A policy that is to be live. */
export interface PolicyToDeploy extends LiveSettings {
  readonly folder: string;
}

/** All policies that are live together; never changed, only replaced as a whole. */
export class Deployment {
  readonly policies: readonly LivePolicy[];
  readonly shadows: readonly LivePolicy[];
  readonly #split: UnitSplit<LivePolicy>;

  constructor(policies: readonly LivePolicy[], key: RandomKey) {
    this.policies = policies;
    this.shadows = policies.filter(({ mode }) => mode === "shadow");
    this.#split = new UnitSplit(
      policies.filter(({ mode }) => mode === "serve"),
      key,
    );
    for (const policy of policies) policy.allowNamesOf(policies);
  }

  /** Who decides for a unit. */
  policyOf(unitId: string): LivePolicy {
    return this.#split.partOf(unitId);
  }
}

/** Deployments that a rollback can go back to; their graphs stay ready. */
const EARLIER = 4;

/** How deployments are made. */
export interface DeploymentsOptions {
  /** Opens and checks a bundle. @throws Error when it is refused */
  readonly open: (folder: string) => Promise<LoadedPolicy>;
  /** Makes room for what the opened policies need, before they go live. @throws Error when there is none: they are refused */
  readonly prepare: (opened: readonly LoadedPolicy[]) => Promise<void>;
  readonly splitKey: RandomKey;
  /** Seconds since 1970. */
  readonly now: () => number;
}

/** What is live, what was before, and the way from one to the other. A request keeps the deployment it began with. */
export class Deployments {
  readonly #options: DeploymentsOptions;
  readonly #earlier: Deployment[] = [];
  #current: Deployment | undefined;
  /** One change at a time: the next begins when the last has ended. */
  #changing: Promise<unknown> = Promise.resolve();

  constructor(options: DeploymentsOptions) {
    this.#options = options;
  }

  /** @throws Error before the first deployment */
  get current(): Deployment {
    if (this.#current === undefined) throw new Error("nothing is deployed yet");
    return this.#current;
  }

  get ready(): boolean {
    return this.#current !== undefined;
  }

  /** How often a rollback can go back. */
  get earlier(): number {
    return this.#earlier.length;
  }

  /**
   * Opens every policy and then puts all of them in the place of what is live, in one step.
   *
   * @throws Error when one of them is refused; what is live stays
   */
  deploy(policies: readonly PolicyToDeploy[]): Promise<Deployment> {
    return this.#change(async () => {
      const { open, prepare, splitKey, now } = this.#options;
      const opened: LoadedPolicy[] = [];
      try {
        for (const { folder } of policies) opened.push(await open(folder));
        await prepare(opened);
        const live = policies.map((settings, i) => new LivePolicy(opened[i]!, settings, now()));
        const next = new Deployment(live, splitKey);
        if (this.#current !== undefined) this.#earlier.push(this.#current);
        this.#current = next;
        if (this.#earlier.length > EARLIER) await retire(this.#earlier.shift());
        return next;
      } catch (cause) {
        for (const policy of opened) await policy.retire();
        throw cause;
      }
    });
  }

  /** Makes live again what was live before. Undefined where nothing was. */
  rollback(): Promise<Deployment | undefined> {
    return this.#change(async () => {
      const back = this.#earlier.pop();
      if (back === undefined) return undefined;
      const left = this.#current;
      this.#current = back;
      await retire(left);
      return back;
    });
  }

  /** Disposes of every policy as soon as nothing uses it. */
  async close(): Promise<void> {
    await this.#change(async () => {
      for (const deployment of [...this.#earlier, this.#current]) await retire(deployment);
    });
  }

  #change<Result>(work: () => Promise<Result>): Promise<Result> {
    const done = this.#changing.then(work);
    this.#changing = done.catch(() => undefined);
    return done;
  }
}

async function retire(deployment: Deployment | undefined): Promise<void> {
  for (const { loaded } of deployment?.policies ?? []) await loaded.retire();
}
