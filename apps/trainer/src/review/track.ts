import { Html, markup } from "../report/html.ts";
import { writeNumber } from "./numbers.ts";
import { percentOf, roundTicks } from "./scale.ts";
import type { Domain } from "./scale.ts";

/** What an estimate's mark says by its shape as well as by its colour. */
export type Tone = "good" | "bad" | "open" | "plain";

/** One estimate on an axis that stretches with the page. */
export interface Track {
  /** For those who can't see it. */
  readonly label: string;
  readonly domain: Domain;
  readonly value: number;
  /** Null where nothing bounds it: drawn to the end, as an arrow. */
  readonly lower: number | null;
  readonly upper: number | null;
  readonly tone: Tone;
  /** Everything to the left of it is shaded. */
  readonly shadedUpTo?: number;
  /** An interval of something to compare with, drawn behind. */
  readonly band?: Domain;
  readonly lines: readonly { readonly at: number; readonly kind: "threshold" | "zero" | "reference" }[];
}

const empty = new Html("");
const HEIGHT = 24;
const MIDDLE = HEIGHT / 2;

const at = (percent: number): string => `${Number(percent.toFixed(2))}%`;

const inside = (percent: number): boolean => percent >= -1e-9 && percent <= 100 + 1e-9;
const clamped = (percent: number): number => Math.min(100, Math.max(0, percent));

function shaded(domain: Domain, from: number, to: number, className: string): Html {
  const left = clamped(percentOf(domain, from));
  const right = clamped(percentOf(domain, to));
  if (right <= left) return empty;
  return markup`<rect class="${className}" x="${at(left)}" y="0" width="${at(right - left)}" height="${HEIGHT}" />`;
}

/** An end of an interval: a cap where it ends, an arrow where it goes on. */
function end(percent: number, direction: -1 | 1): Html {
  if (inside(percent))
    return markup`<line x1="${at(percent)}" x2="${at(percent)}" y1="${MIDDLE - 4}" y2="${MIDDLE + 4}" />`;
  const tip = direction === -1 ? "M7,-5L0,0L7,5" : "M-7,-5L0,0L-7,5";
  return markup`<svg x="${direction === -1 ? "0%" : "100%"}" y="${MIDDLE}"><path d="${tip}" fill="none" /></svg>`;
}

function mark(percent: number, tone: Tone): Html {
  if (!inside(percent)) return empty;
  const shape =
    tone === "bad"
      ? markup`<rect x="-4.5" y="-4.5" width="9" height="9" />`
      : tone === "open"
        ? markup`<path d="M0,-6L6,0L0,6L-6,0Z" fill="#fff" />`
        : markup`<circle r="4.5" />`;
  return markup`<svg x="${at(percent)}" y="${MIDDLE}">${shape}</svg>`;
}

/** Draws an estimate with its interval; it takes whatever width it is given. */
export function drawTrack(track: Track): Html {
  const { domain, lower, upper } = track;
  const low = lower === null ? -1 : percentOf(domain, lower);
  const high = upper === null ? 101 : percentOf(domain, upper);
  const crossesPage = high >= 0 && low <= 100;
  return markup`<svg class="track ${track.tone}" role="img" aria-label="${track.label}" height="${HEIGHT}">
    ${track.shadedUpTo === undefined ? empty : shaded(domain, domain[0], track.shadedUpTo, "forbidden")}
    ${track.band === undefined ? empty : shaded(domain, track.band[0], track.band[1], "band")}
    ${track.lines.map(({ at: value, kind }) => {
      const percent = percentOf(domain, value);
      if (!inside(percent)) return empty;
      return markup`<line class="${kind}" x1="${at(percent)}" x2="${at(percent)}" y1="0" y2="${HEIGHT}" />`;
    })}
    <g class="estimate">
      ${
        crossesPage
          ? markup`<line x1="${at(clamped(low))}" x2="${at(clamped(high))}" y1="${MIDDLE}" y2="${MIDDLE}" />`
          : empty
      }
      ${low > 100 ? empty : end(low, -1)}${high < 0 ? empty : end(high, 1)}
      ${mark(percentOf(domain, track.value), track.tone)}
    </g>
  </svg>`;
}

/** The numbers below tracks that share one axis. */
export function drawAxis(domain: Domain, signed: boolean): Html {
  const ticks = roundTicks(domain, 5);
  return markup`<svg class="track axis" height="${HEIGHT}" aria-hidden="true">
    <line x1="0%" x2="100%" y1="1" y2="1" />
    ${ticks.map((tick) => {
      const percent = percentOf(domain, tick);
      const anchor = percent < 8 ? "start" : percent > 92 ? "end" : "middle";
      return markup`<line x1="${at(percent)}" x2="${at(percent)}" y1="1" y2="6" />
        <text x="${at(percent)}" y="18" text-anchor="${anchor}">${writeNumber(tick, signed)}</text>`;
    })}
  </svg>`;
}
