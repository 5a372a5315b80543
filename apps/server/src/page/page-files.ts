import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

/** One file of the server's page. */
export interface PageFile {
  /** Where it is served: `/` or `/page/…`. */
  readonly path: `/${string}`;
  readonly contentType: string;
  readonly body: Buffer;
}

/**
 * Headers that every file of the page is served with. The page needs nothing from elsewhere and has no script or style of its
 * own in its markup, so whatever would get into it can neither run nor call out.
 */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cache-control": "no-cache",
};

const JAVASCRIPT = "text/javascript; charset=utf-8";
const STYLE_SHEET = "text/css; charset=utf-8";

/** The files of the page at `/`, which shows what `GET /v1/status` says. They are read once, when this is called. */
export function pageFiles(): readonly PageFile[] {
  const require = createRequire(import.meta.url);
  const own = (name: string): Buffer => readFileSync(new URL(`files/${name}`, import.meta.url));
  const ofUPlot = (name: string): Buffer => readFileSync(require.resolve(`uplot/dist/${name}`));
  return [
    { path: "/", contentType: "text/html; charset=utf-8", body: own("page.html") },
    { path: "/page/page.css", contentType: STYLE_SHEET, body: own("page.css") },
    { path: "/page/uplot.css", contentType: STYLE_SHEET, body: ofUPlot("uPlot.min.css") },
    { path: "/page/uplot.js", contentType: JAVASCRIPT, body: ofUPlot("uPlot.iife.min.js") },
    { path: "/page/icon.svg", contentType: "image/svg+xml", body: own("icon.svg") },
    ...["page.js", "chart.js", "sections.js", "elements.js", "wording.js"].map((name) => ({
      path: `/page/${name}` as const,
      contentType: JAVASCRIPT,
      body: own(name),
    })),
  ];
}
