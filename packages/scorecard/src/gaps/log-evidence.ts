import { ScorecardError } from "../error.ts";
import { cellNumber, emptyCell, type CellSums, type GapEvidence } from "./evidence.ts";
import type { CatalogueItem } from "./catalogue-item.ts";
import type { LogDecision, LoggedDecisions } from "./log-decisions.ts";
import { LevelSums, LEVELS } from "./level-sums.ts";
import { FITS, fitWithout, LOG_GROUPS, OutcomeModel } from "./outcome-model.ts";
import { groupOf } from "./source.ts";
import type { ServedSupply } from "./topic-prices.ts";
import type { Stage } from "./stages.ts";

/** Options of {@link collectLogEvidence}. */
export interface LogEvidenceOptions {
  /**
   * What is taken to be makeable: in any topic an item as far above the topic's ordinary item as the best `1 − reference` of all items
   * shown are above theirs on average, in (0, 1). An assumption: a log doesn't show what nobody made. @defaultValue 0.9
   */
  readonly reference?: number;
}

/** Evidence from a log, and its items for briefs. */
export interface LogEvidence {
  readonly evidence: GapEvidence;
  /** The utility of each item, by its number, fitted on the whole log. */
  readonly utilityOf: (item: number) => CatalogueItem["utility"];
  /** What the log shows of each topic, and its mean outcome. */
  readonly served: ServedSupply;
}

/** Showings to each half below which what an item is worth stays open: its effect is shrunk by a quarter or more. */
const SETTLED = 30;
/** Showings in a half from which an item's effect counts towards the reference. */
const KNOWN = 5;

/**
 * Reads gaps out of a decision log: candidates are what was retrieved, the slate is what was served, utilities are fitted outcomes.
 *
 * Cross-fitted, so that luck isn't taken for a gap: which item is best is chosen by the outcomes of one half of the users, and what it
 * is worth is read from the other half's, for the other half's decisions. The error of all of it, fitted utilities included,
 * comes from leaving out each of 20 groups of users in turn (jackknife). Three readings; memory grows with items and cells.
 *
 * Where the log names the topic that was asked for, that is the demand, outcomes count for shown items of that topic alone, and the
 * served utility is of that topic (0 when none was shown). Elsewhere demand is inferred: a decision wants each topic in proportion to the topic's mean outcome in its segment and
 * context, and the served utility is of the best item shown, whatever its topic.
 *
 * @throws {ScorecardError} for options out of range, or a log whose outcomes say nothing
 */
export async function collectLogEvidence(
  log: LoggedDecisions,
  options: LogEvidenceOptions = {},
): Promise<LogEvidence> {
  const { reference = 0.9 } = options;
  if (!(reference > 0 && reference < 1))
    throw new ScorecardError("BAD_OPTION", `log evidence: reference must be in (0, 1), got ${reference}`);
  const { axes, weeks } = log;
  const model = await fitModel(log);
  const view = new ModelView(log, model, reference);
  const sums = new LevelSums();
  for await (const decision of log.decisions()) view.addTo(sums, decision);
  const cells = new Map<number, CellSums>();
  for (const cell of sums.cells()) {
    const ofCell = emptyCell(LOG_GROUPS);
    sums.pseudoValuesInto(ofCell, cell);
    cells.set(cell, ofCell);
  }
  return {
    evidence: {
      axes,
      weeks,
      groups: LOG_GROUPS,
      cells,
      visible: visibleIn(log, false),
      visibleOfTopic: new Map(view.openTopics.map((topic) => [topic, visibleIn(log, true)])),
      limits: limitsOf(log, reference, view.openTopics.length),
    },
    utilityOf: (item) => (segment, context) => {
      const cell = cellNumber(axes, { topic: log.topicOf[item]!, segment, context });
      const of = (half: number): number => model.cellMean(cell, half) + model.itemEffect(item, half);
      return (of(0) + of(1)) / 2;
    },
    served: model.served(weeks),
  };
}

async function fitModel(log: LoggedDecisions): Promise<OutcomeModel> {
  // The first reading also numbers the items.
  let items = log.topicOf.length;
  for await (const { candidates } of log.decisions())
    for (let k = 0; k < candidates.length; k++) items = Math.max(items, candidates[k]! + 1);
  const model = new OutcomeModel(log.axes, items);
  const showings = async (
    add: (item: number, cell: number, showing: { group: number; outcome: number }) => void,
  ): Promise<void> => {
    for await (const { unit, segment, context, outcome, slate, wanted } of log.decisions()) {
      const showing = { group: groupOf(unit, LOG_GROUPS), outcome };
      for (let k = 0; k < slate.length; k++) {
        const item = slate[k]!;
        // Of a page on which something was asked for, its outcome says nothing of what is about something else.
        if (log.wantedKnown && log.topicOf[item] !== wanted) continue;
        add(item, cellNumber(log.axes, { topic: log.topicOf[item]!, segment, context }), showing);
      }
    }
  };
  await showings((_, cell, { group, outcome }) => model.addShowing(cell, group, outcome));
  model.fitCells();
  await showings((item, cell, showing) => model.addItem(item, cell, showing));
  return model;
}

