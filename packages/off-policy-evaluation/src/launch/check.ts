import type { LightState, ValidityCheck } from "@longview/formats";
import type { EstimatorAgreement } from "../diagnostics/agreement.ts";
import { formatNumber } from "./format-number.ts";
import type { LaunchEvidence } from "./gather-evidence.ts";
import type { SupportSummary } from "./support-summary.ts";

/** What the checks look at that need no specification. */
export interface EvidenceFacts {
  readonly evidence: LaunchEvidence;
  readonly actionCount: number | undefined;
  readonly support: SupportSummary | undefined;
  readonly agreement: EstimatorAgreement | undefined;
  readonly drift: { readonly pValue: number; readonly days: number };
}

/** One check: what was found, what is needed, and what it means. */
export function check(
  id: string,
  title: string,
  state: LightState,
  [found, needed, text]: readonly [string, string, string],
): ValidityCheck {
  return { id, title, state, found, needed, text };
}

/** A share for a sentence. */
export const percent = (share: number): string => `${formatNumber(100 * share)} %`;
/** Green or red. */
export const redUnless = (good: boolean): LightState => (good ? "green" : "red");
