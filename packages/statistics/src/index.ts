export { threefry2x32Into } from "./threefry.ts";
export { type RandomKey, rootKey, foldIn, deriveKey } from "./random-key.ts";
export { uniformsInto, uniform, shuffleInto } from "./random-draws.ts";
export { normalQuantile, normalQuantileInPlace } from "./normal-quantile.ts";
export { studentQuantile } from "./student-quantile.ts";
export {
  meanInterval,
  meanUpperBound,
  bootstrapMeanInterval,
  type IntervalOptions,
  type BootstrapOptions,
} from "./intervals.ts";
export { RunningMoments } from "./running-moments.ts";
