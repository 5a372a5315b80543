import type { LaunchBlock } from "./launch-log.ts";

/** The rows of a block that the estimand counts: those whose step lies before the horizon. */
export function withinHorizon(block: LaunchBlock, horizon: number): LaunchBlock {
  const { step } = block;
  if (horizon === 1 || step === undefined || step.every((at) => at < horizon)) return block;
  const kept = (_: number, row: number): boolean => step[row]! < horizon;
  const wide = (values: Float64Array | undefined): Float64Array | undefined => {
    if (values === undefined) return undefined;
    const width = values.length / block.rowCount;
    return values.filter((_, at) => step[Math.floor(at / width)]! < horizon);
  };
  return {
    ...block,
    rowCount: step.filter(kept).length,
    rewards: block.rewards.map((values) => values.filter(kept)),
    propensity: block.propensity.filter(kept),
    candidate: block.candidate.filter(kept),
    incumbent: block.incumbent?.filter(kept),
    candidateDistribution: wide(block.candidateDistribution),
    incumbentDistribution: wide(block.incumbentDistribution),
    unit: block.unit?.filter(kept),
    session: block.session?.filter(kept),
    step: step.filter(kept),
    time: block.time?.filter(kept),
    action: block.action?.filter(kept),
    position: block.position?.filter(kept),
    policy: block.policy?.filter(kept),
    candidateCount: block.candidateCount?.filter(kept),
  };
}
