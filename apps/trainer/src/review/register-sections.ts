import type { Verdict } from "@longview/formats";
import { Html, markup } from "../report/html.ts";
import { writeCount, writeCounted, writeNumber } from "./numbers.ts";
import { absent, trace } from "./trace.ts";
import { episodeText } from "./words.ts";

const row = (name: string, value: string): Html =>
  markup`<div>
    <dt>${name}</dt>
    <dd>${value}</dd>
  </div>`;

function estimand(verdict: Verdict): Html {
  const { attributionWindow, discountFactor, horizon, interference, states, text } = verdict.estimand;
  const valued =
    horizon === 1
      ? "each decision by itself, at the states as the incumbent left them"
      : `sessions over their first ${writeCount(horizon)} decisions, discounted by ${writeNumber(discountFactor)} a decision`;
  return markup`<h3>The question that the numbers answer</h3>
    <dl class="account">
      ${row("Estimand", text)} ${row("Users and contexts", states)} ${row("Valued", valued)}
      ${row("Outcomes that count", attributionWindow)}
      ${row(
        "Interference",
        `${interference}: what one user is shown is assumed not to change another’s outcome`,
      )}
      ${row("Looks at the data", verdict.looks)}
    </dl>`;
}

/** What must be true for the numbers to hold, who leans on it, and how it was tested. */
export function assumptionSection(verdict: Verdict): Html {
  return markup`<section id="assumptions">
    <h2>4. Assumption register</h2>
    ${estimand(verdict)}
    ${
      verdict.assumptions.length === 0
        ? absent("the verdict lists no assumption.")
        : markup`<div class="scroll">
            <table class="texts">
              <thead>
                <tr>
                  <th>Assumption</th>
                  <th>Used by</th>
                  <th>How it was tested</th>
                </tr>
              </thead>
              <tbody>
                ${verdict.assumptions.map(
                  (each) =>
                    markup`<tr>
                      <th>${each.assumption}</th>
                      <td>${each.usedBy}</td>
                      <td>${each.tested}</td>
                    </tr> `,
                )}
              </tbody>
            </table>
          </div>`
    }
    ${trace(verdict)}
  </section>`;
}

/** What the page leaves unanswered. */
export function absentSection(verdict: Verdict): Html {
  return markup`<section id="absent">
    <h2>5. What this page can’t answer</h2>
    ${
      verdict.absent.length === 0
        ? markup`<p>The verdict lists no open question.</p>`
        : markup`<ul>
            ${verdict.absent.map((text) => markup`<li>${text}</li>`)}
          </ul>`
    }
    ${trace(verdict)}
  </section>`;
}

const file = (role: string, path: string, hash: string | null): Html =>
  markup`<tr>
    <th>${role}</th>
    <td>${path}</td>
    <td>${hash === null ? "no file of its own" : markup`<code>${hash}</code>`}</td>
  </tr> `;

function codeText({ code }: Verdict): string {
  const commit = code.commit === null ? "commit not known" : `commit ${code.commit}`;
  const modified =
    code.modified === null
      ? "not known whether files differed from it"
      : code.modified
        ? "with files that differed from it"
        : "no file differed from it";
  return `Longview ${code.version}, ${commit}, ${modified}`;
}

const decidedOn = (verdict: Verdict): string => {
  const { units, unitsKnown } = verdict.log;
  return unitsKnown
    ? `${episodeText(verdict)} of ${writeCounted(units, "unit")}`
    : `${episodeText(verdict)}, each taken as a unit of its own (${writeCounted(units, "unit")}): the log doesn’t say which belong together`;
};

/** Every file that the numbers came from, in full. */
export function provenanceSection(verdict: Verdict): Html {
  const { candidate, incumbent, log, specification } = verdict;
  return markup`<section id="provenance">
    <h2>6. Provenance</h2>
    <p class="note">The short hashes under every figure begin one of these.</p>
    <div class="scroll">
      <table class="texts">
        <thead>
          <tr>
            <th>What</th>
            <th>File or name</th>
            <th>SHA-256</th>
          </tr>
        </thead>
        <tbody>
          ${file("Specification", specification.file.path, specification.file.sha256)}
          ${file("Candidate", candidate.label, candidate.sha256)}
          ${file("Incumbent", incumbent.label, incumbent.sha256)}
          ${log.files.map((each) => file(`Log, ${writeCount(each.rows)} rows`, each.path, each.sha256))}
        </tbody>
      </table>
    </div>
    <dl class="account">
      ${row("Log’s layout", log.layout)}
      ${row("Decided on", decidedOn(verdict))} ${row("Code", codeText(verdict))}
    </dl>
  </section>`;
}
