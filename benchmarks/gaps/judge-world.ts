import { buildAtlas, cellNumber, collectEvidence, STAGES, type GapAtlas } from "@longview/scorecard/gaps";
import { MARGIN, type GapWorld } from "./world.ts";

/** How an atlas did in a world whose gaps are known. */
export interface WorldScore {
  readonly found: number;
  /** Reported cells in which no more than the margin is lost. */
  readonly falselyFound: number;
  readonly planted: number;
  readonly plantedFound: number;
  /** Planted cells that were found, with the planted cause named first. */
  readonly causeRight: number;
  readonly tested: number;
  /** Tested cells whose interval of the loss, and of the gap a week, holds the truth. */
  readonly lossCovered: number;
  readonly gapCovered: number;
  readonly foundCovered: number;
}

/** Builds the atlas of a world and holds it against the truth. */
export async function judgeWorld({ source, truth }: GapWorld): Promise<WorldScore> {
  const atlas: GapAtlas = buildAtlas(await collectEvidence(source), { margin: MARGIN });
  const score = {
    found: 0,
    falselyFound: 0,
    planted: truth.filter(({ planted }) => planted).length,
    plantedFound: 0,
    causeRight: 0,
    tested: atlas.cells.length,
    lossCovered: 0,
    gapCovered: 0,
    foundCovered: 0,
  };
  for (const cell of atlas.cells) {
    const { meanLoss, planted, cause, demand } = truth[cellNumber(atlas.axes, cell)]!;
    const within = ([low, high]: readonly [number, number], value: number): number =>
      low <= value && value <= high ? 1 : 0;
    score.lossCovered += within(cell.loss.interval, meanLoss);
    score.gapCovered += within(cell.gapPerWeek.interval, meanLoss * demand);
    if (!cell.found) continue;
    score.found++;
    score.foundCovered += within(cell.gapPerWeek.interval, meanLoss * demand);
    if (!planted) score.falselyFound++;
    else {
      score.plantedFound++;
      if (cell.cause.stages[0] === STAGES[cause]) score.causeRight++;
    }
  }
  return score;
}
