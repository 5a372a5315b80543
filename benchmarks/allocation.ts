import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { MarketplaceId } from "@longview/marketplace";

/** What `allocation-child.ts` prints. */
export interface Allocation {
  readonly decisions: number;
  readonly bytes: number;
}

function isAllocation(value: unknown): value is Allocation {
  return typeof value === "object" && value !== null && "decisions" in value && "bytes" in value;
}

/**
 * Bytes that appear on the JavaScript heap over at least `decisions` decisions of a random policy, measured in a child
 * process whose young generation is too large to be collected meanwhile.
 */
export function measureAllocation(workload: MarketplaceId | "recsim", decisions: number): Allocation {
  const child = fileURLToPath(new URL("./allocation-child.ts", import.meta.url));
  const output = execFileSync(
    process.execPath,
    [
      "--expose-gc",
      "--min-semi-space-size=256",
      "--max-semi-space-size=256",
      "--import",
      "tsx",
      child,
      workload,
      String(decisions),
    ],
    { encoding: "utf8" },
  );
  const parsed: unknown = JSON.parse(output);
  if (!isAllocation(parsed)) throw new Error(`allocation-child.ts printed ${output}`);
  return parsed;
}
