import type { LaunchLog } from "@longview/off-policy-evaluation";
import { UsageError } from "../exit-codes.ts";

/**
 * Bounds of metrics that nobody gave: [0, 1] where every outcome is 0 or 1. A sample's own extremes are not bounds, so any other
 * metric needs them told.
 *
 * @param metrics - names that the log has
 * @throws {UsageError} naming the metric
 */
export async function outcomeRanges(
  log: LaunchLog,
  metrics: readonly string[],
): Promise<{ metric: string; range: readonly [number, number] }[]> {
  if (metrics.length === 0) return [];
  const indices = metrics.map((metric) => log.metrics.indexOf(metric));
  for await (const block of log.blocks())
    for (const [k, index] of indices.entries()) {
      const odd = block.rewards[index]!.find((value) => value !== 0 && value !== 1);
      if (odd !== undefined)
        throw new UsageError(
          `--range: ${metrics[k]} holds ${odd}, so its bounds must be given, as in --range ${metrics[k]}=0,100 ` +
            `(the log's own extremes are not bounds)`,
        );
    }
  return metrics.map((metric) => ({ metric, range: [0, 1] }));
}
