/**
 * Worlds whose gaps are known, for judging the gap atlas. Sizes and effects, written down before anything was measured:
 *
 * - 8 topics × 4 segments × 3 contexts = 96 cells; 600 users, each of one segment (shares 45, 30, 18, 7 %).
 * - A user decides a lognormal number of times, 12 on average (σ = 1 of the logarithm). Contexts have 60, 30 and 10 % of decisions.
 *   A topic's share is ∝ 1 / (rank + 1), times a Gamma(4) factor of its own in each segment and context. So the largest cell has
 *   some hundreds of decisions, the smallest one or two. A decision wants one topic with weight 0.8 and another with 0.2.
 * - The true mean loss m of a cell is at most the margin, 0.05, where no gap is planted: exactly the margin in a third of the
 *   cells (the hardest case that is no gap), else uniform below it. Planted gaps: 10 of the 96 cells, m uniform in 0.15 … 0.40.
 * - A decision's loss is `m · exp(Z − σ²/2)`, Z the sum of a user's effect (0.4, shared by all their decisions), a user's effect on a
 *   topic (0.3) and the decision's own (0.6): never below 0, skewed, correlated within users and across cells, of mean exactly m.
 *   The utility of the best and of the served are each measured with a normal error of 0.1.
 * - Cause: in a planted cell the best item is lost at one stage, drawn for the cell with equal chances. In 20 % of its decisions it
 *   is lost at a further stage too, in 10 % at another one instead. Three more items, worth between the served and the best, are lost
 *   at random sets of stages: mending other stages brings something too. Where no gap is planted the stage is drawn each time.
 * - Three kinds of worlds: `planted`; `none`, the same without the planted gaps; `margin`, the hardest for the test, where every cell
 *   loses exactly the margin on average and a decision's loss is `m · (1 + Z)`, of both signs and without skew.
 */
import {
  itemCoalitionsInto,
  COALITIONS,
  IDEAL,
  STAGES,
  type GapAxes,
  type GapSource,
  type NeedRecord,
} from "@longview/scorecard/gaps";
import { deriveKey, foldIn, normalQuantile, uniformsInto, type RandomKey } from "@longview/statistics";

export const MARGIN = 0.05;
const TOPICS = 8;
const SEGMENT_SHARES = [0.45, 0.3, 0.18, 0.07];
const CONTEXT_SHARES = [0.6, 0.3, 0.1];
const USERS = 600;
const MEAN_DECISIONS = 12;
const WEIGHTS = [0.8, 0.2];
const SPREAD = { user: 0.4, userTopic: 0.3, decision: 0.6 };
const VARIANCE = SPREAD.user ** 2 + SPREAD.userTopic ** 2 + SPREAD.decision ** 2;
const ERROR = 0.1;
const CELLS = TOPICS * SEGMENT_SHARES.length * CONTEXT_SHARES.length;
/** Draws of one wanted topic: see `needInto`. */
const DRAWS = 12;

/** What is true of the cells of a world. */
export const WORLD_KINDS = ["planted", "none", "margin"] as const;
/** One of {@link WORLD_KINDS}. */
export type WorldKind = (typeof WORLD_KINDS)[number];
const PLANTED = 10;

/** The truth of one cell. */
export interface CellTruth {
  readonly meanLoss: number;
  readonly planted: boolean;
  /** Index into STAGES; of planted cells only it means something. */
  readonly cause: number;
  /** Expected decisions in which the topic is wanted. */
  readonly demand: number;
}

/** A world: what the atlas reads, and what is true. */
export interface GapWorld {
  readonly source: GapSource;
  readonly truth: readonly CellTruth[];
}

