import { supplyPrices, type SupplyProblem } from "@longview/scorecard/gaps";
import { uniform, type RandomKey } from "@longview/statistics";

/** A matching of 12 users and 8 suppliers of random utilities and limits; every other supplier needs a viable exposure. */
export function drawSupply(key: RandomKey, pairShare: number): SupplyProblem {
  const users = 12;
  const suppliers = 8;
  const demand = Array.from({ length: users }, (_, u) => 0.5 + uniform(key, u, 2));
  const share = demand.reduce((sum, each) => sum + each, 0) / suppliers;
  return {
    demand,
    pairShare,
    utility: Array.from({ length: users * suppliers }, (_, k) => uniform(key, k, 0)),
    viability: Array.from({ length: suppliers }, (_, c) => (c % 2 ? 0 : share * uniform(key, c, 4))),
    capacity: Array.from({ length: suppliers }, (_, c) =>
      c % 3 === 0 ? Infinity : share * (1 + uniform(key, c, 6)),
    ),
  };
}

/** Largest difference between a dual and the slope of the re-solved problem, over all limits that bind or might. */
export async function largestPriceError(
  problem: SupplyProblem,
): Promise<{ readonly error: number; readonly prices: number; readonly corners: number }> {
  const solved = await supplyPrices(problem);
  if (solved.status !== "optimal") throw new Error(solved.reason);
  let error = 0;
  let prices = 0;
  let corners = 0;
  const bounded = [
    ...solved.viabilityPrice.filter((_, c) => problem.viability[c]! > 0),
    ...solved.capacityPrice.filter((_, c) => problem.capacity[c]! < Infinity),
  ];
  for (const { dual, more, less, unique } of bounded) {
    prices++;
    if (unique) error = Math.max(error, Math.abs(more - dual), Math.abs(less - dual));
    else {
      corners++;
      // At a corner the dual must lie between the two slopes.
      error = Math.max(error, more - dual, dual - less);
    }
  }
  return { error, prices, corners };
}
