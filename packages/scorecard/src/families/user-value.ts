import type { PageField } from "../events.ts";
import { pageColumn } from "../fields.ts";
import { pageMean, perImpression, RATIO, ratioFamily, type RatioMetric } from "./ratio.ts";

type Named = Pick<RatioMetric, "name" | "title" | "unit" | "bounds">;

const meanOf = (field: PageField, named: Named): RatioMetric => ({
  ...RATIO,
  ...named,
  formula: `sum of ${field} / pages`,
  direction: "higher",
  stakeholder: "users",
  requires: [field],
  terms: (out, pages) => pageMean(out, pages, pageColumn(pages, field)),
});

const rateOf = (field: PageField, named: Pick<RatioMetric, "name" | "title" | "direction">): RatioMetric => ({
  ...RATIO,
  ...named,
  formula: `sum of ${field} / impressions`,
  unit: "share",
  stakeholder: "users",
  requires: [field],
  bounds: [0, 1],
  terms: (out, pages) => perImpression(out, pages, pageColumn(pages, field)),
});

/** What users get and say, page by page. */
export const userValueFamily = ratioFamily("user value", [
  meanOf("userValue", {
    name: "userValue",
    title: "Worth of a page to its user",
    unit: "utility a page",
    bounds: [-Infinity, Infinity],
  }),
  meanOf("satisfaction", { name: "satisfaction", title: "Satisfaction", unit: "1", bounds: [0, 1] }),
  meanOf("trust", { name: "trust", title: "Trust in the platform", unit: "1", bounds: [0, 1] }),
  rateOf("opens", { name: "openRate", title: "Impressions that are opened", direction: "none" }),
  rateOf("likes", { name: "likeRate", title: "Impressions that are liked", direction: "higher" }),
  rateOf("hides", { name: "hideRate", title: "Impressions that are hidden", direction: "lower" }),
]);
