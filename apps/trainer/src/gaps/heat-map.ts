import type { AtlasCell, GapAtlas } from "@longview/scorecard/gaps";
import { formatNumber } from "../display/format.ts";
import { Html, markup } from "../report/html.ts";

const CELL = { width: 52, height: 26 };
/** Letters of a column's head at most. */
const MOST_LETTERS = 34;
/** Light to dark; the largest gap gets the last. */
const SHADES = ["#fdf3ec", "#fbd9c3", "#f5b48f", "#ea8a5f", "#d45f3c", "#ad3a26", "#7c1d1a"];
/** From this shade on text is white. */
const DARK = 4;

/** Gap a week by topic (down) and segment and context (across); reported gaps are framed, untested cells are empty. */
export function heatMap(atlas: GapAtlas): Html {
  const { axes, cells } = atlas;
  const columns = axes.segments.flatMap((_, segment) =>
    axes.contexts.map((__, context) => ({ segment, context })),
  );
  const largest = Math.max(...cells.map(({ gapPerWeek }) => gapPerWeek.value), 0);
  const topics = orderedTopics(atlas);
  const heads = columns.map(({ segment, context }) => clipped(headOf(atlas, segment, context), MOST_LETTERS));
  // Written at 38 degrees, about 6.5 a letter.
  const head = 24 + 4.2 * Math.max(...heads.map((name) => name.length));
  const label = Math.min(230, 20 + 7 * Math.max(...axes.topics.map((name) => name.length)));
  const width = label + columns.length * CELL.width + 1.1 * head;
  const height = head + topics.length * CELL.height + 6;
  const byPlace = new Map(cells.map((cell) => [`${cell.topic},${cell.segment},${cell.context}`, cell]));
  const drawn = topics.flatMap((topic, row) =>
    columns.map(({ segment, context }, column) => {
      const cell = byPlace.get(`${topic},${segment},${context}`);
      const x = label + column * CELL.width;
      const y = head + row * CELL.height;
      return cell === undefined
        ? markup`<rect class="empty" x="${x}" y="${y}" width="${CELL.width}" height="${CELL.height}"/>`
        : drawnCell(atlas, cell, { x, y, largest });
    }),
  );
  return markup`<svg class="heat" role="img" aria-label="Gap a week by topic, segment and context" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">
    ${columns.map((_, column) => {
      const x = label + (column + 0.5) * CELL.width;
      return markup`<text class="column" transform="translate(${x} ${head - 8}) rotate(-38)">${heads[column]!}</text>`;
    })}
    ${topics.map(
      (topic, row) =>
        markup`<text class="row" x="${label - 8}" y="${head + (row + 0.5) * CELL.height + 4}">${clipped(axes.topics[topic]!, 30)}</text>`,
    )}
    ${drawn}
  </svg>${legend(largest)}`;
}

function headOf({ axes }: GapAtlas, segment: number, context: number): string {
  const names = [
    ...(axes.segments.length > 1 || axes.contexts.length === 1 ? [axes.segments[segment]!] : []),
    ...(axes.contexts.length > 1 ? [axes.contexts[context]!] : []),
  ];
  return names.join(" · ");
}

/** Topics with the largest gaps first. */
function orderedTopics({ axes, cells }: GapAtlas): number[] {
  const total = new Float64Array(axes.topics.length);
  for (const { topic, gapPerWeek } of cells) total[topic] = total[topic]! + Math.max(0, gapPerWeek.value);
  return Array.from(axes.topics.keys()).sort((one, other) => total[other]! - total[one]! || one - other);
}

function drawnCell(
  { axes }: GapAtlas,
  cell: AtlasCell,
  { x, y, largest }: { readonly x: number; readonly y: number; readonly largest: number },
): Html {
  const value = cell.gapPerWeek.value;
  // A square root, so that the many small ones are told apart.
  const shade =
    largest > 0 ? Math.floor(Math.sqrt(Math.max(0, value) / largest) * (SHADES.length - 0.001)) : 0;
  const says = `${axes.topics[cell.topic]} · ${axes.segments[cell.segment]} · ${axes.contexts[cell.context]}: ${short(value)} a week (${short(cell.gapPerWeek.interval[0])} to ${short(cell.gapPerWeek.interval[1])}), ${cell.found ? cell.cause.label : "not reported"}`;
  return markup`<g><title>${says}</title><rect x="${x}" y="${y}" width="${CELL.width}" height="${CELL.height}" fill="${SHADES[shade]!}"/>${
    cell.found
      ? markup`<rect class="found" x="${x + 1.5}" y="${y + 1.5}" width="${CELL.width - 3}" height="${CELL.height - 3}"/>`
      : ""
  }<text class="value${shade >= DARK ? " light" : ""}${cell.found ? " strong" : ""}" x="${x + CELL.width / 2}" y="${y + CELL.height / 2 + 4}">${short(value)}</text></g>`;
}

function legend(largest: number): Html {
  const steps = SHADES.map((shade, index) => {
    const from = (index / SHADES.length) ** 2 * largest;
    return markup`<span><i style="background:${shade}"></i>${index === 0 ? "0" : short(from)}</span>`;
  });
  return markup`<p class="shades">Utility lost a week, from: ${steps} <span><i class="frame"></i>reported as a gap</span> <span><i class="none"></i>no demand, or too few users to test</span></p>`;
}

/** A number of at most five signs. */
export function short(value: number): string {
  const size = Math.abs(value);
  if (size >= 999_500) return `${(value / 1e6).toPrecision(2)}M`.replace("-", "−");
  if (size >= 9_950) return `${Math.round(value / 1000)}k`.replace("-", "−");
  if (size >= 100) return String(Math.round(value)).replace("-", "−");
  if (size >= 0.095) return String(Number(value.toPrecision(2))).replace("-", "−");
  return size < 0.005 ? "0" : formatNumber(Number(value.toFixed(2)));
}

function clipped(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}
