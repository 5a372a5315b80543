import { impressionColumn } from "../fields.ts";
import { exposureMean, RATIO, ratioFamily } from "./ratio.ts";

/** How good what is looked at is, beyond engagement. */
export const qualityFamily = ratioFamily("quality", [
  {
    ...RATIO,
    name: "quality",
    title: "Quality of what is seen",
    formula: "sum of weight · quality / sum of weight, over impressions",
    unit: "1",
    direction: "higher",
    stakeholder: "users",
    requires: ["quality"],
    bounds: [0, 1],
    terms: (out, pages) => exposureMean(out, pages, impressionColumn(pages, "quality")),
  },
]);
