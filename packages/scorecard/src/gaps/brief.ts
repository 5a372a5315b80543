import type { AtlasCell, GapAtlas, WithInterval } from "./atlas.ts";
import { missingTraits, type MissingTrait } from "./missing-traits.ts";
import type { GapCause } from "./cause.ts";
import type { CatalogueItem } from "./catalogue-item.ts";
import { STAGE_CAUSES, STAGE_OWNERS, type Stage } from "./stages.ts";

/** An item that serves a gap's topic already. */
export interface ExistingItem {
  readonly id: string;
  readonly creator: string | null;
  readonly utility: number;
  readonly attributes: Readonly<Record<string, number>>;
}

/** One gap as somebody can act on it. */
export interface GapBrief {
  /** From 1, the largest gap first. */
  readonly rank: number;
  readonly topic: string;
  readonly segment: string;
  readonly context: string;
  readonly demandPerWeek: WithInterval;
  readonly lossPerDecision: WithInterval;
  readonly gapPerWeek: WithInterval;
  readonly adjustedPValue: number;
  readonly cause: string;
  readonly causeClear: boolean;
  /** Who acts: one team for each stage that may be the cause. */
  readonly owners: readonly string[];
  /** Shapley share of the lost utility, the largest first, by the stages that can be told apart. */
  readonly shares: readonly { readonly stages: readonly Stage[]; readonly share: number }[];
  /**
   * Utility a week from one more item as good as the reference, with retrieval, integrity and ranking as they are; null where the source
   * can't tell what was not made.
   */
  readonly oneMoreItemPerWeek: number | null;
  /** How what does well for these users differs from what the topic has; empty where the source knows no items. */
  readonly missing: readonly MissingTrait[];
  /** The topic's best items for these users. */
  readonly existing: readonly ExistingItem[];
  readonly action: string;
}

/** Options of {@link gapBriefs}. */
export interface BriefOptions {
  /** Items that exist. @defaultValue none: briefs then say nothing of items */
  readonly catalogue?: readonly CatalogueItem[];
  /** Briefs at most. @defaultValue 20 */
  readonly count?: number;
}

const EXISTING = 3;

/** A brief for each reported gap, the largest first. */
export function gapBriefs(atlas: GapAtlas, options: BriefOptions = {}): GapBrief[] {
  const { catalogue = [], count = 20 } = options;
  return atlas.cells
    .filter(({ found }) => found)
    .slice(0, count)
    .map((cell, index) => briefOf(atlas, cell, { rank: index + 1, catalogue }));
}

function briefOf(
  { axes }: GapAtlas,
  cell: AtlasCell,
  { rank, catalogue }: { readonly rank: number; readonly catalogue: readonly CatalogueItem[] },
): GapBrief {
  const { cause, demandPerWeek } = cell;
  const supply = cause.losses.find(({ stage }) => stage === "supply")!;
  const supplySeen = cause.parts.some(({ stages }) => stages.length === 1 && stages[0] === "supply");
  return {
    rank,
    topic: axes.topics[cell.topic]!,
    segment: axes.segments[cell.segment]!,
    context: axes.contexts[cell.context]!,
    demandPerWeek,
    lossPerDecision: cell.loss,
    gapPerWeek: cell.gapPerWeek,
    adjustedPValue: cell.adjustedPValue,
    cause: cause.label,
    causeClear: cause.clear,
    owners: cause.stages.map((stage) => STAGE_OWNERS[stage]),
    shares: cause.parts,
    oneMoreItemPerWeek: supplySeen ? demandPerWeek.value * Math.max(0, supply.alone) : null,
    missing: missingTraits(catalogue, cell),
    existing: catalogue
      .filter(({ topic }) => topic === cell.topic)
      .map((item) => ({
        id: item.id,
        creator: item.creator ?? null,
        utility: item.utility(cell.segment, cell.context),
        attributes: item.attributes,
      }))
      .sort((one, other) => other.utility - one.utility || (one.id < other.id ? -1 : 1))
      .slice(0, EXISTING),
    action: actionOf(cause),
  };
}

const ACTIONS: Readonly<Record<Stage, string>> = {
  supply: "Commission an item of this topic for these users.",
  retrieval: "Make retrieval find what exists: raise the topic's quota for these users, or mend the index.",
  eligibility:
    "Have the topic's blocked items reviewed for false alarms; nothing is unblocked by this brief.",
  ranking:
    "Look at why these items rank low when they are candidates: missing features, little evidence, a weight.",
};

function actionOf({ stages, clear }: GapCause): string {
  const doing = stages.map((stage) => ACTIONS[stage]).join(" Or: ");
  return clear ? doing : `First settle which stage it is. ${doing}`;
}

/** A brief as text, in Markdown. */
export function briefText(brief: GapBrief): string {
  const lines = [
    `# ${brief.rank}. ${brief.topic} for ${brief.segment}, ${brief.context}`,
    "",
    `- Cause: ${brief.cause}. Owner: ${brief.owners.join(", or ")}.`,
    `- Demand: ${figure(brief.demandPerWeek)} decisions a week want this topic.`,
    `- Lost: ${figure(brief.lossPerDecision)} of utility in each, ${figure(brief.gapPerWeek)} a week (adjusted p ${number(brief.adjustedPValue)}).`,
    `- Share of the loss: ${brief.shares.map(({ stages, share }) => `${stages.map((stage) => STAGE_CAUSES[stage]).join(" or ")} ${number(share)}`).join(", ")}.`,
    brief.oneMoreItemPerWeek === null
      ? "- What one more item would bring can't be said: whether items are missing is not seen."
      : `- One more item as good as the reference, with the pipeline as it is: ${number(brief.oneMoreItemPerWeek)} of utility a week.`,
    ...brief.missing.map(
      ({ attribute, wanted, has }) =>
        `- ${attribute}: what does well for them has ${number(wanted)} (median), the topic's items have ${number(has)}.`,
    ),
    ...(brief.existing.length === 0
      ? ["- Existing items: none known."]
      : [
          "- Best existing items:",
          ...brief.existing.map(
            ({ id, creator, utility }) =>
              `  - ${id}${creator === null ? "" : ` by ${creator}`}: utility ${number(utility)}`,
          ),
        ]),
    "",
    brief.action,
    "",
  ];
  return lines.join("\n");
}

function figure({ value, interval }: WithInterval): string {
  return `${number(value)} (${number(interval[0])} to ${number(interval[1])})`;
}

/** Three significant digits, whole numbers in full, thousands apart. */
function number(value: number): string {
  if (Math.abs(value) >= 1000) return Math.round(value).toLocaleString("en-US");
  return String(Number(value.toPrecision(3)));
}
