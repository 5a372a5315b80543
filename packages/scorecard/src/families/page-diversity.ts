import type { PageEvents } from "../events.ts";
import { vendiScore } from "../measures/vendi.ts";
import { RATIO, ratioFamily } from "./ratio.ts";

/** Cosine similarities of a page's items by their topics, [n, n]; NaN for an item without any topic. */
export function topicKernel(pages: PageEvents, page: number): Float64Array {
  const { offsets, topics = new Float64Array(0), topicCount = 0 } = pages;
  const from = offsets[page]!;
  const size = offsets[page + 1]! - from;
  const kernel = new Float64Array(size * size);
  const norms = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    let squares = 0;
    for (let t = 0; t < topicCount; t++) squares += topics[(from + i) * topicCount + t]! ** 2;
    norms[i] = Math.sqrt(squares);
  }
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < i; j++) {
      let product = 0;
      for (let t = 0; t < topicCount; t++)
        product += topics[(from + i) * topicCount + t]! * topics[(from + j) * topicCount + t]!;
      kernel[i * size + j] = product / (norms[i]! * norms[j]!);
      kernel[j * size + i] = kernel[i * size + j]!;
    }
    kernel[i * size + i] = norms[i]! / norms[i]!;
  }
  return kernel;
}

/** How different the items of one page are. */
export const pageDiversityFamily = ratioFamily("diversity within a page", [
  {
    ...RATIO,
    name: "intraListDistance",
    title: "Distance of two items on a page",
    formula:
      "mean over pages of two items or more of the mean of 1 − cos(topics of i, topics of j) over pairs",
    unit: "1",
    direction: "higher",
    stakeholder: "users",
    requires: ["topics"],
    bounds: [0, 1],
    terms: (out, pages) => {
      for (let page = 0; page < pages.pageCount; page++) {
        const kernel = topicKernel(pages, page);
        const size = Math.round(Math.sqrt(kernel.length));
        let similar = 0;
        for (const value of kernel) similar += value;
        const pairs = size * (size - 1);
        out.numerator[page] = 1 - (similar - size) / pairs;
        out.denominator[page] = pairs === 0 ? Number.NaN : 1;
      }
    },
  },
  {
    ...RATIO,
    name: "pageVendi",
    title: "Effectively different items on a page",
    formula: "mean over pages of the Vendi score of the cosine kernel of topics (order: vendiOrder)",
    unit: "items",
    direction: "higher",
    stakeholder: "users",
    requires: ["topics"],
    bounds: [1, Infinity],
    terms: (out, pages, { vendiOrder }) => {
      for (let page = 0; page < pages.pageCount; page++) {
        const kernel = topicKernel(pages, page);
        const known = kernel.length > 0 && !kernel.some(Number.isNaN);
        out.numerator[page] = known ? vendiScore(kernel, vendiOrder) : Number.NaN;
        out.denominator[page] = 1;
      }
    },
  },
]);
