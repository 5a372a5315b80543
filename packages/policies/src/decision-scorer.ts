import { choiceLogProbability, type ChoiceGroup, uniformChoiceProbability } from "./choice-groups.ts";
import {
  decisionReader,
  type DecisionTable,
  type LoggedDecision,
  type PolicyReading,
} from "./decision-reader.ts";
import { openGraphSession } from "./graph-session.ts";
import { mixedProbability } from "./uniform-mixing.ts";

/** A policy's graph and what it reads: a bundle, or a run's policy that was not exported yet. */
export interface PolicyGraph extends PolicyReading {
  readonly onnx: Uint8Array;
  /** Share of the uniform policy that is mixed in. */
  readonly propensityFloor: number;
}

/** Scores decisions as a decision log holds them: each by its own candidates alone, whatever others are scored with it. */
export interface DecisionScorer {
  /** Share of the uniform policy that is mixed in. */
  readonly propensityFloor: number;
  /** What keeps the policy from deciding this, in one line; undefined where nothing does. */
  explainMismatch(decision: LoggedDecision): string | undefined;
  /**
   * Scores (logits) of each decision's candidates, in float64.
   *
   * @throws RangeError one line with the number of the decision that does not fit, or whose scores are not finite
   */
  scores(decisions: readonly LoggedDecision[]): Promise<readonly Float64Array[]>;
  /**
   * Scores of one decision that lies in typed arrays: the same bits as {@link scores} gives for it, without an object
   * for each candidate on the way.
   *
   * @throws RangeError one line with what does not fit
   */
  tableScores(table: DecisionTable): Promise<Float64Array>;
  /** {@link groups} of a decision in typed arrays. */
  tableGroups(table: DecisionTable, slots: number): readonly ChoiceGroup[];
  /** Groups of candidates among which a slate of so many items is chosen. */
  groups(decision: LoggedDecision, slots: number): readonly ChoiceGroup[];
  /**
   * Natural log of the probability of a whole slate (positions into the decision's candidates), floor included.
   *
   * @throws RangeError when the slate is none of the decision's
   */
  logProbability(decision: LoggedDecision, scores: Readonly<Float64Array>, slate: ArrayLike<number>): number;
  /** Probability of each candidate where one is shown, floor included. */
  distribution(scores: Readonly<Float64Array>): Float64Array;
  dispose(): Promise<void>;
}

/**
 * Rows of one call. They follow from the decision's own width alone, because a row's last bits may depend on how many
 * rows a call has: so a decision scores the same when it is made, when it is logged and when the log is read. Wide
 * decisions fill a call by themselves; narrow ones share it.
 */
const callRows = (width: number): number => (width >= WIDE ? 1 : 8);
const WIDE = 32;

/** Makes a graph ready to score decisions. @throws Error when the graph is no model, or not the one that was described */
export async function createDecisionScorer(graph: PolicyGraph): Promise<DecisionScorer> {
  const reader = decisionReader(graph);
  const session = await openGraphSession(graph.onnx);
  const { propensityFloor } = graph;
  for (const name of reader.inputs)
    if (!session.inputNames.includes(name))
      throw new RangeError(`has no input ${name}; its inputs are ${session.inputNames.join(", ")}`);
  if (!session.outputNames.includes(reader.output))
    throw new RangeError(`has no output ${reader.output}; it has ${session.outputNames.join(", ")}`);

  async function scoreAlike(
    decisions: readonly LoggedDecision[],
    numbers: readonly number[],
    out: Float64Array[],
  ): Promise<void> {
    const first = decisions[numbers[0]!]!;
    const width = reader.width(first);
    const rows = callRows(width);
    for (let start = 0; start < numbers.length; start += rows) {
      const some = numbers.slice(start, start + rows);
      const feeds = reader.feeds(
        some.map((number) => decisions[number]!),
        rows,
      );
      const outputs = await session.run(feeds, reader.output);
      some.forEach((number, row) => {
        const scores = reader.candidateScores(
          decisions[number]!,
          outputs.subarray(row * width, (row + 1) * width),
        );
        if (!scores.every(Number.isFinite))
          throw new RangeError(`decision ${number}: the policy's ${reader.output} are not finite`);
        out[number] = scores;
      });
    }
  }

  async function scoreAll(decisions: readonly LoggedDecision[]): Promise<readonly Float64Array[]> {
    const out = new Array<Float64Array>(decisions.length);
    // Decisions of the same width go together, so that none is padded.
    const alike = new Map<number, number[]>();
    decisions.forEach((decision, number) => {
      const problem = reader.explainMismatch(decision);
      if (problem !== undefined) throw new RangeError(`decision ${number}: ${problem}`);
      const width = reader.width(decision);
      const numbers = alike.get(width);
      if (numbers === undefined) alike.set(width, [number]);
      else numbers.push(number);
    });
    for (const numbers of alike.values()) await scoreAlike(decisions, numbers, out);
    return out;
  }

  return {
    propensityFloor,
    explainMismatch: reader.explainMismatch,
    groups: reader.groups,
    scores: scoreAll,
    async tableScores(table) {
      const width = table.itemIds.length;
      const feeds = reader.tableFeeds?.(table, callRows(width));
      if (feeds === undefined) return (await scoreAll([decisionOf(table)]))[0]!;
      const outputs = await session.run(feeds, reader.output);
      const scores = new Float64Array(width);
      for (let i = 0; i < width; i++) {
        scores[i] = outputs[i]!;
        if (!Number.isFinite(scores[i])) throw new RangeError(`the policy's ${reader.output} are not finite`);
      }
      return scores;
    },
    tableGroups: (table, slots) =>
      reader.tableFeeds === undefined
        ? reader.groups(decisionOf(table), slots)
        : [{ first: 0, candidates: table.itemIds.length, slots }],
    logProbability(decision, scores, slate) {
      const groups = reader.groups(decision, slate.length);
      const { joint } = choiceLogProbability(scores, slate, groups);
      if (propensityFloor === 0) return joint;
      return Math.log(
        mixedProbability(Math.exp(joint), uniformChoiceProbability(groups).joint, propensityFloor),
      );
    },
    distribution(scores) {
      const largest = scores.reduce((best, score) => Math.max(best, score), -Infinity);
      const weights = scores.map((score) => Math.exp(score - largest));
      const sum = weights.reduce((total, weight) => total + weight, 0);
      return weights.map((weight) => mixedProbability(weight / sum, 1 / scores.length, propensityFloor));
    },
    dispose: () => session.dispose(),
  };
}

/** A decision of typed arrays as a log's row holds it. */
export function decisionOf({ context, itemIds, features, featureCount }: DecisionTable): LoggedDecision {
  return {
    context,
    candidates: itemIds.map((item_id, m) => ({
      item_id,
      features: features.subarray(m * featureCount, (m + 1) * featureCount),
    })),
  };
}
