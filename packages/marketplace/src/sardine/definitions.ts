import { defineEnvironment } from "@longview/environment";
import { singleItemBoredInfOptions, slateRerankStaticOptions, slateTopKBoredOptions } from "./options.ts";
import { Sardine } from "./sardine.ts";

const single = "sardine/SingleItem-BoredInf-v0";
const topK = "sardine/SlateTopK-Bored-v0";
const rerank = "sardine/SlateRerank-Static-v0";

/** Three of SARDINE's eight ids; the options reach the other five. See docs/presets-sessions.md. */
export const sardineDefinitions = [
  defineEnvironment({
    id: single,
    summary: "SARDINE: one item of 1,000 a step to a user who grows bored and drifts with clicks",
    optionsSchema: singleItemBoredInfOptions,
    make: (options, rowCount) => new Sardine(single, options, rowCount),
  }),
  defineEnvironment({
    id: topK,
    summary: "SARDINE: slates of 10 of 1,000 items to a user who grows bored of a topic",
    optionsSchema: slateTopKBoredOptions,
    make: (options, rowCount) => new Sardine(topK, options, rowCount),
  }),
  defineEnvironment({
    id: rerank,
    summary: "SARDINE: the order of ten items, without boredom",
    optionsSchema: slateRerankStaticOptions,
    make: (options, rowCount) => new Sardine(rerank, options, rowCount),
  }),
] as const;
