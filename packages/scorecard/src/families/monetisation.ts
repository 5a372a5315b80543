import { pageColumn } from "../fields.ts";
import { pageMean, RATIO, ratioFamily } from "./ratio.ts";

/** What advertisers pay, get, and take up. */
export const monetisationFamily = ratioFamily("monetisation", [
  {
    ...RATIO,
    name: "revenue",
    title: "Revenue of a page",
    formula: "sum of revenue / pages",
    unit: "currency a page",
    direction: "higher",
    stakeholder: "money",
    requires: ["revenue"],
    bounds: [0, Infinity],
    terms: (out, pages) => pageMean(out, pages, pageColumn(pages, "revenue")),
  },
  {
    ...RATIO,
    name: "adLoad",
    title: "Share of positions that are sponsored",
    formula: "sum of adLoad / pages",
    unit: "share",
    direction: "none",
    stakeholder: "money",
    requires: ["adLoad"],
    bounds: [0, 1],
    terms: (out, pages) => pageMean(out, pages, pageColumn(pages, "adLoad")),
  },
  {
    ...RATIO,
    name: "advertiserSurplus",
    title: "What advertisers get beyond what they pay",
    formula: "sum of (advertiserValue − revenue) / pages",
    unit: "currency a page",
    direction: "higher",
    stakeholder: "money",
    requires: ["advertiserValue", "revenue"],
    bounds: [-Infinity, Infinity],
    terms: (out, pages) => {
      const paid = pageColumn(pages, "revenue");
      pageMean(
        out,
        pages,
        pageColumn(pages, "advertiserValue").map((value, page) => value - paid[page]!),
      );
    },
  },
]);
