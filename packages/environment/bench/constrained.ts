import { gridworldProcess } from "../src/index.ts";
import { solveConstrained } from "../src/tabular/constrained/index.ts";

// Seconds for the constrained optimum of square gridworlds, half-way between the least hazard and the free optimum's.
for (const side of [5, 10, 20, 30]) {
  const world = gridworldProcess({ width: side, height: side, slip: 0.2, discountFactor: 0.97 });
  const free = await solveConstrained(world, {});
  const impossible = await solveConstrained(world, { hazard: -1 });
  if (free.status === "infeasible" || impossible.status === "optimal")
    throw new Error("a cost can't be negative");
  const hazard = (free.costs["hazard"]! + impossible.leastCosts["hazard"]!) / 2;
  const start = performance.now();
  const solution = await solveConstrained(world, { hazard });
  const seconds = ((performance.now() - start) / 1000).toFixed(2);
  const gap = solution.status === "optimal" ? solution.upperBound - solution.value : NaN;
  process.stdout.write(`${side * side} states: ${seconds} s, proven within ${gap.toExponential(1)}\n`);
}
