import { foldIn, normalQuantile, rootKey, uniform } from "@longview/statistics";
import type { BoundedEstimate, EstimatorRow, MetricEffect, SegmentRow, Verdict } from "@longview/formats";

/** A standard normal number that depends on nothing but its name and index. */
export const noise = (name: string, index: number): number =>
  normalQuantile(uniform(foldIn(rootKey(name), index), 0, 0) * 0.998 + 0.001);

/** Something of 64 hexadecimal digits that stands for a SHA-256. */
export const madeUpHash = (name: string): string =>
  Array.from({ length: 64 }, (_, index) =>
    Math.floor(uniform(foldIn(rootKey(name), index), 0, 0) * 16).toString(16),
  ).join("");

/** An estimate with a normal interval of 95 %. */
export const estimate = (value: number, standardError: number): BoundedEstimate => ({
  value,
  lower: value - 1.96 * standardError,
  upper: value + 1.96 * standardError,
  confidence: 0.95,
  method: "normal, by unit",
});

/** What {@link effect} needs to know. */
export type EffectInput = Pick<MetricEffect, "metric" | "role" | "decision" | "text"> &
  Partial<Pick<MetricEffect, "stakeholder" | "better" | "range" | "margin" | "limit">> & {
    readonly incumbent: number;
    readonly lift: number;
    readonly standardError: number;
  };

/** A metric's effect, complete. */
export function effect(input: EffectInput): MetricEffect {
  const { incumbent, lift, standardError, ...named } = input;
  return {
    stakeholder: "users",
    better: "higher",
    range: [0, 1],
    margin: null,
    limit: null,
    ...named,
    candidate: estimate(incumbent + lift, standardError * 1.2),
    incumbent: estimate(incumbent, standardError * 0.4),
    lift: estimate(lift, standardError),
    standardError,
    relativeLift: incumbent === 0 ? null : lift / incumbent,
  };
}

/** Weights spread log-normally, a share of them 0. */
export function weights(count: number, zeroShare: number, spread: number): Verdict["weights"] {
  const zeroCount = Math.round(count * zeroShare);
  const edges = Array.from({ length: 25 }, (_, index) => 10 ** (-3 + index * 0.1875));
  const mass = edges
    .slice(0, -1)
    .map((edge, index) =>
      Math.exp(-0.5 * ((Math.log(Math.sqrt(edge * edges[index + 1]!)) + 0.3) / spread) ** 2),
    );
  const total = mass.reduce((sum, each) => sum + each, 0);
  return {
    count,
    mean: 1.003,
    meanLower: 0.992,
    meanUpper: 1.014,
    minimum: 0,
    maximum: 21.7,
    zeroCount,
    effectiveSampleSize: count * 0.412,
    largestShare: 0.00031,
    paretoShape: 0.38,
    histogram: [
      { from: 0, to: 0, count: zeroCount },
      ...mass.map((each, index) => ({
        from: edges[index]!,
        to: edges[index + 1]!,
        count: Math.round((each / total) * (count - zeroCount)),
      })),
    ],
  };
}

/** A support map; every eleventh item's last position was never logged. */
export function support(items: number, positions: number): NonNullable<Verdict["support"]> {
  const rows = Array.from({ length: Math.max(1, positions) }, (_, position) => position);
  const names = Array.from({ length: items }, (_, index) => `item-${String(1000 + index * 37)}`);
  const probability = (position: number, item: number): number =>
    Math.exp(-item / 9 - 0.4 * position) * (0.6 + 0.4 * Math.abs(noise(`p${position}`, item))) * 0.11;
  return {
    deficit: 0.0042,
    valueShift: [-0.0011, 0.0031],
    items: names,
    positions: positions === 0 ? [] : rows.map((position) => position + 1),
    logged: rows.map((position) =>
      names.map((_, item) =>
        item % 11 === 10 && position === rows.length - 1
          ? 0
          : Math.round(2400 * Math.exp(-item / 20) * (0.5 + Math.abs(noise(`l${position}`, item)))),
      ),
    ),
    candidate: rows.map((position) => names.map((_, item) => probability(position, item))),
  };
}

/** Days of a log. */
export const days = (count: number, level: number): Verdict["days"] =>
  Array.from({ length: count }, (_, index) => ({
    day: new Date(Date.UTC(2026, 2, 2 + index)).toISOString().slice(0, 10),
    rows: Math.round(14_200 + 900 * noise("rows", index)),
    logged: level + 0.004 * noise("day", index),
    standardError: index === 3 ? null : 0.0041,
    meanWeight: 1 + 0.012 * noise("weight", index),
  }));

/** Positions of a slate. */
export const positions = (count: number, level: number): Verdict["positions"] =>
  Array.from({ length: count }, (_, index) => ({
    position: index + 1,
    rows: Math.round(132_000 / count),
    logged: level / (1 + 0.3 * index),
    meanWeight: 1 + 0.004 * noise("position", index),
    effectiveSampleSize: 18_000 - 900 * index,
  }));

/** Segments of some columns; `losing` of them lose. */
export function segments(count: number, losing: number): SegmentRow[] {
  const columns = ["country", "device", "age of the account"];
  return Array.from({ length: count }, (_, index) => {
    const small = index % 9 === 8;
    const loses = index < losing;
    const standardError = 0.004 + 0.012 * Math.abs(noise("se", index));
    const value = loses ? -0.03 - 0.004 * index : 0.012 + 0.8 * standardError * noise("segment", index);
    return {
      column: columns[index % columns.length]!,
      value: `group ${index + 1}`,
      rows: small ? 31 : 2200 + 37 * index,
      units: small ? 12 : 810 + 11 * index,
      effectiveSampleSize: small ? 8.3 : 640 + 7 * index,
      lift: small ? null : estimate(value, loses ? 0.007 : standardError),
      adjustedPValue: small ? null : loses ? 0.0004 : 0.31,
      loses,
    };
  });
}

/** Estimators of one metric; the last one can't be computed. */
export const estimators = (metric: string, value: number, incumbent: number): EstimatorRow[] => [
  ...(
    [
      ["ips", "Inverse propensity", 0.0052, 1.004],
      ["snips", "Self-normalised inverse propensity", 0.0046, 1],
      ["dr", "Doubly robust", 0.0038, 0.998],
      ["dr-shrunk", "Doubly robust, shrunk weights", 0.0034, 0.993],
    ] as const
  ).map(([estimator, title, standardError, factor]): EstimatorRow => ({
    estimator,
    title,
    metric,
    value: estimate(value * factor, standardError),
    lift: estimate(value * factor - incumbent, standardError * 0.8),
    note: estimator === "ips" ? "No lower variance is claimed: weights are not normalised" : "",
  })),
  {
    estimator: "mips",
    title: "Marginalised inverse propensity",
    metric,
    value: null,
    lift: null,
    note: "the log names no embedding of items",
  },
];

/** Bins of a calibration plot. */
export const calibrationBins = (
  name: string,
  scale: number,
): { predicted: number; observed: number; count: number }[] =>
  Array.from({ length: 10 }, (_, index) => ({
    predicted: scale * (index + 0.5),
    observed: Math.max(0, scale * (index + 0.5 + 0.25 * noise(name, index))),
    count: Math.round(14_000 * Math.exp(-0.35 * index)),
  }));