/** What one decision had to offer, by the model of the half that did not see it, at the other half's worth. */
class ModelView {
  readonly #log: LoggedDecisions;
  readonly #model: OutcomeModel;
  /** Item effects by (item, fit). */
  readonly #effects: Float64Array;
  /** Best item of each topic by (half, topic); −1 where it has none. */
  readonly #bestOf: Int32Array;
  /** Mean effect of a topic's items, each counting once, by (topic, fit): the cell means follow what is shown most. */
  readonly #ordinary: Float64Array;
  /** What is taken to be makeable above a topic's ordinary item, by fit: of the other half's best items, at this fit's worth. */
  readonly #makeable: Float64Array;
  /** The same as the half that chose them sees it. */
  readonly #hoped: readonly number[];
  readonly #levels = new Float64Array(FITS * LEVELS);

  constructor(log: LoggedDecisions, model: OutcomeModel, reference: number) {
    this.#log = log;
    this.#model = model;
    const items = log.topicOf.length;
    const topics = log.axes.topics.length;
    this.#effects = new Float64Array(items * FITS);
    for (let item = 0; item < items; item++)
      for (let fit = 0; fit < FITS; fit++) this.#effects[item * FITS + fit] = model.itemEffect(item, fit);
    this.#bestOf = new Int32Array(2 * topics).fill(-1);
    for (let half = 0; half < 2; half++)
      for (let item = 0; item < items; item++) {
        const at = half * topics + log.topicOf[item]!;
        if (this.#bestOf[at]! < 0 || this.#effect(item, half) > this.#effect(this.#bestOf[at]!, half))
          this.#bestOf[at] = item;
      }
    const known = Array.from(log.topicOf.keys()).filter(
      (item) => model.itemShowings(item, 0) >= KNOWN && model.itemShowings(item, 1) >= KNOWN,
    );
    this.#ordinary = new Float64Array(topics * FITS);
    for (let topic = 0; topic < topics; topic++) {
      const ofTopic = known.filter((item) => log.topicOf[item] === topic);
      for (let fit = 0; fit < FITS; fit++)
        this.#ordinary[topic * FITS + fit] = this.#meanEffect(ofTopic, fit);
    }
    const above = (item: number, fit: number): number =>
      this.#effect(item, fit) - this.#ordinary[log.topicOf[item]! * FITS + fit]!;
    const leaders = [0, 1].map((half) =>
      known
        .toSorted((one, other) => above(other, half) - above(one, half) || one - other)
        .slice(0, Math.ceil(known.length * (1 - reference))),
    );
    const meanAbove = (items: readonly number[], fit: number): number =>
      items.reduce((sum, item) => sum + above(item, fit), 0) / Math.max(1, items.length);
    this.#makeable = Float64Array.from({ length: FITS }, (_, fit) => meanAbove(leaders[1 - (fit % 2)]!, fit));
    this.#hoped = leaders.map((items, half) => meanAbove(items, half));
  }

  /** Topics with items that were shown too seldom for anyone to say what they are worth. */
  get openTopics(): number[] {
    const open = new Set<number>();
    for (const [item, topic] of this.#log.topicOf.entries())
      if ([0, 1].some((half) => this.#model.itemShowings(item, half) < SETTLED)) open.add(topic);
    return Array.from(open).sort((one, other) => one - other);
  }

  #meanEffect(items: readonly number[], fit: number): number {
    return items.reduce((sum, item) => sum + this.#effect(item, fit), 0) / Math.max(1, items.length);
  }

  #effect(item: number, fit: number): number {
    return this.#effects[item * FITS + fit]!;
  }

  /** Adds a decision's five levels for each topic that it wants. */
  addTo(sums: LevelSums, decision: LogDecision): void {
    const { axes, wantedKnown } = this.#log;
    const { segment, context, unit, wanted } = decision;
    const group = groupOf(unit, LOG_GROUPS);
    const cellOfTopic = (topic: number): number => cellNumber(axes, { topic, segment, context });
    if (wantedKnown) {
      if (wanted >= 0) this.#addTopic(sums, decision, { topic: wanted, group, weight: 1 });
      return;
    }
    let total = 0;
    for (let topic = 0; topic < axes.topics.length; topic++) total += this.#appeal(cellOfTopic(topic));
    if (total === 0) return;
    for (let topic = 0; topic < axes.topics.length; topic++) {
      const weight = this.#appeal(cellOfTopic(topic)) / total;
      if (weight > 0) this.#addTopic(sums, decision, { topic, group, weight });
    }
  }

  /** Mean outcome of a cell over both halves, where above 0. */
  #appeal(cell: number): number {
    return Math.max(0, (this.#model.cellMean(cell, 0) + this.#model.cellMean(cell, 1)) / 2);
  }

  #addTopic(
    sums: LevelSums,
    decision: LogDecision,
    { topic, group, weight }: { readonly topic: number; readonly group: number; readonly weight: number },
  ): void {
    const { axes, topicOf, wantedKnown } = this.#log;
    const { segment, context, candidates, slate, blocked } = decision;
    const chooser = 1 - (group % 2);
    const cell = cellNumber(axes, { topic, segment, context });
    const cellOfItem = (item: number): number =>
      cellNumber(axes, { topic: topicOf[item]!, segment, context });
    const chosenBy = (item: number): number =>
      this.#model.cellMean(cellOfItem(item), chooser) + this.#effect(item, chooser);

    // −1: nothing at all, worth 0.
    let served = -1;
    for (let k = 0; k < slate.length; k++) {
      const item = slate[k]!;
      if (wantedKnown && topicOf[item] !== topic) continue;
      if (served < 0 || chosenBy(item) > chosenBy(served)) served = item;
    }
    let eligible = served;
    let retrieved = served;
    for (let k = 0; k < candidates.length; k++) {
      const item = candidates[k]!;
      if (topicOf[item] !== topic) continue;
      if (retrieved < 0 || chosenBy(item) > chosenBy(retrieved)) retrieved = item;
      if (includes(blocked, item)) continue;
      if (eligible < 0 || chosenBy(item) > chosenBy(eligible)) eligible = item;
    }
    const best = this.#bestOf[chooser * axes.topics.length + topic]!;
    const catalogue = best >= 0 && (retrieved < 0 || chosenBy(best) > chosenBy(retrieved)) ? best : retrieved;
    const newItem = (fit: number, aboveOrdinary: number): number =>
      this.#model.cellMean(cell, fit) + this.#ordinary[topic * FITS + fit]! + aboveOrdinary;
    const makeNew = catalogue < 0 || newItem(chooser, this.#hoped[chooser]!) > chosenBy(catalogue);

    const worth = (item: number, fit: number): number =>
      item < 0 ? 0 : this.#model.cellMean(cellOfItem(item), fit) + this.#effect(item, fit);
    const write = (fit: number): void => {
      const at = fit * LEVELS;
      this.#levels[at] = makeNew ? newItem(fit, this.#makeable[fit]!) : worth(catalogue, fit);
      this.#levels[at + 1] = worth(catalogue, fit);
      this.#levels[at + 2] = worth(retrieved, fit);
      this.#levels[at + 3] = worth(eligible, fit);
      this.#levels[at + 4] = worth(served, fit);
    };
    write(group % 2);
    for (let other = group % 2; other < LOG_GROUPS; other += 2) if (other !== group) write(fitWithout(other));
    sums.add(cell, { group, weight, levels: this.#levels });
  }
}

function includes(numbers: ArrayLike<number>, wanted: number): boolean {
  for (let k = 0; k < numbers.length; k++) if (numbers[k] === wanted) return true;
  return false;
}

/** @param open - of a topic with items whose worth is open: a good one may be among them */
function visibleIn(
  { wholeCatalogue, blockedKnown }: LoggedDecisions,
  open: boolean,
): readonly (readonly Stage[])[] {
  if (wholeCatalogue && blockedKnown && !open)
    return [["supply"], ["retrieval"], ["eligibility"], ["ranking"]];
  if (wholeCatalogue && !open) return [["supply"], ["retrieval", "eligibility"], ["ranking"]];
  if (blockedKnown) return [["supply", "retrieval"], ["eligibility"], ["ranking"]];
  return [["supply", "retrieval", "eligibility"], ["ranking"]];
}

function limitsOf(
  { wholeCatalogue, blockedKnown, wantedKnown }: LoggedDecisions,
  reference: number,
  openTopics: number,
): string[] {
  return [
    `What could be made is assumed, not seen: in any topic an item as far above its ordinary ones as the best ${Math.round(100 * (1 - reference))} % of all items are above theirs.`,
    ...(openTopics === 0
      ? []
      : [
          `Of ${openTopics} topic${openTopics === 1 ? "" : "s"} some items were shown fewer than ${2 * SETTLED} times: a good one among them can't be ruled out, so "not made" can't be told from "not retrieved" there.`,
        ]),
    ...(wholeCatalogue
      ? []
      : [
          "Without a table of all items, one that was never a candidate can't be told from one that nobody made.",
        ]),
    ...(blockedKnown
      ? []
      : [
          "The log doesn't say what integrity blocked: a blocked item can't be told from one that was not retrieved.",
        ]),
    ...(wantedKnown
      ? []
      : [
          "The log doesn't say what users asked for: demand is inferred from outcomes, and what was never shown to anyone leaves no trace in it.",
        ]),
    "Utilities are mean outcomes of the pages that showed an item, not of the item alone; what the logging policy preferred to show to whom is not undone.",
  ];
}
