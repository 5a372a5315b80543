import { Html, markup } from "../report/html.ts";
import { drawAxis, drawTrack } from "./track.ts";
import type { Domain } from "./scale.ts";
import type { Track } from "./track.ts";

/** One line of a forest. */
export interface ForestLine {
  readonly name: string;
  /** Under the name, small. */
  readonly detail: string;
  /** Null where nothing can be drawn: `instead` says why. */
  readonly track: Track | null;
  readonly instead?: string;
  readonly numbers: Html;
  /** What was decided, where something was. */
  readonly badge?: Html;
}

/** The axis that all lines of a forest share. */
export interface ForestAxis {
  readonly domain: Domain;
  readonly text: string;
  readonly signed: boolean;
}

/** One estimate with its name, its drawing and its numbers. */
export const drawForestLine = (line: ForestLine): Html =>
  markup`<li>
    <div class="who">${line.name}${line.detail === "" ? "" : markup`<small>${line.detail}</small>`}</div>
    <div class="mark">
      ${line.track === null ? markup`<span class="absent">${line.instead ?? "absent"}</span>` : drawTrack(line.track)}
    </div>
    <div class="numbers">${line.numbers}</div>
    ${line.badge === undefined ? "" : markup`<div class="badge-cell">${line.badge}</div>`}
  </li> `;

/** Estimates one below the other on one axis; without an axis where none of them can be drawn. */
export function drawForest(lines: readonly ForestLine[], axis: ForestAxis): Html {
  const foot = markup`<li class="foot">
    <div class="mark">
      ${drawAxis(axis.domain, axis.signed)}<small>${axis.text}</small>
    </div>
  </li>`;
  return markup`<ul class="forest">
    ${lines.map(drawForestLine)} ${lines.some((line) => line.track !== null) ? foot : ""}
  </ul>`;
}
