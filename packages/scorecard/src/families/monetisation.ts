import { impressionColumn, pageColumn } from "../fields.ts";
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
    title: "Share of impressions that are sponsored",
    formula: "sum of sponsored / impressions",
    unit: "share",
    direction: "none",
    stakeholder: "money",
    requires: ["sponsored"],
    bounds: [0, 1],
    terms: (out, pages) => {
      const sponsored = impressionColumn(pages, "sponsored");
      const { offsets } = pages;
      for (let page = 0; page < pages.pageCount; page++) {
        let sum = 0;
        for (let i = offsets[page]!; i < offsets[page + 1]!; i++) sum += sponsored[i]!;
        out.numerator[page] = sum;
        out.denominator[page] = offsets[page + 1]! - offsets[page]!;
      }
    },
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
