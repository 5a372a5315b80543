import type { LifeKind } from "../events.ts";
import type { FamilyAccumulator, MetricFamily, WindowFacts } from "../family.ts";
import { shareInterval } from "../measures/share-interval.ts";
import type { MetricFinding, RequiredLives } from "../metric.ts";

const COMMON = {
  unit: "share",
  stakeholder: "safety",
  version: 1,
  requires: [],
  resampling: "creators",
  bounds: [0, 1],
} as const;

const required = (...kinds: LifeKind[]): RequiredLives[] =>
  kinds.map((kind) => ({ subject: "creator", kind }));

/** Whether penalties stand. */
export const appealsFamily: MetricFamily = {
  name: "appeals",
  metrics: [
    {
      ...COMMON,
      name: "appealedShare",
      title: "Creators with a penalty who appeal",
      formula:
        "creators who appealed by the window's end / creators whose first penalty fell in the window; Wilson's interval",
      direction: "none",
      window: "first penalties of the window",
      requiresLives: required("enforced", "appealed"),
    },
    {
      ...COMMON,
      name: "appealsGranted",
      title: "Creators whose appeal is granted",
      formula:
        "creators reinstated by the window's end / creators whose first appeal fell in the window; Wilson's interval",
      direction: "lower",
      window: "first appeals of the window",
      requiresLives: required("appealed", "reinstated"),
    },
  ],
  start: () => new Appeals(),
};

class Appeals implements FamilyAccumulator {
  add(): void {
    // Penalties are not of pages: they are read when the window is summed up.
  }

  findings(facts: WindowFacts): MetricFinding[] {
    return [shareOf(facts, "enforced", "appealed"), shareOf(facts, "appealed", "reinstated")];
  }
}

function shareOf(
  { lives, start, end, confidence }: WindowFacts,
  first: LifeKind,
  then: LifeKind,
): MetricFinding {
  let count = 0;
  let hits = 0;
  for (let creator = 0; creator < lives.count("creator"); creator++) {
    const day = lives.first("creator", first, creator);
    if (!(day >= start && day <= end)) continue;
    count++;
    if (lives.first("creator", then, creator) <= end) hits++;
  }
  if (count === 0) return { kind: "unavailable", reason: `no creator was ${first} in the window` };
  const interval = shareInterval(hits, count, confidence);
  return { kind: "stated", value: hits / count, standardError: null, interval, count };
}
