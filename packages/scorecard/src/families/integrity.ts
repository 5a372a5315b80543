import type { PageField } from "../events.ts";
import { pageColumn } from "../fields.ts";
import { perImpression, RATIO, ratioFamily, type RatioMetric } from "./ratio.ts";

const MILLION = 1e6;

const perMillion = (field: PageField, named: Pick<RatioMetric, "name" | "title">): RatioMetric => ({
  ...RATIO,
  ...named,
  formula: `10⁶ · sum of ${field} / impressions`,
  unit: "per million impressions",
  direction: "lower",
  stakeholder: "safety",
  requires: [field],
  bounds: [0, MILLION],
  terms: (out, pages) => perImpression(out, pages, pageColumn(pages, field), MILLION),
});

/** Harm that is shown, and reports of it. */
export const integrityFamily = ratioFamily("integrity", [
  perMillion("harmfulImpressions", { name: "harmPerMillion", title: "Harmful impressions" }),
  perMillion("reports", { name: "reportsPerMillion", title: "Reports" }),
]);
