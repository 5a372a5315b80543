import {
  cupedEffect,
  differenceInMeans,
  differencesInQ,
  multipleRandomisationEffects,
  switchbackEffect,
  type EffectEstimate,
} from "@longview/experiments";
import { simultaneousConfidence } from "@longview/statistics";
import { MARKET_FEATURES, type MarketFeature } from "./market-features.ts";
import { bySlot, byStep, looksByCreator, outcomeColumn } from "./outcome-units.ts";
import type { ExperimentRun } from "./run-experiment.ts";

/** What is estimated, and from what. */
export interface EstimateEffectsOptions {
  /** `reward` or an objective; designs of creators are about looks, whatever is said here. */
  readonly outcome: string;
  /** The same outcome a day of each user slot before the experiment, for CUPED. */
  readonly before?: ArrayLike<number>;
  /** State of the market for Differences-in-Qs. @defaultValue budgetUsed, budgetUsedLeft, sponsoredLooks */
  readonly features?: readonly MarketFeature[];
  /** @defaultValue 0.95 */
  readonly confidence?: number;
}

const BUDGET_FEATURES = ["budgetUsed", "budgetUsedLeft", "sponsoredLooks"] as const;

/**
 * Every estimate that belongs to the run's design, by name, in the unit that UNIT_OF_DESIGN says: the one that a plain test would
 * give is always there as `difference in means`.
 *
 * Intervals are over what was randomised among users or creators. In `budget-split` the arms' campaigns differ by chance as well,
 * which is not in them: on revenue they are too narrow (docs/experiments-in-the-marketplace.md).
 *
 * @throws RangeError for an outcome that is not there, an arm without units, and a run in which nothing was randomised
 */
export function estimateEffects(
  run: ExperimentRun,
  options: EstimateEffectsOptions,
): Readonly<Record<string, EffectEstimate>> {
  const { outcome, before, features = BUDGET_FEATURES, confidence = 0.95 } = options;
  const { assignment, users, creators } = run;
  const { design, userArm, creatorArm, cluster } = assignment;
  const level = { confidence };
  switch (design.kind) {
    case "everyone":
      throw new RangeError("experiment: nothing was randomised (design everyone), so nothing is estimated");
    case "user":
    case "budget-split":
    case "co-diverted": {
      const values = bySlot(run, outcome);
      const plain = { "difference in means": differenceInMeans({ outcome: values, arm: userArm }, level) };
      if (before === undefined) return plain;
      return { ...plain, CUPED: cupedEffect({ outcome: values, covariate: before, arm: userArm }, level) };
    }
    case "cluster":
      return {
        "difference in means": differenceInMeans(
          { outcome: bySlot(run, outcome), arm: userArm, cluster },
          level,
        ),
      };
    case "decision": {
      const { arm, user } = run.pages;
      const values = outcomeColumn(run, outcome);
      return {
        // arms of a user's pages are independent, so pages may be taken as units
        "difference in means": differenceInMeans({ outcome: values, arm }, level),
        "Differences-in-Qs": differencesInQ(
          { outcome: values, arm, features: chosenFeatures(run, features, user.length) },
          level,
        ),
      };
    }
    case "switchback":
      return switchbackEstimates(run, outcome, level);
    case "creator":
      return {
        "difference in means": differenceInMeans({ outcome: looksByCreator(run), arm: creatorArm }, level),
      };
    case "two-sided": {
      const pairs = users * creators;
      const of = (from: Uint8Array, at: (pair: number) => number): Uint8Array =>
        Uint8Array.from({ length: pairs }, (_, pair) => from[at(pair)]!);
      const userOf = (pair: number): number => Math.floor(pair / creators);
      const effects = multipleRandomisationEffects(
        {
          outcome: Float64Array.from(run.looks, (looks) => looks / run.days),
          user: Int32Array.from({ length: pairs }, (_, pair) => userOf(pair)),
          creator: Int32Array.from({ length: pairs }, (_, pair) => pair % creators),
          userArm: of(userArm, userOf),
          creatorArm: of(creatorArm, (pair) => pair % creators),
        },
        level,
      );
      return {
        "difference in means": effects.total,
        direct: effects.direct,
        "user spillover": effects.userSpillover,
        "creator spillover": effects.creatorSpillover,
      };
    }
  }
}

function switchbackEstimates(
  run: ExperimentRun,
  outcome: string,
  level: { readonly confidence: number },
): Readonly<Record<string, EffectEstimate>> {
  const { switchback, design } = run.assignment;
  if (switchback === undefined || design.kind !== "switchback")
    throw new RangeError("experiment: not a switchback");
  const values = byStep(run, outcome);
  const rows = {
    count: values.length,
    time: Float64Array.from(values, (_, step) => step / run.stepsPerDay),
  };
  const interval = new Int32Array(values.length);
  const kept = new Uint8Array(values.length);
  const arm = new Uint8Array(values.length);
  switchback.intervalsInto(interval, rows);
  switchback.keptInto(kept, rows);
  switchback.armsInto(arm, rows);
  const options = { ...level, order: design.order ?? "independent" } as const;
  return {
    "difference in means": switchbackEffect({ outcome: values, interval, arm }, options),
    "switchback with washout": switchbackEffect({ outcome: values, interval, arm, kept }, options),
  };
}

/** The chosen columns of the market's features. */
function chosenFeatures(run: ExperimentRun, names: readonly MarketFeature[], rows: number): Float64Array {
  const places = names.map((name) => MARKET_FEATURES.indexOf(name));
  const all = run.pages.features;
  return Float64Array.from(
    { length: rows * places.length },
    (_, i) => all[Math.floor(i / places.length) * MARKET_FEATURES.length + places[i % places.length]!]!,
  );
}

/**
 * What a test by user says when it is looked at after each week of 7 days, by difference in means of what each slot had so far. The
 * same users come back every week, so the number of looks is planned and all intervals hold at once with the confidence.
 *
 * @throws RangeError for another design, or a run of less than a week
 */
export function weeklyLooks(
  run: ExperimentRun,
  { outcome, confidence = 0.95 }: Pick<EstimateEffectsOptions, "outcome" | "confidence">,
): readonly EffectEstimate[] {
  const { design, userArm } = run.assignment;
  const weeks = Math.floor(run.days / 7);
  if (design.kind !== "user" || weeks < 1)
    throw new RangeError(
      `experiment: weekly looks need a design by user and at least 7 days, got ${design.kind} and ${run.days}`,
    );
  const each = { confidence: simultaneousConfidence(confidence, weeks) };
  return Array.from({ length: weeks }, (_, week) =>
    differenceInMeans({ outcome: bySlot(run, outcome, 7 * (week + 1)), arm: userArm }, each),
  );
}
