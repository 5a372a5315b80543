import type { Verdict } from "@longview/formats";
import { escapeHtml, markup } from "../report/html.ts";
import { STYLE } from "../report/style.ts";
import { effectSection } from "./effect-section.ts";
import { estimatorSection } from "./estimator-section.ts";
import { evidenceSection } from "./evidence-section.ts";
import { pageOne } from "./page-one.ts";
import { absentSection, assumptionSection, provenanceSection } from "./register-sections.ts";
import { REVIEW_STYLE } from "./style.ts";

/**
 * `review.html`: a gate's verdict as one document on which a decision maker decides.
 *
 * The first printed page is enough to decide; what follows is the evidence. It needs nothing else: no script, no font, no
 * picture from outside. The same verdict gives the same bytes.
 *
 * @example
 * writeFileSync("review.html", renderReview(verdictSchema.parse(JSON.parse(readFileSync("verdict.json", "utf8")))));
 */
export function renderReview(verdict: Verdict): string {
  const body = markup`<main>
    ${pageOne(verdict)} ${evidenceSection(verdict)} ${effectSection(verdict)} ${estimatorSection(verdict)}
    ${assumptionSection(verdict)} ${absentSection(verdict)} ${provenanceSection(verdict)}
    <footer>Every number is in verdict.json beside this page.</footer>
  </main>`;
  const title = `${verdict.verdict}: ${verdict.specification.name}`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title><style>${STYLE}${REVIEW_STYLE}</style></head>
<body class="review">${body.text}</body></html>
`;
}
