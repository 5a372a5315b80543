import { impressionColumn } from "../fields.ts";
import { exposureMean, RATIO, ratioFamily } from "./ratio.ts";

/** What is left for newcomers, who are tomorrow's supply. */
export const newCreatorFamily = ratioFamily("new creators", [
  {
    ...RATIO,
    name: "newCreatorShare",
    title: "Share of what is seen that is by new creators",
    formula: "sum of weight · [creatorAge < newCreatorDays] / sum of weight, over impressions",
    unit: "share",
    direction: "higher",
    stakeholder: "creators",
    requires: ["creatorAge"],
    bounds: [0, 1],
    terms: (out, pages, { newCreatorDays }) =>
      exposureMean(
        out,
        pages,
        impressionColumn(pages, "creatorAge").map((age) =>
          Number.isNaN(age) ? age : age < newCreatorDays ? 1 : 0,
        ),
      ),
  },
]);
