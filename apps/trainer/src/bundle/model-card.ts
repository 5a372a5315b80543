import type { BundleDescription, Evaluation } from "@longview/formats";
import type { RunConfiguration } from "../configuration/schema.ts";
import { formatNumber } from "../display/format.ts";
import { evaluationSection } from "./card-evaluation.ts";
import { intendedUseSection, limitsSection } from "./card-limits.ts";
import { loadingSection } from "./card-loading.ts";
import { trainingDataSection, trainingGoalSection } from "./card-training.ts";

/** What a card tells of. */
export interface ModelCardParts {
  readonly description: BundleDescription;
  readonly configuration: RunConfiguration;
  readonly evaluation: Evaluation | undefined;
  /** Fingerprint of the key that signs the bundle; undefined where none does. */
  readonly signedBy: string | undefined;
}

/** The text of `MODEL_CARD.md`: what the policy is, how it was made, what it was shown to do and what not. */
export function modelCard({ description, configuration, evaluation, signedBy }: ModelCardParts): string {
  const { lineage, environment, distribution } = description;
  const kind = distribution === "plackett-luce" ? "slate" : distribution;
  return [
    `# ${description.policyId}`,
    "",
    `A ${kind} policy for \`${environment.id}\`, trained on ${formatNumber(lineage.decisions)} simulated decisions.`,
    "",
    ...intendedUseSection(description),
    ...evaluationSection(evaluation),
    ...limitsSection(description, configuration, evaluation),
    ...trainingGoalSection(description, configuration),
    ...trainingDataSection(description),
    ...loadingSection(description),
    "## Whether it is whole",
    "",
    "`manifest.json` holds the SHA-256 of every file here and a checksum of itself. `npx longview verify FOLDER` checks them, and runs the golden requests.",
    "",
    signedBy === undefined
      ? "It is not signed: the checksums find damage, not a bundle that somebody made up whole."
      : `It is signed (Ed25519) by the key with the fingerprint \`${signedBy}\`. Check it against the public key that you have from its owner: \`npx longview verify FOLDER --key PUBLIC.pem\`.`,
    "",
  ].join("\n");
}
