import type { Verdict } from "@longview/formats";
import { Html, markup } from "../report/html.ts";

/** The beginning of a SHA-256, enough to find it by. */
export const shortHash = (hash: string): string => hash.slice(0, 8);

const MOST_FILES = 2;

/** The log's short hashes; beyond a few files, how many more. */
export function logHashes({ log }: Verdict): string {
  if (log.files.length === 0) return "no file";
  const shown = log.files.slice(0, MOST_FILES).map((file) => shortHash(file.sha256));
  const more = log.files.length - shown.length;
  return more > 0 ? `${shown.join(", ")} and ${more} more` : shown.join(", ");
}

/** What made a figure: short hashes of the log, the specification and the candidate, linked to the full ones. */
export function trace(verdict: Verdict): Html {
  const { candidate, specification } = verdict;
  const hash = candidate.sha256 === null ? candidate.label : shortHash(candidate.sha256);
  return markup`<p class="trace">
    <a href="#provenance"
      >log ${logHashes(verdict)} · specification ${shortHash(specification.file.sha256)} · candidate
      ${hash}</a
    >
  </p>`;
}

/** A figure with its title, what to look for, and what made it. */
export function tracedFigure(
  verdict: Verdict,
  caption: { readonly title: string; readonly note?: string },
  content: Html,
): Html {
  return markup`<figure>
    <h3>${caption.title}</h3>
    ${caption.note === undefined ? "" : markup`<p class="note">${caption.note}</p>`} ${content}
    ${trace(verdict)}
  </figure>`;
}

/** Says that an answer is absent, and why. */
export const absent = (text: string): Html => markup`<p class="absent"><strong>Absent:</strong> ${text}</p>`;
