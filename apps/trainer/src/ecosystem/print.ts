import { align } from "../display/align.ts";
import { formatNumber, formatSigned } from "../display/format.ts";
import type { ComparedFigures, EcosystemReport, Figure } from "./report-type.ts";

const ARROWS = { higher: "↑", lower: "↓", none: "" } as const;

/** A figure's interval as text; empty with a single world. */
export function figureInterval({ interval }: Figure, write = formatNumber): string {
  return interval === null ? "" : `[${write(interval[0])}, ${write(interval[1])}]`;
}

/** Whether a difference is shown to be one, and which way. */
export function shownSign({ interval }: Figure): -1 | 0 | 1 {
  if (interval === null) return 0;
  return interval[0] > 0 ? 1 : interval[1] < 0 ? -1 : 0;
}

const cells = (figures: ComparedFigures): string[] => [
  ...figures.values.flatMap((figure) =>
    "unavailable" in figure ? ["–", ""] : [formatNumber(figure.mean), figureInterval(figure)],
  ),
  ...(figures.values.length < 2
    ? []
    : figures.difference === null
      ? ["", ""]
      : [formatSigned(figures.difference.mean), figureInterval(figures.difference, formatSigned)]),
];

/** A report for a terminal: the scorecard over worlds, the ecosystem's value by stakeholder, and what is not available. */
export function ecosystemLines(report: EcosystemReport): string[] {
  const { policies, metrics, worlds, days, users, confidence, world } = report;
  const level = `[${formatNumber(100 * confidence)} %]`;
  const head = [
    ...policies.flatMap((name) => [name, worlds > 1 ? level : ""]),
    ...(policies.length > 1 ? [`${policies[0]} − ${policies[1]}`, worlds > 1 ? level : ""] : []),
  ];
  const known = metrics.filter(({ values }) => values.some((value) => !("unavailable" in value)));
  const reasons = new Map<string, string[]>();
  for (const { definition, values } of metrics)
    values.forEach((value, at) => {
      if (!("unavailable" in value)) return;
      const what = policies.length > 1 ? `${definition.name} (${policies[at]})` : definition.name;
      reasons.set(value.unavailable, [...(reasons.get(value.unavailable) ?? []), what]);
    });
  return [
    `${world}: ${worlds} world${worlds === 1 ? "" : "s"} of ${formatNumber(users)} user slots for ${formatNumber(days)} days` +
      (worlds > 1
        ? `; intervals over worlds${policies.length > 1 ? ", differences paired by world: the same luck for both" : ""}`
        : "; one world has no intervals"),
    "",
    ...align([
      ["metric", "", "for", ...head, "unit"],
      ...known.map(({ definition, ...figures }) => [
        definition.name,
        ARROWS[definition.direction],
        definition.stakeholder,
        ...cells(figures),
        definition.unit,
      ]),
    ]),
    "",
    ...valueLines(report, head),
    ...(reasons.size === 0 ? [] : ["", "not available:"]),
    ...[...reasons].map(([reason, names]) => `  ${names.join(", ")}: ${reason}`),
  ];
}

function valueLines({ ecosystem, exchangeRates }: EcosystemReport, head: readonly string[]): string[] {
  const { name, version, unit, scale, sha256 } = exchangeRates;
  const title = `ecosystem value by ${name} version ${version} (${sha256.slice(0, 12)}), ${unit} a ${scale}`;
  const [first] = ecosystem.value.values;
  if (first !== undefined && "unavailable" in first) return [`${title}: not available: ${first.unavailable}`];
  const players = Object.keys(ecosystem.stakeholders[0]!);
  const rows = players.map((player) => [
    player,
    ...cells({
      values: ecosystem.stakeholders.map((each) => each[player] ?? { unavailable: "" }),
      difference: null,
    }),
  ]);
  return [
    `${title}:`,
    ...align([["", ...head], ...rows, ["all", ...cells(ecosystem.value)]]).map((line) => `  ${line}`),
    ...(ecosystem.parts === null
      ? []
      : [
          `  the difference by whose metrics made it (Shapley): ${ecosystem.parts
            .map((part) => `${part.player} ${formatSigned(part.mean)} ${figureInterval(part, formatSigned)}`)
            .join(", ")}`,
        ]),
  ];
}
