import { findEnvironment } from "@longview/environment";
import type { BundleDescription } from "@longview/formats";
import { explainKeys } from "../configuration/explain.ts";
import type { RunConfiguration } from "../configuration/schema.ts";
import { formatLimit, formatNumber } from "../display/format.ts";
import { stakeholder, title } from "../report/words.ts";

const code = (text: string): string => `\`${text}\``;

/** What a policy learned from: its environment in words, inputs with their hashes, decisions, code. */
export function trainingDataSection(description: BundleDescription): string[] {
  const { environment, lineage } = description;
  const options = optionsInWords(environment.id, environment.options);
  const { version, commit, modified } = lineage.code;
  return [
    "## What it learned from",
    "",
    `${formatNumber(lineage.decisions)} simulated decisions in ${code(environment.id)} (${findEnvironment(environment.id).summary.replace(/^[A-Z](?![A-Z])/, (first) => first.toLowerCase())}).`,
    "",
    ...(options.length === 0
      ? ["Every option of the environment stood at its default; `manifest.json` has them all."]
      : [
          "What was set otherwise than by default (`manifest.json` has every option):",
          "",
          ...options.map(
            ({ key, meaning, value, standard }) =>
              `- ${meaning === "" ? "" : `${meaning}: `}${code(`${key} = ${value}`)}, by default ${standard}`,
          ),
        ]),
    "",
    ...(lineage.logs.length === 0
      ? [
          "No decision log and no catalogue of real items went into it: every user and item was made up by the environment.",
        ]
      : [
          "Files of real data that went into it:",
          "",
          ...lineage.logs.map(({ path, sha256 }) => `- ${code(path)}, SHA-256 ${code(sha256)}`),
        ]),
    "",
    `Run ${code(lineage.run)}, seed ${code(lineage.seed)}, configuration with SHA-256 ${code(lineage.configuration)}, by longview ${version}${commit === null ? "" : ` at commit ${code(commit)}`}${modified === true ? ", with changes that were not committed" : ""}.`,
    "",
  ];
}

interface SetOption {
  readonly key: string;
  readonly meaning: string;
  readonly value: string;
  readonly standard: string;
}

/** The options that differ from their defaults. */
function optionsInWords(id: string, options: Readonly<Record<string, unknown>>): SetOption[] {
  return explainKeys(findEnvironment(id).optionsSchema).flatMap(({ key, meaning, standard }) => {
    const value = valueAt(options, key.split("."));
    const text = value === undefined ? undefined : JSON.stringify(value);
    return text === undefined || text === standard ? [] : [{ key, meaning, value: text, standard }];
  });
}

function valueAt(root: unknown, path: readonly string[]): unknown {
  let value = root;
  for (const key of path) {
    if (typeof value !== "object" || value === null) return undefined;
    value = Reflect.get(value, key);
  }
  return value;
}

/** What a policy was trained for: objectives with their weights, the discount, the limits. */
export function trainingGoalSection(
  description: BundleDescription,
  configuration: RunConfiguration,
): string[] {
  const { objectives, constraints, environment } = description;
  const { algorithm } = configuration;
  const weighted = objectives.map((name) => ({ name, weight: weightOf(environment.options, name) }));
  return [
    "## What it was trained for",
    "",
    `The discounted sum of rewards, each decision counting ${formatLimit(algorithm.discountFactor)} of the one before it, by ${code(algorithm.name)}.`,
    "",
    ...(weighted.length === 0
      ? ["The reward is the environment's own; it reports no separate objectives."]
      : weighted.every(({ weight }) => weight !== undefined)
        ? [
            "The reward is a weighted sum of:",
            "",
            "| Objective | Whose | Weight |",
            "| --- | --- | ---: |",
            ...weighted.map(
              ({ name, weight }) =>
                `| ${title(name)} (${code(name)}) | ${stakeholder(name)} | ${formatLimit(weight ?? 0)} |`,
            ),
          ]
        : [
            `The reward is the environment's own; beside it were reported ${objectives.map((name) => code(name)).join(", ")}.`,
          ]),
    "",
    ...(constraints.length === 0
      ? ["Value alone: no constraint was set."]
      : [
          "Within limits, each of which training aimed below by a margin:",
          "",
          ...constraints.map(({ cost, limit, measure }) => {
            const margin = configuration.constraints[cost]?.margin ?? 1;
            return `- ${title(cost)} (${code(cost)}) at most ${formatLimit(limit)} ${measure.replace("-", " ")}; trained towards ${formatLimit(limit - (1 - margin) * Math.abs(limit))}`;
          }),
        ]),
    "",
  ];
}

/** The weight of an objective in the reward, where the environment's options have one: `userValue` → `userWeight`. */
function weightOf(options: Readonly<Record<string, unknown>>, objective: string): number | undefined {
  const weight = valueAt(options, ["objectives", `${objective.replace(/Value$/, "")}Weight`]);
  return typeof weight === "number" ? weight : undefined;
}
