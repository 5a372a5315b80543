import { parentPort, workerData } from "node:worker_threads";
import {
  contentGapSource,
  figuresOf,
  watchWorld,
  type ContentGapOptions,
  type WatchedWorld,
} from "@longview/marketplace";
import { ecosystemValue, movementBetween, ScorecardError, type ExchangeRates } from "@longview/scorecard";
import { LAST_PART } from "../evaluation/pool.ts";
import type { Part, PartReply } from "../evaluation/pool.ts";
import { failureOf } from "../run/messages.ts";
import { tellDay } from "./live-series.ts";
import { makeActor } from "./make-actor.ts";
import type {
  OutcomeGaps,
  OutcomeMovement,
  OutcomeValue,
  PolicyOutcome,
  SimulationOrder,
  WorldOutcome,
  WorldWork,
} from "./work.ts";

/** Pages of a world that are looked into for gaps, about: enough for cells of a few hundred users, within a second or two. */
const GAP_PAGES = 5000;

const port = parentPort;
if (port === null) throw new Error("simulation-thread.ts runs as a worker thread");
const order = (workerData as { data: SimulationOrder }).data;
const actors = order.policies.map((policy) => makeActor(policy, order));

async function simulate({ world, key }: WorldWork): Promise<WorldOutcome> {
  const { id, options, days, users, confidence, exchangeRates, live } = order;
  const watched: WatchedWorld[] = [];
  for (const [place, actor] of actors.entries())
    watched.push(
      await watchWorld({
        id,
        options,
        key,
        users,
        days,
        actor: await actor,
        scorecard: { confidence },
        onDay: (day, latest) => tellDay(live, { world, day, days }, place === 0 ? latest : undefined),
      }),
    );
  const [first, against] = watched;
  return {
    outcomes: watched.map((each) => outcomeOf(each, exchangeRates)),
    movement: against === undefined ? null : movementOf(against, first!, exchangeRates),
    gaps: world === 0 ? await gapsOf({ id, options, key, users, days, actor: await actors[0]! }) : null,
  };
}

/** Plays the world again and looks into a sample of its pages. */
async function gapsOf(settings: Omit<ContentGapOptions, "pages">): Promise<OutcomeGaps> {
  const { buildAtlas, collectEvidence } = await import("@longview/scorecard/gaps");
  try {
    return buildAtlas(await collectEvidence(contentGapSource({ ...settings, pages: GAP_PAGES })));
  } catch (error) {
    if (error instanceof ScorecardError) return { unavailable: error.message };
    throw error;
  }
}

function outcomeOf({ result, summary, recording }: WatchedWorld, rates: ExchangeRates): PolicyOutcome {
  return {
    figures: figuresOf(result),
    metrics: Object.fromEntries(
      summary.metrics.map((metric) => [
        metric.definition.name,
        "reason" in metric ? { unavailable: metric.reason } : { value: metric.value },
      ]),
    ),
    ecosystem: valueOf(summary, rates),
    recording,
  };
}

function valueOf(summary: WatchedWorld["summary"], rates: ExchangeRates): OutcomeValue {
  const found = ecosystemValue(summary, rates);
  if ("reason" in found) return { unavailable: found.reason };
  const { value, volume, stakeholders } = found;
  return {
    value,
    volume,
    stakeholders: Object.fromEntries(Object.entries(stakeholders).map(([name, sum]) => [name, volume * sum])),
  };
}

function movementOf(before: WatchedWorld, after: WatchedWorld, rates: ExchangeRates): OutcomeMovement {
  const { metrics, value } = movementBetween(before.summary, after.summary, rates);
  return {
    mixRate: Object.fromEntries(
      metrics.flatMap(({ metric, parts }) =>
        parts === undefined ? [] : [[metric, { mix: parts.mix, rate: parts.rate }]],
      ),
    ),
    parts: value === undefined || "reason" in value ? null : value.parts,
  };
}

port.on("message", (part: Part<WorldWork> | typeof LAST_PART) => {
  if (part === LAST_PART) {
    port.close();
    return;
  }
  simulate(part.work).then(
    (result) => port.postMessage({ key: part.key, result } satisfies PartReply<WorldOutcome>),
    (error: unknown) => port.postMessage({ key: part.key, failure: failureOf(error) }),
  );
});
