import { parseGateSpec, type GateSpec } from "@longview/formats";

/** Losses of the guardrails that are tolerated, and the limit of harm. */
export const MARGINS = { longRunValue: 0.01, newCreatorShare: 0.02 } as const;
export const HARM_LIMIT = 0.02;

/** The specification that every launch is judged by, as a careful person would write it before looking. */
export function launchSpec(
  estimators: readonly string[],
  everyActionPossible: boolean,
  harmLimit: number = HARM_LIMIT,
): GateSpec {
  return parseGateSpec(
    {
      name: "Synthetic launch",
      estimand: {
        states: "all users of the log's fortnight",
        attributionWindow: "engagement at once, value within 30 days",
        interference: "none",
      },
      primary: { metric: "engagement", range: [0, 1] },
      guardrails: [
        { metric: "longRunValue", range: [0, 1], margin: MARGINS.longRunValue },
        {
          metric: "newCreatorShare",
          range: [0, 1],
          margin: MARGINS.newCreatorShare,
          stakeholder: "creators",
        },
      ],
      walls: [{ metric: "harm", range: [0, 1], limit: harmLimit }],
      estimators: [...estimators],
      evidence: {
        effectiveSampleSize: 1000,
        largestWeightShare: 0.05,
        supportDeficit: 0.01,
        units: 500,
        quarantinedShare: 0.01,
        everyActionPossible,
      },
    },
    "launch-spec.ts",
  );
}
