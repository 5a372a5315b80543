import type { ScorecardReport } from "@longview/scorecard";
import { align } from "../display/align.ts";
import { formatNumber, formatSigned } from "../display/format.ts";

/** An interval as text; empty where there is none. */
export function intervalText(interval: readonly [number | null, number | null] | null): string {
  if (interval === null) return "";
  const [lower, upper] = interval.map((bound) => (bound === null ? "?" : formatNumber(bound)));
  return `[${lower}, ${upper}]`;
}

const ARROWS = { higher: "↑", lower: "↓", none: "" } as const;

/** A scorecard for a terminal: every metric by window, what is not available and why, and what moved. */
export function scorecardLines(report: ScorecardReport): string[] {
  const { windows, metrics } = report;
  const rows: string[][] = [];
  const missing = new Map<string, string[]>();
  const note = (reason: string, what: string): void => {
    missing.set(reason, [...(missing.get(reason) ?? []), what]);
  };
  for (const { name, unit, direction, stakeholder } of metrics) {
    const values = windows.map((window) => window.metrics.find(({ metric }) => metric === name)!);
    if (values.every((value) => "unavailable" in value)) {
      const [first] = values;
      if (first !== undefined && "unavailable" in first) note(first.unavailable, name);
      continue;
    }
    for (const [at, value] of values.entries())
      if ("unavailable" in value) note(value.unavailable, `${name} (${windows[at]!.name})`);
    rows.push([
      name,
      ARROWS[direction],
      stakeholder,
      ...values.flatMap((value) =>
        "unavailable" in value ? ["–", ""] : [formatNumber(value.value), intervalText(value.interval)],
      ),
      unit,
    ]);
  }
  const confidence = `[${formatNumber(100 * report.confidence)} %]`;
  return [
    ...windows.map(
      ({ name, pages, users, impressions }) =>
        `${name}: ${formatNumber(pages)} pages, ${formatNumber(impressions)} impressions, ${formatNumber(users)} users`,
    ),
    "",
    ...align([["metric", "", "for", ...windows.flatMap(({ name }) => [name, confidence]), "unit"], ...rows]),
    ...ecosystemLines(report),
    ...report.movements.flatMap((movement) => movementLines(movement, report.confidence)),
    ...(missing.size === 0 ? [] : ["", "not available:"]),
    ...[...missing].map(([reason, names]) => `  ${names.join(", ")}: ${reason}`),
  ];
}

function ecosystemLines({ windows, exchangeRates }: ScorecardReport): string[] {
  if (exchangeRates === null) return [];
  return [
    "",
    `ecosystem value by ${exchangeRates.name} version ${exchangeRates.version} (${exchangeRates.sha256.slice(0, 12)}), ${exchangeRates.unit} a ${exchangeRates.scale}:`,
    ...windows.map(({ name, ecosystem }) =>
      ecosystem === null || "unavailable" in ecosystem
        ? `  ${name}: not available: ${ecosystem?.unavailable ?? ""}`
        : `  ${name}: ${formatNumber(ecosystem.value)} ${intervalText(ecosystem.interval)}`,
    ),
  ];
}

function movementLines(
  { from, to, metrics, value }: ScorecardReport["movements"][number],
  confidence: number,
): string[] {
  const segmented = metrics.some(({ parts }) => parts !== null);
  const moved = metrics.map(({ metric, change, interval, parts }) => [
    metric,
    formatSigned(change),
    intervalText(interval),
    ...(segmented ? (parts === null ? ["", ""] : [formatSigned(parts.mix), formatSigned(parts.rate)]) : []),
  ]);
  return [
    "",
    `from ${from} to ${to}:`,
    ...(moved.length === 0
      ? []
      : align([
          [
            "metric",
            "change",
            `[${formatNumber(100 * confidence)} %]`,
            ...(segmented ? ["by mix", "by rate"] : []),
          ],
          ...moved,
        ])),
    ...(value === null
      ? []
      : "unavailable" in value
        ? [`ecosystem value: not available: ${value.unavailable}`]
        : [
            `ecosystem value ${formatSigned(value.change)} ${intervalText(value.interval)}: ` +
              value.parts.map(({ player, part }) => `${player} ${formatSigned(part)}`).join(", "),
          ]),
  ];
}
