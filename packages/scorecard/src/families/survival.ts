import type { LifeSubject } from "../events.ts";
import type { Curve, FamilyAccumulator, MetricFamily, WindowFacts } from "../family.ts";
import { kaplanMeier, survivalAt, type Lives } from "../measures/kaplan-meier.ts";
import type { LifeTables } from "../life-tables.ts";
import type { MetricDefinition, MetricFinding } from "../metric.ts";

const AGE = 28;
/** Steps that a curve is drawn with at most. */
const POINTS = 200;

/** Ages from joining to leaving that a window watches; entry is late for who joined before it. */
export function livesInWindow(
  lives: LifeTables,
  subject: LifeSubject,
  { start, end }: { readonly start: number; readonly end: number },
): { readonly exit: number[]; readonly event: number[]; readonly entry: number[] } {
  const watched = { exit: [] as number[], event: [] as number[], entry: [] as number[] };
  for (let at = 0; at < lives.count(subject); at++) {
    const joined = lives.first(subject, "joined", at);
    const left = lives.first(subject, "left", at);
    const entry = Math.max(0, start - joined);
    const exit = (left <= end ? left : end) - joined;
    if (!(exit > entry)) continue;
    watched.entry.push(entry);
    watched.exit.push(exit);
    watched.event.push(left <= end ? 1 : 0);
  }
  return watched;
}

const survivalOf = (
  subject: "creator" | "user",
  stakeholder: MetricDefinition["stakeholder"],
): MetricDefinition => ({
  name: `${subject}Survival28`,
  title: `${subject === "creator" ? "Creators" : "Users"} who stay for 28 days`,
  formula: `Kaplan–Meier survival past an age of 28 days, from joining to leaving; Greenwood's error, log-log interval`,
  unit: "share",
  direction: "higher",
  stakeholder,
  window: "lives as far as the window watches them: delayed entry, right-censored at its end",
  version: 1,
  requires: [],
  requiresLives: [
    { subject, kind: "joined" },
    { subject, kind: "left" },
  ],
  resampling: subject === "creator" ? "creators" : "users",
  bounds: [0, 1],
});

/** Whether creators and users stay. */
export const survivalFamily: MetricFamily = {
  name: "survival",
  metrics: [survivalOf("creator", "creators"), survivalOf("user", "users")],
  start: () => new Survival(),
};

class Survival implements FamilyAccumulator {
  add(): void {
    // Lives are not of pages: they are read when the window is summed up.
  }

  findings(facts: WindowFacts): MetricFinding[] {
    return (["creator", "user"] as const).map((subject) =>
      survivalFinding(livesInWindow(facts.lives, subject, facts), subject, facts.confidence),
    );
  }

  curves(facts: WindowFacts): Curve[] {
    const curve = kaplanMeier(livesInWindow(facts.lives, "creator", facts));
    const count = curve.age.length;
    if (count === 0) return [];
    const points = Math.min(POINTS, count);
    const at = Array.from({ length: points }, (_, i) => Math.floor(((i + 1) * count) / points) - 1);
    const shown = at.map((i) => survivalAt(curve, curve.age[i]!, facts.confidence));
    return [
      {
        name: "creatorSurvival",
        x: [0, ...at.map((i) => curve.age[i]!)],
        y: [1, ...shown.map(({ survival }) => survival)],
        lower: [1, ...shown.map(({ survival, interval }) => interval?.[0] ?? survival)],
        upper: [1, ...shown.map(({ survival, interval }) => interval?.[1] ?? survival)],
      },
    ];
  }
}

function survivalFinding(lives: Lives, subject: string, confidence: number): MetricFinding {
  let oldest = 0;
  for (let i = 0; i < lives.exit.length; i++) oldest = Math.max(oldest, lives.exit[i]!);
  if (oldest < AGE)
    return {
      kind: "unavailable",
      reason: `no ${subject} was watched to an age of ${AGE} days; the oldest was ${Number(oldest.toPrecision(3))}`,
    };
  const { survival, standardError, interval } = survivalAt(kaplanMeier(lives), AGE, confidence);
  return { kind: "stated", value: survival, standardError, interval, count: lives.exit.length };
}
