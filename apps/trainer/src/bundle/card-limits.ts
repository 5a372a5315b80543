import type { BundleDescription, Evaluation } from "@longview/formats";
import type { RunConfiguration } from "../configuration/schema.ts";
import { isWorld } from "../configuration/load.ts";
import { formatLimit } from "../display/format.ts";
import { headlineOf } from "../report/headline.ts";

/** What a policy is for, and what it must not be used for on this evidence. */
export function intendedUseSection({ distribution, environment }: BundleDescription): string[] {
  const task =
    distribution === "plackett-luce"
      ? "To choose and order items for one person at a time out of candidates that another system retrieved."
      : "To choose an action for each observation.";
  return [
    "## Intended use",
    "",
    isWorld(environment)
      ? `${task} It is a candidate for a trial, not a finished launch: judge it on logged decisions of the real system first (\`longview gate\`), then give it a small share of the traffic, with its propensities logged.`
      : `${task} It solves a simulated problem, and is meant for studying and testing rather than for people.`,
    "",
    "Not for: deciding what may be shown at all. What must never be shown is to be removed before the policy sees it.",
    "",
  ];
}

/** What is known not to be known, as it is true of this run. */
export function limitsSection(
  description: BundleDescription,
  configuration: RunConfiguration,
  evaluation: Evaluation | undefined,
): string[] {
  return [
    "## Known limits",
    "",
    ...Array.from(limitsOf(description, configuration, evaluation), (sentence) => `- ${sentence}`),
    "",
  ];
}

function* limitsOf(
  { distribution, environment, actionSpace, lineage, observation, propensityFloor }: BundleDescription,
  configuration: RunConfiguration,
  evaluation: Evaluation | undefined,
): Generator<string> {
  yield "It was trained and judged in simulation alone. Nothing here says how real people, creators or items answer to it.";
  yield `It is one run with one seed (\`${lineage.seed}\`): its intervals say how other worlds would differ, not how another training would.`;
  if (isWorld(environment)) {
    yield "Advertisers, prices and budgets are not simulated; engagement is all that stands for what the platform and they gain.";
    yield "Its harm signal is a simulated classifier's. A real classifier with other errors changes what the policy shows.";
    if (lineage.logs.length === 0)
      yield "Users, creators and items were invented: their mix, and the features' scales, are the environment's defaults or options.";
  }
  if (distribution === "plackett-luce") {
    const shape = observation["candidates"]?.shape ?? [];
    yield `It met at most ${shape[0]} candidates and filled ${String(actionSpace["slots"])} places at a time. The graph takes any number of either, on which it was not judged.`;
  }
  if (propensityFloor > 0)
    yield `Serving mixes ${formatLimit(100 * propensityFloor)} % uniformly random choices in. Neither training nor the comparison had them.`;
  if (evaluation === undefined) {
    yield "It was not compared with any other policy.";
    return;
  }
  const headline = headlineOf(evaluation);
  if (!headline.better) yield "It is not shown to be better than the best baseline.";
  if (!headline.feasible) yield "It is not shown to keep every limit that was set.";
  if (evaluation.units < 20)
    yield `Its intervals rest on ${evaluation.units} ${evaluation.unit}s: few, and so wide.`;
  if (evaluation.days !== null)
    yield `The comparison ends after ${evaluation.days} simulated days; what comes later was not looked at.`;
  yield configuration.evaluation.actions === "greedy"
    ? "It was compared showing its best-scored choices. Served in mode `explore` it samples, which was not compared."
    : "It was compared sampling its choices, as in training. Served in mode `greedy` it does something else, which was not compared.";
}
