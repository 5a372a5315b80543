import type { Verdict } from "@longview/formats";
import { Html, markup } from "../report/html.ts";
import { writeCount, writeNumber, writeShare } from "./numbers.ts";
import { absent, tracedFigure } from "./trace.ts";

type Support = NonNullable<Verdict["support"]>;

const CELL = 17;
const LEFT = 104;
const LABEL_CHARACTERS = 20;
const CHARACTER = 6.6;
const MOST_UNCOVERED = 8;

interface Cell {
  readonly item: string;
  readonly place: string;
  readonly probability: number;
  readonly rows: number;
  /** Rows that the candidate would have been expected to fill. */
  readonly expected: number;
}

/** One list a position, one cell an item. */
function cellsOf(verdict: Verdict, support: Support): Cell[][] {
  return support.candidate.map((probabilities, index) => {
    const position = support.positions[index];
    const place = position === undefined ? "" : `position ${position}`;
    const rowCount =
      verdict.positions.find((each) => each.position === position)?.rows ?? verdict.log.rowsKept;
    return support.items.map((item, at) => ({
      item,
      place,
      probability: probabilities[at] ?? 0,
      rows: support.logged[index]?.[at] ?? 0,
      expected: (probabilities[at] ?? 0) * rowCount,
    }));
  });
}

/** Rows to expect of a cell before their absence from the log says something. */
const TELLING = 5;

/** How a cell that the candidate fills and the log doesn't is marked: by a cross where that says something, else by a dot. */
function gapOf(cell: Cell): "gap" | "faint-gap" | undefined {
  if (cell.probability === 0 || cell.rows > 0) return undefined;
  return cell.expected >= TELLING ? "gap" : "faint-gap";
}

const shade = (share: number): number => Number((share === 0 ? 0 : 0.1 + 0.9 * Math.sqrt(share)).toFixed(3));

const shortLabel = (label: string): string => {
  const characters = Array.from(label);
  return characters.length <= LABEL_CHARACTERS
    ? label
    : `${characters.slice(0, LABEL_CHARACTERS - 1).join("")}…`;
};

function gapMark(gap: ReturnType<typeof gapOf>, x: number, top: number): Html {
  if (gap === undefined) return new Html("");
  const path =
    gap === "gap" ? `M${x + 4},${top + 4}l8,8M${x + 12},${top + 4}l-8,8` : `M${x + 8},${top + 8}h0`;
  return markup`<path class="${gap}" d="${path}" />`;
}

function drawMap(support: Support, rows: readonly Cell[][]): Html {
  const probabilities = Math.max(...rows.flat().map((cell) => cell.probability)) || 1;
  const counts = Math.max(...rows.flat().map((cell) => cell.rows)) || 1;
  const blockHeight = 2 * CELL + 8;
  const width = LEFT + support.items.length * CELL + 4;
  const longest = Math.max(...support.items.map((item) => Array.from(shortLabel(item)).length));
  const height = Math.ceil(rows.length * blockHeight + longest * CHARACTER + 8);
  const strip = (cells: readonly Cell[], top: number, kind: "candidate" | "logged"): Html =>
    markup`<text x="${LEFT - 6}" y="${top + 12}" text-anchor="end">${kind}</text>
      ${cells.map((cell, at) => {
        const share = kind === "candidate" ? cell.probability / probabilities : cell.rows / counts;
        const x = LEFT + at * CELL;
        return markup`<rect
            class="${kind}"
            x="${x}"
            y="${top}"
            width="${CELL - 1}"
            height="${CELL - 1}"
            fill-opacity="${shade(share)}"
          />${kind === "logged" ? gapMark(gapOf(cell), x, top) : ""}`;
      })}`;
  return markup`<svg
    class="map"
    role="img"
    aria-label="Support map: the candidate’s probability and the logged rows by item and position"
    width="${width}"
    height="${height}"
    viewBox="0 0 ${width} ${height}"
  >
    ${rows.map((cells, index) => {
      const top = index * blockHeight;
      const position = support.positions[index];
      return markup`${
        position === undefined
          ? ""
          : markup`<text class="place" x="0" y="${top + CELL + 4}">pos. ${position}</text>`
      }
      ${strip(cells, top, "candidate")} ${strip(cells, top + CELL, "logged")}`;
    })}
    ${support.items.map((item, at) => {
      const x = LEFT + at * CELL + CELL / 2 + 4;
      const y = rows.length * blockHeight;
      return markup`<text class="item" transform="translate(${x},${y}) rotate(-90)" text-anchor="end">
        ${shortLabel(item)}
      </text>`;
    })}
  </svg>`;
}

