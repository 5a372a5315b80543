import type { Estimate, Evaluation, PolicyEvaluation } from "@longview/formats";
import { bootstrapMeanInterval, deriveKey, foldIn, meanInterval, meanUpperBound } from "@longview/statistics";
import type { RandomKey } from "@longview/statistics";
import type { PolicyUnits, UnitResult } from "./unit-result.ts";

/** What the summary needs beside the units. */
export interface SummaryOptions {
  readonly confidence: number;
  /** Limits by cost name; a cost without one is reported and not judged. */
  readonly limits: Readonly<Record<string, number>>;
  /** Key of the resampling. */
  readonly key: RandomKey;
}

/** Fewer units than this have too few distinct resamples for the bootstrap: Student's t is used. */
export const MINIMUM_RESAMPLED_UNITS = 10;

const mean = (values: readonly number[]): number =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;

function meanSeries(series: readonly (readonly number[])[]): number[] {
  const length = Math.max(0, ...series.map((each) => each.length));
  return Array.from({ length }, (_, index) => mean(series.flatMap((each) => each.slice(index, index + 1))));
}

/**
 * Turns what every policy did in every unit into the rows of `evaluation.json`.
 *
 * Intervals resample whole units, or are Student's t of them where there are fewer than
 * {@link MINIMUM_RESAMPLED_UNITS}. Differences are trained minus the policy, unit by unit on the same noise, so
 * what the units share cancels.
 *
 * @param policies - the first is the trained one; all have the same units in the same order
 */
export function summarise(policies: readonly PolicyUnits[], options: SummaryOptions): PolicyEvaluation[] {
  const trained = policies[0];
  if (trained === undefined) throw new RangeError("summarise: no policies");
  // Every interval draws from its own key, so that adding a policy or a cost changes no other number.
  const interval = (values: readonly number[], ...purpose: string[]): Estimate => {
    const { confidence } = options;
    const key = deriveKey(foldIn(options.key, values.length), purpose.join("/"));
    const result =
      values.length < MINIMUM_RESAMPLED_UNITS
        ? meanInterval(values, { confidence })
        : bootstrapMeanInterval(values, { confidence, key });
    return { mean: result.mean, interval: [result.interval[0], result.interval[1]] };
  };
  const rows = (units: readonly UnitResult[], pick: (unit: UnitResult) => number): number[] =>
    units.map(pick);
  const paired = (policy: PolicyUnits, purpose: string, pick: (unit: UnitResult) => number): Estimate =>
    interval(
      policy.units.map((unit, index) => pick(trained.units[index]!) - pick(unit)),
      "difference",
      policy.name,
      purpose,
    );
  return policies.map((policy) => {
    const { name, units } = policy;
    if (units.length !== trained.units.length)
      throw new RangeError(
        `summarise: ${name} has ${units.length} units, trained has ${trained.units.length}`,
      );
    const first = units[0]!;
    const objectives = Object.keys(first.objectives);
    const costs = Object.keys(first.costs);
    const estimates = <T>(names: readonly string[], make: (each: string) => T): Record<string, T> =>
      Object.fromEntries(names.map((each) => [each, make(each)]));
    const judged = estimates(costs, (cost) => {
      const values = rows(units, (unit) => unit.costs[cost]!);
      return {
        mean: mean(values),
        upperBound: meanUpperBound(values, { confidence: options.confidence }),
        limit: options.limits[cost] ?? null,
      };
    });
    return {
      name,
      role: policy.role,
      description: policy.description,
      value: interval(
        rows(units, (unit) => unit.value),
        "value",
        name,
      ),
      undiscountedValue: interval(
        rows(units, (unit) => unit.undiscountedValue),
        "undiscounted",
        name,
      ),
      objectives: estimates(objectives, (objective) =>
        interval(
          rows(units, (unit) => unit.objectives[objective]!),
          "objective",
          objective,
          name,
        ),
      ),
      costs: judged,
      feasible: Object.values(judged).every((cost) => cost.limit === null || cost.upperBound <= cost.limit),
      differenceToTrained: {
        ...paired(policy, "value", (unit) => unit.value),
        objectives: estimates(objectives, (each) =>
          paired(policy, `objective/${each}`, (unit) => unit.objectives[each]!),
        ),
        costs: estimates(costs, (each) => paired(policy, `cost/${each}`, (unit) => unit.costs[each]!)),
      },
      ...(policy.settings === undefined ? {} : { settings: { ...policy.settings } }),
      worldValues: rows(units, (unit) => unit.value),
      ...(first.weeklyValues === undefined
        ? {}
        : { weeklyValues: meanSeries(units.map((unit) => unit.weeklyValues ?? [])) }),
      ...(first.weeklyEngagement === undefined
        ? {}
        : { weeklyEngagement: meanSeries(units.map((unit) => unit.weeklyEngagement ?? [])) }),
      ...(first.daily === undefined
        ? {}
        : {
            daily: Object.fromEntries(
              Object.keys(first.daily).map((series) => [
                series,
                meanSeries(units.map((unit) => unit.daily?.[series] ?? [])),
              ]),
            ),
          }),
    };
  });
}

/** The best feasible policy that the trained one has to beat, by mean value; undefined when none is feasible. */
export function bestFeasibleBaseline(evaluation: Evaluation): PolicyEvaluation | undefined {
  let best: PolicyEvaluation | undefined;
  for (const policy of evaluation.policies) {
    if (policy.role !== "baseline" || !policy.feasible) continue;
    if (best === undefined || policy.value.mean > best.value.mean) best = policy;
  }
  return best;
}
