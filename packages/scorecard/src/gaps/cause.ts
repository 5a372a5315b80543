import { studentTwoSidedTail } from "@longview/statistics";
import type { CellSums } from "./evidence.ts";
import { groupMean, type GroupMean } from "./group-mean.ts";
import { stageSharesInto } from "./shapley.ts";
import { COALITIONS, IDEAL, STAGE_CAUSES, STAGES, type Stage } from "./stages.ts";

/** What one stage has to do with a gap, in utility a decision. */
export interface StageLoss {
  readonly stage: Stage;
  /** Shapley share of the lost utility; the four sum to it. */
  readonly share: number;
  readonly standardError: number;
  /** Gained by mending this stage alone: `v({k}) − v(∅)`. */
  readonly alone: number;
  /** Still lost with every other stage mended: `v(all) − v(all but k)`. */
  readonly last: number;
}

/** Why a gap is there. */
export interface GapCause {
  /** The stage with the largest share; several where the source can't tell them apart. */
  readonly stages: readonly Stage[];
  /** Whether one stage is named and its share is above every other's beyond chance. */
  readonly clear: boolean;
  /** In words. */
  readonly label: string;
  readonly losses: readonly StageLoss[];
  /** Stages as the source tells them apart, with the loss of each part; within one the shares of single stages mean nothing. */
  readonly parts: readonly { readonly stages: readonly Stage[]; readonly share: number }[];
}

/** One-sided level at which a share is taken to be above the runner-up's. */
const CLEAR = 0.05;

const gainOf = (sums: CellSums, of: number, over: number): number => {
  let gain = 0;
  let weight = 0;
  for (let g = 0; g < sums.weights.length; g++) {
    weight += sums.weights[g]!;
    gain += sums.values[g * COALITIONS + of]! - sums.values[g * COALITIONS + over]!;
  }
  return gain / weight;
};

/** One-sided p-value of a mean against `≤ bound`. */
export function aboveBound({ mean, standardError, degreesOfFreedom }: GroupMean, bound: number): number {
  if (standardError === 0) return mean > bound ? 0 : 1;
  const half = studentTwoSidedTail((mean - bound) / standardError, degreesOfFreedom) / 2;
  return mean > bound ? half : 1 - half;
}

/**
 * The cause of a cell's lost utility: the part of the pipeline with the largest Shapley share.
 *
 * @param visible - stages that the source can tell apart; shares within a part are added up, and no one of them is named
 */
export function causeOf(sums: CellSums, visible: readonly (readonly Stage[])[]): GapCause {
  const groups = sums.weights.length;
  const shares = new Float64Array(groups * STAGES.length);
  for (let g = 0; g < groups; g++) stageSharesInto(shares, g * STAGES.length, sums.values, g * COALITIONS);
  const of = (part: readonly Stage[], minus: readonly Stage[] = []): GroupMean =>
    groupMean(
      sums.weights,
      Float64Array.from({ length: groups }, (_, g) => {
        let sum = 0;
        for (const stage of part) sum += shares[g * STAGES.length + STAGES.indexOf(stage)]!;
        for (const stage of minus) sum -= shares[g * STAGES.length + STAGES.indexOf(stage)]!;
        return sum;
      }),
    );
  const ranked = visible
    .map((part) => ({ part, share: of(part).mean }))
    .sort((one, other) => other.share - one.share);
  const [{ part: first }, second] = [ranked[0]!, ranked[1]];
  const apart = second === undefined || aboveBound(of(first, second.part), 0) <= CLEAR;
  return {
    stages: first,
    clear: apart && first.length === 1,
    label: labelOf(first, apart ? [] : second.part),
    parts: ranked.map(({ part, share }) => ({ stages: part, share })),
    losses: STAGES.map((stage, index) => {
      const { mean, standardError } = of([stage]);
      const bit = 1 << index;
      return {
        stage,
        share: mean,
        standardError,
        alone: gainOf(sums, bit, 0),
        last: gainOf(sums, IDEAL, IDEAL & ~bit),
      };
    }),
  };
}

function labelOf(first: readonly Stage[], close: readonly Stage[]): string {
  const words = (part: readonly Stage[]): string => part.map((stage) => STAGE_CAUSES[stage]).join(" or ");
  if (close.length > 0) return `${words(first)}, or ${words(close)}: too close to tell`;
  return first.length === 1 ? words(first) : `${words(first)}: this source can't tell which`;
}
