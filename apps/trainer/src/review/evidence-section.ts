import type { Verdict } from "@longview/formats";
import { Html, markup } from "../report/html.ts";
import { calibrationFigures } from "./calibration-figures.ts";
import { dayFigure, positionTable } from "./day-figures.ts";
import { writeCount, writeShare } from "./numbers.ts";
import { supportMap } from "./support-map.ts";
import { absent, tracedFigure } from "./trace.ts";
import { weightFigure } from "./weight-figure.ts";
import { stateBadge } from "./words.ts";

function checkTable({ validity }: Verdict): Html {
  if (validity.length === 0) return absent("no check was made.");
  return markup`<div class="scroll">
    <table class="texts">
      <thead>
        <tr>
          <th>Check</th>
          <th>State</th>
          <th>Found</th>
          <th>Needed</th>
          <th>What it means</th>
        </tr>
      </thead>
      <tbody>
        ${validity.map(
          (check) =>
            markup`<tr>
              <th>${check.title}</th>
              <td>${stateBadge(check.state)}</td>
              <td>${check.found}</td>
              <td>${check.needed}</td>
              <td>${check.text}</td>
            </tr> `,
        )}
      </tbody>
    </table>
  </div>`;
}

const list = (name: string, texts: readonly string[], none: string): Html =>
  markup`<div>
    <dt>${name}</dt>
    <dd>
      ${
        texts.length === 0
          ? none
          : markup`<ul>
              ${texts.map((text) => markup`<li>${text}</li>`)}
            </ul>`
      }
    </dd>
  </div>`;

function rowAccount({ log }: Verdict): Html {
  const share = (rows: number): string =>
    log.rowsRead === 0 || rows === 0
      ? writeCount(rows)
      : `${writeCount(rows)} (${writeShare(rows / log.rowsRead)})`;
  const quarantine = log.quarantineFile === null ? "" : ` (in ${log.quarantineFile})`;
  return markup`<dl class="account">
    <div>
      <dt>Rows</dt>
      <dd>
        ${writeCount(log.rowsRead)} read: ${share(log.rowsKept)} kept, ${share(log.rowsQuarantined)} set
        aside${quarantine}, ${share(log.rowsLeftOut)}&nbsp;left&nbsp;out
      </dd>
    </div>
    ${list("Contract violations", log.violations, "none found")}
    ${list("Not checked", log.notChecked, "everything that the contract asks was checked")}
  </dl>`;
}

/** Whether the evidence can carry the question at all: read before any effect. */
export function evidenceSection(verdict: Verdict): Html {
  return markup`<section id="evidence">
    <h2>1. Is the evidence valid?</h2>
    <p class="note">Read this before any effect: a check that fails here voids what follows.</p>
    ${tracedFigure(verdict, { title: "Checks" }, checkTable(verdict))}
    ${tracedFigure(verdict, { title: "What became of the log’s rows" }, rowAccount(verdict))}
    ${weightFigure(verdict)} ${supportMap(verdict)} ${dayFigure(verdict)} ${positionTable(verdict)}
    ${calibrationFigures(verdict)}
  </section>`;
}
