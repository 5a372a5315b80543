import type { Evaluation, Manifest } from "@longview/formats";
import { formatLimit, formatNumber, formatSigned } from "../display/format.ts";
import { headlineOf } from "../report/headline.ts";
import { title } from "../report/words.ts";

/** The text of `MODEL_CARD.md`: what the policy is, how it was made, what it was shown to do and what not. */
export function modelCard(manifest: Omit<Manifest, "files">, evaluation: Evaluation | undefined): string {
  const { lineage, environment, constraints, distribution } = manifest;
  const lines = [
    `# ${manifest.policyId}`,
    "",
    `A ${distribution} policy for \`${environment.id}\`, trained on ${formatNumber(lineage.decisions)} simulated decisions (run ${lineage.run}, seed ${lineage.seed}).`,
    "",
    "## What it reads and writes",
    "",
    ...manifest.graph.inputs.map(
      (tensor) => `- input \`${tensor.name}\` [${tensor.shape.join(", ")}] ${tensor.dataType}`,
    ),
    ...manifest.graph.outputs.map(
      (tensor) => `- output \`${tensor.name}\` [${tensor.shape.join(", ")}] ${tensor.dataType}`,
    ),
    "",
    "Raw observations go in: the normaliser is inside the graph. The names of the features are in `manifest.json`; `golden.json` holds requests with the exact outputs, for any runtime to prove itself.",
    "",
    "## What it was trained for",
    "",
    ...(constraints.length === 0
      ? ["Value alone; no constraint was set."]
      : constraints.map(
          ({ cost, limit, measure }) =>
            `- ${title(cost)} at most ${formatLimit(limit)} ${measure.replace("-", " ")}`,
        )),
    "",
    "## What it was shown to do",
    "",
  ];
  if (evaluation === undefined) lines.push("It was exported before its evaluation was made.");
  else {
    const headline = headlineOf(evaluation);
    lines.push(
      `${headline.value}${headline.constraints}`,
      "",
      headline.detail,
      "",
      "| Policy | Value | Trained minus it |",
      "| --- | --- | --- |",
      ...evaluation.policies.map(({ name, value, differenceToTrained: { mean, interval } }) => {
        const difference =
          name === "trained"
            ? "–"
            : `${formatSigned(mean)} (${formatSigned(interval[0])} to ${formatSigned(interval[1])})`;
        return `| ${title(name)} | ${formatNumber(value.mean)} | ${difference} |`;
      }),
      "",
      ...evaluation.method.map((sentence) => `- ${sentence}`),
    );
  }
  lines.push(
    "",
    "## What it was not shown to do",
    "",
    "It was judged in simulated worlds only. Before a launch, judge it on logged decisions of the real system.",
    "",
  );
  return lines.join("\n");
}
