export {
  IMPRESSION_FIELDS,
  LIFE_KINDS,
  LIFE_SUBJECTS,
  PAGE_FIELDS,
  type FieldName,
  type ImpressionField,
  type LifeEvents,
  type LifeKind,
  type LifeSubject,
  type PageEvents,
  type PageField,
} from "./events.ts";
export { SCORECARD_ERROR_CODES, ScorecardError, type ScorecardErrorCode } from "./error.ts";
export { type MetricDefinition, type RequiredLives } from "./metric.ts";
export { METRICS, metricNamed } from "./registry.ts";
export { metricSettings, metricSettingsSchema, type MetricSettings } from "./settings.ts";
export { Scorecard, type ScorecardOptions, type ScorecardWindow } from "./scorecard.ts";
export { metricOf, type MetricValue, type MissingMetric, type WindowSummary } from "./window-summary.ts";
export { scorecardReport, type ReportOptions } from "./report.ts";
export { scorecardSchema, type ScorecardReport } from "./report-schema.ts";
export {
  checkSuccessor,
  exchangeRatesSchema,
  parseExchangeRates,
  type ExchangeRates,
  type ExchangeRatesInput,
} from "./ecosystem/exchange-rates.ts";
export { ecosystemValue, type EcosystemValue, type MissingValue } from "./ecosystem/ecosystem-value.ts";
export {
  movementBetween,
  type MetricMovement,
  type Movement,
  type ValueMovement,
} from "./movement/movement.ts";
export { mixRate, type MixRate, type SegmentMovement } from "./movement/mix-rate.ts";
export { shapleyValues } from "./movement/shapley.ts";
export { atkinson, gini, herfindahl, lorenzCurve, topShare } from "./measures/concentration.ts";
export { vendiOfEigenvalues, vendiScore } from "./measures/vendi.ts";
export {
  kaplanMeier,
  survivalAt,
  survivalQuantile,
  type Lives,
  type SurvivalCurve,
} from "./measures/kaplan-meier.ts";
export { hazardRatio, type HazardRatio } from "./measures/hazard-ratio.ts";
export { shareInterval } from "./measures/share-interval.ts";
export { parseLogFields, type FieldNumber, type FieldSource, type LogFields } from "./log/log-fields.ts";
export { type LogBlock } from "./log/log-blocks.ts";
export { logSpan, openLogPages, type LogPages, type OpenLogPagesOptions } from "./log/open-log-pages.ts";
