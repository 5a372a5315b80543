export { openServedLog } from "./served-log.ts";
export type { AppendedDecisions, ServedLog, ServedLogOptions } from "./served-log.ts";
export type { ServedLogStatistics } from "./log-statistics.ts";
export type { FeedbackReport, FeedbackResult, ServedDecision } from "./served-decision.ts";
export type { Durability } from "./decision-journal.ts";
export { logDescriptionSchema, type LogDescription, type MetricNames } from "./log-description.ts";
