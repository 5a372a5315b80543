import type { AtlasCell, GapAtlas, GapBrief, TopicPrice } from "@longview/scorecard/gaps";

/** What `longview gaps` found. */
export interface GapsResult {
  readonly atlas: GapAtlas;
  readonly briefs: readonly GapBrief[];
  readonly prices: readonly TopicPrice[];
  /** What was read. */
  readonly source: {
    readonly kind: "log" | "run";
    readonly names: readonly string[];
    readonly decisions: number | null;
    readonly utility: string;
  };
}

/** A cell with its names. */
export interface NamedCell extends Omit<AtlasCell, "topic" | "segment" | "context"> {
  readonly topic: string;
  readonly segment: string;
  readonly context: string;
}

/** A cell's names in place of its numbers. */
export function namedCell({ axes }: GapAtlas, cell: AtlasCell): NamedCell {
  return {
    ...cell,
    topic: axes.topics[cell.topic]!,
    segment: axes.segments[cell.segment]!,
    context: axes.contexts[cell.context]!,
  };
}

/** The content of `gaps.json`. */
export function gapsJson({ atlas, briefs, prices, source }: GapsResult): Record<string, unknown> {
  const { axes, weeks, margin, falseDiscoveryRate, confidence, untested, limits, cells } = atlas;
  return {
    version: 1,
    source,
    axes,
    weeks,
    margin,
    falseDiscoveryRate,
    confidence,
    found: cells.filter(({ found }) => found).length,
    untested,
    limits,
    cells: cells.map((cell) => namedCell(atlas, cell)),
    topicPrices: prices,
    briefs,
  };
}

/** A brief's file name: its rank and what it is about, in letters that every file system takes. */
export function briefFile({ rank, topic, segment, context }: GapBrief): string {
  const plain = (text: string): string =>
    text
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, "-")
      .replaceAll(/^-|-$/g, "")
      .slice(0, 40);
  return `${String(rank).padStart(2, "0")}-${[topic, segment, context].map(plain).join("-")}.md`;
}
