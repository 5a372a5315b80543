import type { ServedLog } from "./decision-log/index.ts";

/** What the routes need of the decision log. */
export type DecisionSink = Pick<
  ServedLog,
  "append" | "feedback" | "addMetrics" | "addPolicies" | "statistics" | "close"
>;
