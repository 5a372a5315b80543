import { AGE_EDGES, DAILY_SERIES, type TopicAgeMap } from "@longview/marketplace";
import { METRICS, type MetricDefinition } from "@longview/scorecard";
import { figureOf, meanCurve, survivalOverWorlds } from "./over-worlds.ts";
import type {
  BandedCurve,
  ComparedFigures,
  EcosystemReport,
  Figure,
  PolicyPictures,
  ReportedMetric,
  ReportedValue,
} from "./report-type.ts";
import type { OutcomeMetric, PolicyOutcome, SimulationOrder, WorldOutcome } from "./work.ts";

/** All worlds' outcomes as one report. */
export function summarise(
  worlds: readonly WorldOutcome[],
  order: Omit<SimulationOrder, "live">,
  seed: string,
): EcosystemReport {
  const { id, options, days, users, confidence, policies, exchangeRates } = order;
  const sides = policies.map((_, side) => worlds.map(({ outcomes }) => outcomes[side]!));
  return {
    schemaVersion: 1,
    world: id,
    options,
    days,
    users,
    worlds: worlds.length,
    seed,
    confidence,
    policies: policies.map(({ name }) => name),
    metrics: METRICS.map((definition) => reportedMetric(definition, { sides, worlds, confidence })),
    figures: Object.fromEntries(
      Object.keys(sides[0]![0]!.figures).map((name) => [
        name,
        compared(
          sides.map((side) => side.map(({ figures }) => ({ value: figures[name]! }))),
          confidence,
        ),
      ]),
    ),
    exchangeRates,
    ecosystem: reportedValue(sides, worlds, confidence),
    pictures: sides.map((side) => picturesOf(side, days, confidence)),
    gaps: worlds[0]!.gaps!,
    ageEdges: AGE_EDGES,
  };
}

/** A figure that one world may lack is a figure of none: its mean would be over other worlds than the rest's. */
function compared(sides: readonly (readonly OutcomeMetric[])[], confidence: number): ComparedFigures {
  const known = sides.map((side) => valuesOf(side));
  const [first, against] = known;
  return {
    values: known.map((values, at) => {
      if (values !== undefined) return figureOf(values, confidence);
      const missing = sides[at]!.filter((world) => "unavailable" in world);
      const [one] = missing;
      const reason = one !== undefined && "unavailable" in one ? one.unavailable : "";
      return {
        unavailable:
          missing.length === sides[at]!.length
            ? reason
            : `in ${missing.length} of ${sides[at]!.length} worlds: ${reason}`,
      };
    }),
    difference:
      first === undefined || against === undefined
        ? null
        : figureOf(
            first.map((value, world) => value - against[world]!),
            confidence,
          ),
  };
}

function valuesOf(worlds: readonly OutcomeMetric[]): number[] | undefined {
  const values = worlds.flatMap((world) => ("value" in world ? [world.value] : []));
  return values.length === worlds.length ? values : undefined;
}

/** An interval without values that are not possible. */
function cutTo({ mean, interval }: Figure, [least, most]: readonly [number, number]): Figure {
  if (interval === null) return { mean, interval };
  return { mean, interval: [Math.max(least, interval[0]), Math.min(most, interval[1])] };
}

interface Gathered {
  readonly sides: readonly (readonly PolicyOutcome[])[];
  readonly worlds: readonly WorldOutcome[];
  readonly confidence: number;
}

function reportedMetric(
  { name, title, formula, unit, direction, stakeholder, version, bounds }: MetricDefinition,
  { sides, worlds, confidence }: Gathered,
): ReportedMetric {
  const parts = worlds.flatMap(({ movement }) => movement?.mixRate[name] ?? []);
  const mean = (pick: (part: { mix: number; rate: number }) => number): number =>
    parts.reduce((sum, part) => sum + pick(part), 0) / parts.length;
  const { values, difference } = compared(
    sides.map((side) => side.map(({ metrics }) => metrics[name]!)),
    confidence,
  );
  return {
    definition: { name, title, formula, unit, direction, stakeholder, version },
    values: values.map((value) => ("unavailable" in value ? value : cutTo(value, bounds))),
    difference,
    mixRate:
      parts.length === 0 || parts.length < worlds.length
        ? null
        : { mix: mean(({ mix }) => mix), rate: mean(({ rate }) => rate) },
  };
}

function reportedValue(
  sides: readonly (readonly PolicyOutcome[])[],
  worlds: readonly WorldOutcome[],
  confidence: number,
): ReportedValue {
  const stakeholders = sides.map((side) => {
    const found = side.flatMap(({ ecosystem }) => ("value" in ecosystem ? [ecosystem.stakeholders] : []));
    if (found.length < side.length) return {};
    return Object.fromEntries(
      Object.keys(found[0]!).map((name): [string, Figure] => [
        name,
        figureOf(
          found.map((each) => each[name]!),
          confidence,
        ),
      ]),
    );
  });
  const movements = worlds.flatMap(({ movement }) => movement?.parts ?? []);
  const all = worlds.every(({ movement }) => movement?.parts !== null && movement?.parts !== undefined);
  const players = [...new Set(movements.map(({ player }) => player))];
  return {
    value: compared(
      sides.map((side) => side.map(({ ecosystem }) => ecosystem)),
      confidence,
    ),
    stakeholders,
    parts: !all
      ? null
      : players.map((player) => ({
          player,
          ...figureOf(
            movements.filter((part) => part.player === player).map(({ part }) => part),
            confidence,
          ),
        })),
  };
}

function picturesOf(side: readonly PolicyOutcome[], days: number, confidence: number): PolicyPictures {
  const recordings = side.map(({ recording }) => recording);
  const byDay = Array.from({ length: days }, (_, i) => i + 1);
  const daily = DAILY_SERIES.map((name): [string, BandedCurve] => [
    name,
    meanCurve(
      byDay,
      recordings.map((recording) => recording.daily[name]),
      confidence,
    ),
  ]);
  const lorenz = (name: "exposureLorenz" | "payoutLorenz"): BandedCurve | null => {
    const curves = recordings.flatMap((recording) => {
      const curve = recording[name];
      return curve === null ? [] : [curve];
    });
    if (curves.length < side.length) return null;
    const parts = curves[0]!.length - 1;
    return meanCurve(
      Array.from({ length: parts + 1 }, (_, i) => i / parts),
      curves,
      confidence,
    );
  };
  return {
    daily: Object.fromEntries(daily) as PolicyPictures["daily"],
    lorenz: { exposure: lorenz("exposureLorenz"), payouts: lorenz("payoutLorenz") },
    survival: {
      creators: survivalOverWorlds(
        recordings.map(({ creatorLives }) => creatorLives),
        days,
        confidence,
      ),
      users: survivalOverWorlds(
        recordings.map(({ userLives }) => userLives),
        days,
        confidence,
      ),
    },
    supply: meanMap(recordings.map(({ supply }) => supply)),
    exposure: meanMap(recordings.map(({ exposure }) => exposure)),
  };
}

function meanMap(maps: readonly TopicAgeMap[]): number[][] {
  return maps[0]!.map((row, topic) =>
    row.map((_, column) => maps.reduce((sum, map) => sum + map[topic]![column]!, 0) / maps.length),
  );
}
