import type { TopicAgeMap } from "@longview/marketplace";
import { formatNumber } from "../display/format.ts";
import { Html, markup } from "../report/html.ts";

const DARKEST = 0.92;
/** From this opacity on numbers are white. */
const DEEP = 0.5;

/** A heat map of topics by age as a table, so that its numbers can be read, copied and heard; ages nobody has are left out. */
export function topicAgeTable(map: TopicAgeMap, edges: readonly number[]): Html {
  const most = Math.max(...map.flat());
  const last = edges.findLastIndex((_, column) => map.some((row) => row[column]! > 0));
  const columns = edges.slice(0, last + 1);
  const nameOf = (column: number): string => {
    const next = edges[column + 1];
    if (next === undefined) return `${edges[column]}+`;
    return next - edges[column]! === 1 ? String(edges[column]) : `${edges[column]}–${next}`;
  };
  return markup`<div class="map"><table>
    <thead><tr><th>days old</th>${columns.map((_, column) => markup`<th>${nameOf(column)}</th>`)}</tr></thead>
    <tbody>${map.map(
      (row, topic) =>
        markup`<tr><th>topic ${topic}</th>${columns.map((_, column) => {
          const value = row[column]!;
          const opacity = most > 0 ? DARKEST * Math.sqrt(value / most) : 0;
          return markup`<td class="${opacity >= DEEP ? "deep" : ""}" style="background:rgb(var(--shade) / ${opacity.toFixed(2)})">${short(value)}</td>`;
        })}</tr>`,
    )}</tbody>
  </table></div>`;
}

function short(value: number): string {
  return value >= 9.95 ? formatNumber(Math.round(value)) : String(Number(value.toFixed(1)));
}
