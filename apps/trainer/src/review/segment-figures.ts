import type { BoundedEstimate, SegmentRow, Verdict } from "@longview/formats";
import { Html, markup } from "../report/html.ts";
import { drawForest } from "./forest.ts";
import { writeConfidence, writeCount, writeCounted, writeEstimate, writePValue } from "./numbers.ts";
import { domainOf } from "./scale.ts";
import { absent, tracedFigure } from "./trace.ts";
import { isVoid } from "./words.ts";
import type { ForestLine } from "./forest.ts";
import type { Domain } from "./scale.ts";

interface Measured extends SegmentRow {
  readonly lift: BoundedEstimate;
}

const isMeasured = (row: SegmentRow): row is Measured => row.lift !== null;

const nameOf = (row: SegmentRow): string => `${row.column}: ${row.value}`;
const size = (row: SegmentRow): string =>
  `${writeCount(row.rows)} rows, ${writeCount(row.units)} units, effective ${writeCount(row.effectiveSampleSize)}`;

/** Those that lose first, then from the worst lift to the best. */
function worstFirst(rows: readonly Measured[], better: "higher" | "lower"): Measured[] {
  const direction = better === "higher" ? 1 : -1;
  return rows.toSorted(
    (a, b) => Number(b.loses) - Number(a.loses) || direction * (a.lift.value - b.lift.value),
  );
}

const pValue = (row: SegmentRow): string =>
  row.adjustedPValue === null ? "no p-value" : `p ${writePValue(row.adjustedPValue)}`;

function line(row: Measured, domain: Domain): ForestLine {
  const { value, interval } = writeEstimate(row.lift, { signed: true, thresholds: [0] });
  return {
    name: nameOf(row),
    detail: size(row),
    track: {
      label: `${nameOf(row)}: lift ${value} ${interval}`,
      domain,
      value: row.lift.value,
      lower: row.lift.lower,
      upper: row.lift.upper,
      tone: row.loses ? "bad" : "plain",
      lines: [{ at: 0, kind: "threshold" }],
    },
    numbers: markup`<strong>${value}</strong> <span>${interval}</span>
      <small>${pValue(row)}${row.loses ? "; loses" : ""}</small>`,
  };
}

function losers(rows: readonly Measured[], unmeasured: number): Html {
  const losing = rows.filter((row) => row.loses);
  const small =
    unmeasured === 0 ? "" : ` ${unmeasured} more ${unmeasured === 1 ? "was" : "were"} too small to tell.`;
  if (losing.length === 0)
    return markup`<p>
      <strong>No segment is shown to lose</strong> among the ${rows.length} measured.${small} Not shown to
      lose is not shown to be safe.
    </p>`;
  return markup`<p>
      <strong>${losing.length} of ${rows.length} measured segments ${losing.length === 1 ? "loses" : "lose"}</strong>,
      after correction for looking at all of them.${small}
    </p>
    <ul class="losers">
      ${losing.map((row) => {
        const { value, interval } = writeEstimate(row.lift, { signed: true, thresholds: [0] });
        return markup`<li>
          <strong>${nameOf(row)}</strong> ${value} ${interval}, ${pValue(row)}; ${size(row)}
        </li>`;
      })}
    </ul>`;
}

/** Who loses, and every segment's lift on one axis. */
export function segmentFigures(verdict: Verdict): Html {
  const { metrics, segments } = verdict;
  const primary = metrics.find((effect) => effect.role === "primary");
  const title = "Who loses";
  if (segments.length === 0)
    return tracedFigure(
      verdict,
      { title },
      absent("no segment was measured; the specification may name no column."),
    );
  const better = primary?.better ?? "higher";
  const believed = !isVoid(verdict);
  const measured = worstFirst(segments.filter(isMeasured), better);
  const unmeasured = segments.filter((row) => !isMeasured(row));
  const smallOnes =
    unmeasured.length === 0
      ? new Html("")
      : markup`<p class="absent">
          <strong>Absent for ${writeCounted(unmeasured.length, "segment")}, too small:</strong>
          ${unmeasured.map((row, at) => `${at > 0 ? "; " : ""}${nameOf(row)} (${size(row)})`)}
        </p>`;
  if (measured.length === 0) return tracedFigure(verdict, { title }, smallOnes);
  const bounds = measured.flatMap((row) => [row.lift.lower, row.lift.upper]).filter((each) => each !== null);
  const domain = domainOf(
    measured.map((row) => row.lift.value),
    bounds,
    [0],
  );
  const text = `lift of ${primary?.metric ?? "the primary metric"}; ${better} is better`;
  const confidence = writeConfidence(measured[0]!.lift.confidence);
  const methods = [...new Set(measured.map((row) => row.lift.method))].join("; ");
  return markup`${tracedFigure(verdict, { title }, markup`${believed ? losers(measured, unmeasured.length) : absent("a check of the evidence fails, so no segment is shown to lose or to gain.")} ${smallOnes}`)}
  ${tracedFigure(
    verdict,
    {
      title: "Every segment, worst first",
      note: `Lift with ${confidence} interval (${methods}). A square loses after correction for all segments; an arrow goes on beyond the axis.`,
    },
    drawForest(
      measured.map((row) => line(believed ? row : { ...row, loses: false }, domain)),
      { domain, text, signed: true },
    ),
  )}`;
}
