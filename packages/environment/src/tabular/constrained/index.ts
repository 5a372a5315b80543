export { solveConstrained, type ConstrainedOptimum } from "./solve-constrained.ts";
export type { ContradictoryLimits } from "./contradiction.ts";
export { exchangeRates, type ExchangeRate, type OneSidedRate } from "./exchange-rates.ts";
export { myopicGap, type MyopicGap } from "./myopic-gap.ts";
export type { CostLimits } from "./limits.ts";