const names = (prefix: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${prefix} ${index}`);

const AXES: GapAxes = {
  topics: names("topic", TOPICS),
  segments: names("segment", SEGMENT_SHARES.length),
  contexts: names("context", CONTEXT_SHARES.length),
};

function uniformsOf(key: RandomKey, entity: number, count: number): Float64Array {
  const out = new Float64Array(count);
  uniformsInto(out, 0, count, key.first, key.second, entity, 0);
  return out;
}

/** Index of the first cumulative share above `u`. */
function pick(shares: ArrayLike<number>, u: number): number {
  let rest = u;
  for (let k = 0; k < shares.length - 1; k++) {
    rest -= shares[k]!;
    if (rest < 0) return k;
  }
  return shares.length - 1;
}

function normalized(weights: readonly number[]): number[] {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

/** Topic shares of each segment and context. */
function topicShares(key: RandomKey): number[][] {
  return Array.from({ length: SEGMENT_SHARES.length * CONTEXT_SHARES.length }, (_, place) =>
    normalized(
      Array.from({ length: TOPICS }, (__, topic) => {
        // Gamma(4, mean 1): the mean of four exponentials.
        const draws = uniformsOf(key, place * TOPICS + topic, 4);
        return -draws.reduce((sum, u) => sum + Math.log(u), 0) / 4 / (topic + 1);
      }),
    ),
  );
}

/** Draws a world. */
export function drawGapWorld(key: RandomKey, kind: WorldKind): GapWorld {
  const shares = topicShares(deriveKey(key, "topics"));
  const order = Array.from({ length: CELLS }, (_, cell) => ({
    cell,
    u: uniformsOf(deriveKey(key, "planted"), cell, 2)[0]!,
  })).sort((one, other) => one.u - other.u);
  const chosen = new Set(order.slice(0, kind === "planted" ? PLANTED : 0).map(({ cell }) => cell));
  const truth = Array.from({ length: CELLS }, (_, cell): CellTruth => {
    const [size, third, cause] = uniformsOf(deriveKey(key, "cells"), cell, 4);
    const place = cell % (SEGMENT_SHARES.length * CONTEXT_SHARES.length);
    const topic = Math.floor(cell / (SEGMENT_SHARES.length * CONTEXT_SHARES.length));
    const share = shares[place]![topic]!;
    const isPlanted = chosen.has(cell);
    return {
      planted: isPlanted,
      meanLoss: isPlanted
        ? 0.15 + 0.25 * size!
        : kind === "margin" || third! < 1 / 3
          ? MARGIN
          : MARGIN * size!,
      cause: Math.floor(cause! * STAGES.length),
      demand:
        USERS *
        MEAN_DECISIONS *
        SEGMENT_SHARES[Math.floor(place / CONTEXT_SHARES.length)]! *
        CONTEXT_SHARES[place % CONTEXT_SHARES.length]! *
        (WEIGHTS[0]! + WEIGHTS[1]!) *
        share,
    };
  });
  const source: GapSource = { axes: AXES, weeks: 1, records: () => needs(key, { shares, truth, kind }) };
  return { source, truth };
}

function* needs(
  key: RandomKey,
  world: {
    readonly shares: number[][];
    readonly truth: readonly CellTruth[];
    readonly kind: WorldKind;
  },
): Generator<NeedRecord> {
  const demand = new Float64Array(TOPICS);
  const utilities = new Float64Array(TOPICS * COALITIONS);
  const userKey = deriveKey(key, "users");
  const decisionKey = deriveKey(key, "decisions");
  const draws = new Float64Array(4 + 2 * DRAWS);
  for (let user = 0; user < USERS; user++) {
    const traits = uniformsOf(userKey, user, 4 + TOPICS);
    const segment = pick(SEGMENT_SHARES, traits[0]!);
    const count = Math.round(MEAN_DECISIONS * Math.exp(normalQuantile(traits[1]!) - 0.5));
    const ofUser = foldIn(decisionKey, user);
    for (let decision = 0; decision < count; decision++) {
      uniformsInto(draws, 0, draws.length, ofUser.first, ofUser.second, decision, 0);
      const context = pick(CONTEXT_SHARES, draws[0]!);
      const place = segment * CONTEXT_SHARES.length + context;
      demand.fill(0);
      for (let want = 0; want < WEIGHTS.length; want++) {
        const topic = pick(world.shares[place]!, draws[1 + want]!);
        if (demand[topic] === 0)
          needInto(utilities, topic * COALITIONS, {
            truth: world.truth[topic * SEGMENT_SHARES.length * CONTEXT_SHARES.length + place]!,
            effect:
              SPREAD.user * normalQuantile(traits[2]!) +
              SPREAD.userTopic * normalQuantile(traits[4 + topic]!),
            draws,
            from: 4 + want * DRAWS,
            kind: world.kind,
          });
        demand[topic] = demand[topic]! + WEIGHTS[want]!;
      }
      yield { unit: user, segment, context, demand, utilities };
    }
  }
}

const itemUtilities = new Float64Array(5);
const lostAt = new Int32Array(5);

/** Writes what one wanted topic has to offer: the served item, the best one, three more. */
function needInto(
  out: Float64Array,
  at: number,
  need: {
    readonly truth: CellTruth;
    readonly effect: number;
    readonly draws: Readonly<Float64Array>;
    readonly from: number;
    readonly kind: WorldKind;
  },
): void {
  const { truth, effect, draws, from, kind } = need;
  const draw = (k: number): number => draws[from + k]!;
  const best = 0.7;
  const logFactor = effect + SPREAD.decision * normalQuantile(draw(0));
  const errors = [ERROR * normalQuantile(draw(10)), ERROR * normalQuantile(draw(11))] as const;
  if (kind === "margin") {
    out.fill(best, at, at + COALITIONS);
    out[at] = best - truth.meanLoss * (1 + logFactor) + errors[0];
    out[at + IDEAL] = best + errors[1];
    return;
  }
  const loss = truth.meanLoss * Math.exp(logFactor - VARIANCE / 2);
  const stageAt = (u: number): number => 1 << Math.floor(u * STAGES.length);
  let lost = truth.planted ? 1 << truth.cause : stageAt(draw(1));
  if (draw(2) < 0.2) lost |= stageAt(draw(3));
  else if (draw(2) < 0.3) lost = stageAt(draw(3));
  itemUtilities[0] = best - loss;
  lostAt[0] = 0;
  itemUtilities[1] = best;
  lostAt[1] = lost;
  for (let k = 0; k < 3; k++) {
    itemUtilities[2 + k] = best - loss * draw(4 + 2 * k);
    lostAt[2 + k] = 1 + Math.floor(draw(5 + 2 * k) * IDEAL);
  }
  itemCoalitionsInto(out, at, { count: 5, utilities: itemUtilities, lostAt, nothing: 0 });
  out[at] = out[at]! + errors[0];
  out[at + IDEAL] = out[at + IDEAL]! + errors[1];
}
