import { appealsFamily } from "./families/appeals.ts";
import { concentrationFamily } from "./families/concentration.ts";
import { coverageFamily } from "./families/coverage.ts";
import { creatorReachFamily } from "./families/creator-reach.ts";
import { exposureDiversityFamily } from "./families/exposure-diversity.ts";
import { freshnessFamily } from "./families/freshness.ts";
import { integrityFamily } from "./families/integrity.ts";
import { monetisationFamily } from "./families/monetisation.ts";
import { newCreatorFamily } from "./families/new-creators.ts";
import { pageDiversityFamily } from "./families/page-diversity.ts";
import { qualityFamily } from "./families/quality.ts";
import { retentionFamily } from "./families/retention.ts";
import { returnGapFamily } from "./families/return-gap.ts";
import { survivalFamily } from "./families/survival.ts";
import { userValueFamily } from "./families/user-value.ts";
import { userWelfareFamily } from "./families/user-welfare.ts";
import type { MetricFamily } from "./family.ts";
import type { MetricDefinition } from "./metric.ts";

/** Every family of metrics, in the order of a report: a new one is one file and one line here. */
export const METRIC_FAMILIES: readonly MetricFamily[] = [
  userValueFamily,
  retentionFamily,
  returnGapFamily,
  userWelfareFamily,
  qualityFamily,
  freshnessFamily,
  pageDiversityFamily,
  exposureDiversityFamily,
  coverageFamily,
  concentrationFamily,
  newCreatorFamily,
  creatorReachFamily,
  survivalFamily,
  monetisationFamily,
  integrityFamily,
  appealsFamily,
];

/** Every metric, in the order of a report. */
export const METRICS: readonly MetricDefinition[] = METRIC_FAMILIES.flatMap(({ metrics }) => metrics);

/** The metric of a name, or undefined. */
export function metricNamed(name: string): MetricDefinition | undefined {
  return METRICS.find((metric) => metric.name === name);
}
