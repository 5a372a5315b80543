import { impressionColumn } from "../fields.ts";
import { exposureMean, RATIO, ratioFamily } from "./ratio.ts";

const FRESH_DAYS = 7;

/** How old what is looked at is. */
export const freshnessFamily = ratioFamily("freshness", [
  {
    ...RATIO,
    name: "exposureAge",
    title: "Age of what is seen",
    formula: "sum of weight · age / sum of weight, over impressions",
    unit: "days",
    direction: "lower",
    stakeholder: "users",
    requires: ["age"],
    bounds: [0, Infinity],
    terms: (out, pages) => exposureMean(out, pages, impressionColumn(pages, "age")),
  },
  {
    ...RATIO,
    name: "freshShare",
    title: "Share of what is seen that is under 7 days old",
    formula: "sum of weight · [age < 7] / sum of weight, over impressions",
    unit: "share",
    direction: "higher",
    stakeholder: "users",
    requires: ["age"],
    bounds: [0, 1],
    terms: (out, pages) =>
      exposureMean(
        out,
        pages,
        impressionColumn(pages, "age").map((age) => (Number.isNaN(age) ? age : age < FRESH_DAYS ? 1 : 0)),
      ),
  },
]);
