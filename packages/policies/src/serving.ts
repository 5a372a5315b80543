// What a server needs of policies: without the training graphs behind them it starts in half the time.
export { greedyChoice, type ChoiceGroup } from "./choice-groups.ts";
export type { DecisionTable } from "./decision-reader.ts";
export { SlateDraws, type DrawnSlate } from "./slate-draws.ts";
export { greedyPolicyId, randomKeyText, servedPolicyId } from "./replay-decision.ts";
export { openBundlePolicy, type BundlePolicy } from "./bundle-scorer.ts";
export { checkGolden } from "./golden-check.ts";
export { bundleFeatures } from "./bundle-features.ts";
