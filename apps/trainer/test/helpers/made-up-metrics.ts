import type { MetricEffect } from "@longview/formats";
import { effect } from "./made-up-verdict-parts.ts";

/** The metrics of a launch that passes: a primary, a success metric, three guardrails and a wall. */
export function shipMetrics(): MetricEffect[] {
  return [
    effect({
      metric: "completion_rate",
      role: "primary",
      decision: "better",
      text: "Superiority: the lower bound of the lift is above 0.",
      incumbent: 0.3802,
      lift: 0.0123,
      standardError: 0.00214,
    }),
    effect({
      metric: "return_within_7_days",
      role: "success",
      decision: "undecided",
      text: "Superiority: the interval of the lift holds 0.",
      incumbent: 0.6121,
      lift: 0.0021,
      standardError: 0.0018,
    }),
    effect({
      metric: "session_minutes",
      role: "guardrail",
      decision: "not-worse",
      text: "Non-inferiority: the lower bound of the lift is above −1.",
      range: [0, 240],
      margin: 1,
      incumbent: 18.42,
      lift: 0.31,
      standardError: 0.22,
    }),
    effect({
      metric: "hides",
      role: "guardrail",
      decision: "not-worse",
      text: "Non-inferiority: the upper bound of the lift is below +0.004.",
      better: "lower",
      margin: 0.004,
      incumbent: 0.0211,
      lift: -0.0009,
      standardError: 0.0007,
    }),
    effect({
      metric: "new_creator_share",
      role: "guardrail",
      decision: "not-worse",
      text: "Non-inferiority: the lower bound of the lift is above −0.008.",
      stakeholder: "creators",
      margin: 0.008,
      incumbent: 0.1214,
      lift: -0.0034,
      standardError: 0.00138,
    }),
    {
      ...effect({
        metric: "harmful_shown",
        role: "wall",
        decision: "within-limit",
        text: "Limit: the upper bound of the candidate’s cost is below 0.002.",
        stakeholder: "safety",
        better: "lower",
        limit: 0.002,
        incumbent: 0.00131,
        lift: -0.0001,
        standardError: 0.00018,
      }),
      candidate: { value: 0.00121, lower: null, upper: 0.00162, confidence: 0.99, method: "betting" },
    },
  ];
}
