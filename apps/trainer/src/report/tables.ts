import type { Evaluation, PolicyEvaluation } from "@longview/formats";
import { formatLimit, formatNumber, formatSigned } from "../display/format.ts";
import { Html, markup } from "./html.ts";
import { stakeholder, title } from "./words.ts";

const empty = new Html("");

const range = (interval: readonly [number, number], signed = false): Html => {
  const write = signed ? formatSigned : formatNumber;
  return markup`<small>${write(interval[0])} to ${write(interval[1])}</small>`;
};

/** Every policy: value, what the trained one has over it, each cost against its limit, and whether it may be used. */
export function policyTable(evaluation: Evaluation): Html {
  const costs = Object.keys(evaluation.policies[0]!.costs);
  const limited = costs.some((cost) => evaluation.policies[0]!.costs[cost]!.limit !== null);
  const costCell = (policy: PolicyEvaluation, name: string): Html => {
    const cost = policy.costs[name]!;
    const over = cost.limit !== null && cost.upperBound > cost.limit;
    return markup`<td class="${over ? "bad" : ""}">
      ${formatNumber(cost.mean)}<small>at most ${formatNumber(cost.upperBound)}</small>
    </td>`;
  };
  const limitText = (name: string): Html => {
    const limit = evaluation.policies[0]!.costs[name]!.limit;
    return limit === null ? empty : markup`<br />limit ${formatLimit(limit)}`;
  };
  return markup`<div class="scroll">
    <table>
      <thead>
        <tr>
          <th>Policy</th>
          <th>Value</th>
          <th>Trained minus it</th>
          ${costs.map((cost) => markup`<th>${title(cost)}${limitText(cost)}</th>`)}${limited ? markup`<th>Constraints</th>` : empty}
        </tr>
      </thead>
      <tbody>
        ${evaluation.policies.map(
          (policy) =>
            markup`<tr class="${policy.role === "trained" ? "trained" : ""}">
              <th>${title(policy.name)}</th>
              <td>${formatNumber(policy.value.mean)}${range(policy.value.interval)}</td>
              <td>
                ${
                  policy.role === "trained"
                    ? "–"
                    : markup`${formatSigned(policy.differenceToTrained.mean)}${range(policy.differenceToTrained.interval, true)}`
                }
              </td>
              ${costs.map((cost) => costCell(policy, cost))}${
                limited
                  ? markup`<td>
                      <span class="badge ${policy.feasible ? "good" : "bad"}"
                        >${policy.feasible ? "kept" : "broken"}</span
                      >
                    </td>`
                  : empty
              }
            </tr> `,
        )}
      </tbody>
    </table>
  </div>`;
}

/** What each side of the marketplace gets under each policy. */
export function stakeholderTable(evaluation: Evaluation): Html {
  const names = Object.keys(evaluation.policies[0]!.objectives);
  const costs = Object.keys(evaluation.policies[0]!.costs);
  const policies = evaluation.policies;
  const line = (name: string, kind: "objectives" | "costs"): Html =>
    markup`<tr>
      <th>
        ${stakeholder(name)}<small style="display:block;font-weight:400;color:var(--quiet)"
          >${title(name)}${kind === "costs" ? ", lower is better" : ""}</small
        >
      </th>
      ${policies.map((policy) => {
        const value = policy[kind][name]!.mean;
        const difference = policy.differenceToTrained[kind][name];
        const clear = difference !== undefined && (difference.interval[0] > 0 || difference.interval[1] < 0);
        const trainedIsBetter =
          difference !== undefined && (kind === "costs" ? difference.mean < 0 : difference.mean > 0);
        if (policy.role === "trained") return markup`<td><strong>${formatNumber(value)}</strong></td>`;
        return markup`<td>
          ${formatNumber(value)}<small class="${clear ? (trainedIsBetter ? "good" : "bad") : ""}"
            >${difference === undefined ? "" : `trained ${formatSigned(difference.mean)}`}</small
          >
        </td>`;
      })}
    </tr> `;
  return markup`<div class="scroll">
    <table>
      <thead>
        <tr>
          <th>Who, and what it is</th>
          ${policies.map((policy) => markup`<th>${title(policy.name)}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${names.map((name) => line(name, "objectives"))}${costs.map((name) => line(name, "costs"))}
      </tbody>
    </table>
  </div>`;
}