function gapList(rows: readonly Cell[][]): Html {
  const uncovered = rows
    .flat()
    .filter((cell) => gapOf(cell) === "gap")
    .toSorted((a, b) => b.probability - a.probability);
  if (uncovered.length === 0)
    return markup`<p>Whatever of this the candidate would have shown at least five times, the log shows.</p>`;
  const named = uncovered.slice(0, MOST_UNCOVERED);
  const rest = uncovered.slice(MOST_UNCOVERED);
  const most = rest[0];
  return markup`<p class="uncovered-list">
    <strong>Never shown, yet the candidate would show it:</strong>
    ${named.map(
      (cell, at) =>
        markup`${at > 0 ? "; " : ""}${cell.item}${cell.place === "" ? "" : ` at ${cell.place}`}
        (${writeShare(cell.probability)})`,
    )}${most === undefined ? "." : `; and ${rest.length} more of at most ${writeShare(most.probability)} each.`}
  </p>`;
}

function numbersTable(support: Support, rows: readonly Cell[][]): Html {
  return markup`<details>
    <summary>Every cell’s numbers</summary>
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th>Item</th>
            ${rows.map((cells) => markup`<th>${cells[0]?.place || "all rows"}: candidate, logged rows</th>`)}
          </tr>
        </thead>
        <tbody>
          ${support.items.map(
            (item, at) =>
              markup`<tr>
                <th class="text">${item}</th>
                ${rows.map((cells) => {
                  const cell = cells[at]!;
                  return markup`<td class="${gapOf(cell) === "gap" ? "bad" : ""}">
                    ${writeShare(cell.probability)}, ${writeCount(cell.rows)}${gapOf(cell) === "gap" ? " ×" : ""}
                  </td>`;
                })}
              </tr> `,
          )}
        </tbody>
      </table>
    </div>
  </details>`;
}

function deficitText({ deficit, valueShift }: Support): Html {
  if (deficit === 0)
    return markup`<p><strong>None</strong> of the candidate’s mass is on what the log never shows.</p>`;
  const [least, most] = valueShift;
  return markup`<p>
    <strong>${writeShare(deficit)}</strong> of the candidate’s mass is on what the log never shows; that could
    move the primary metric’s estimate by ${writeNumber(least, true)} to ${writeNumber(most, true)}.
  </p>`;
}

/** What the candidate would show, above what the log shows: item by item, position by position. */
export function supportMap(verdict: Verdict): Html {
  const { support } = verdict;
  if (support === null)
    return tracedFigure(
      verdict,
      { title: "Support" },
      absent("without the candidate’s whole distribution, what it would show beyond the log can’t be said."),
    );
  const rows = cellsOf(verdict, support);
  return tracedFigure(
    verdict,
    {
      title: "Support: what the candidate would show, and what the log shows of it",
      note: "Items with most of the candidate’s mass, most first; darker is more. A cross: the candidate would have shown it at least five times, the log never did; a dot: it would have, but less often.",
    },
    markup`${deficitText(support)}
      ${
        support.items.length === 0 || support.candidate.length === 0
          ? absent("the verdict lists no items.")
          : markup`<div class="scroll">${drawMap(support, rows)}</div>
              ${gapList(rows)} ${numbersTable(support, rows)}`
      }`,
  );
}
