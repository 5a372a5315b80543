/**
 * Swaps the served policy 200 times under load.
 *
 * Bars: no request fails; each answer names the policy that made it, which the answer's own propensity proves: the policy named gives
 * the slate that probability, the other one does not.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openBundlePolicy } from "@longview/policies";
import { rootKey } from "@longview/statistics";
import { numberOption } from "./measure.ts";
import { Report } from "./row.ts";
import { madeUpPolicy, madeUpSpaces, writeMadeUpBundle } from "./serving/policy-bundle.ts";
import { rankRequest } from "./serving/requests.ts";
import { ServerProcess } from "./serving/server-process.ts";

const SIZES = { context: 8, candidates: 20, features: 6, slots: 4 };
const NAMES = ["first", "second"] as const;
const TOKEN = "a-token-for-measurements";

interface Served {
  readonly number: number;
  readonly policyId: string;
  readonly positions: readonly number[];
  readonly propensity: number;
}

/** `--swaps N` (200), `--connections N` (16). */
export async function run(args: readonly string[]): Promise<number> {
  const report = new Report("serving-swap", args);
  const swaps = numberOption(args, "swaps", 200);
  const connections = numberOption(args, "connections", 16);
  const folder = mkdtempSync(join(tmpdir(), "longview-swap-"));
  for (const name of NAMES)
    await writeMadeUpBundle(join(folder, "bundles", name), {
      policyId: name,
      policy: madeUpPolicy(name, madeUpSpaces(SIZES)),
    });
  const server = await ServerProcess.start(
    [join(folder, "bundles", NAMES[0]), "--bundles", join(folder, "bundles"), "--log", join(folder, "log")],
    { environment: { LONGVIEW_TOKEN: TOKEN } },
  );
  const key = rootKey("swap");
  const served: Served[] = [];
  const failures: string[] = [];
  let sent = 0;
  let swapping = true;
  const ask = async (): Promise<void> => {
    while (swapping) {
      const number = sent++;
      try {
        const { status, text } = await server.post("/v1/rank", rankRequest(key, number, SIZES));
        if (status === 200) served.push(servedOf(number, text));
        else failures.push(`${status} ${text}`);
      } catch (cause) {
        failures.push(String(cause));
      }
    }
  };
  const load = Array.from({ length: connections }, ask);
  const refused: string[] = [];
  for (let swap = 1; swap <= swaps; swap++) {
    const bundle = NAMES[swap % 2]!;
    const { status, text } = await server.send(
      "PUT",
      "/v1/policy",
      JSON.stringify({ policies: [{ name: "live", bundle, share: 1, mode: "serve" }] }),
      { authorization: `Bearer ${TOKEN}` },
    );
    if (status !== 200) refused.push(`${status} ${text}`);
  }
  swapping = false;
  await Promise.all(load);
  await server.stop();
  const wrong = await misnamed(served, join(folder, "bundles"), key);
  rmSync(folder, { recursive: true });
  report.add({
    name: "serving-swap: failed requests",
    measured: failures.length,
    unit: `of ${sent}`,
    comparedWith: `${swaps} swaps, ${refused.length} of them refused${refused[0] === undefined ? "" : `: ${refused[0]}`}`,
    ratio: null,
    bar: "0",
    met: failures.length === 0 && refused.length === 0,
    ...(failures[0] === undefined ? {} : { note: failures[0] }),
  });
  const bySecond = served.filter(({ policyId }) => policyId === NAMES[1]).length;
  report.add({
    name: "serving-swap: answers that another policy made than the one they name",
    measured: wrong,
    unit: `of ${served.length}`,
    comparedWith: `${bySecond} answers name the second policy, ${served.length - bySecond} the first`,
    ratio: null,
    bar: "0",
    met: wrong === 0 && bySecond > 0 && bySecond < served.length,
  });
  return report.exitCode;
}

function servedOf(number: number, text: string): Served {
  const answer: { policy_id: string; positions: number[]; slate_propensity: number } = JSON.parse(text);
  return {
    number,
    policyId: answer.policy_id,
    positions: answer.positions,
    propensity: answer.slate_propensity,
  };
}

const EQUAL = 1e-9;

async function misnamed(
  served: readonly Served[],
  bundles: string,
  key: ReturnType<typeof rootKey>,
): Promise<number> {
  let wrong = 0;
  const differences = new Map<number, number[]>();
  for (const name of NAMES) {
    const policy = await openBundlePolicy(join(bundles, name));
    for (let start = 0; start < served.length; start += 1024) {
      const some = served.slice(start, start + 1024);
      const decisions = some.map(({ number }) => {
        const { context, candidates } = rankRequest(key, number, SIZES);
        return {
          context,
          candidates: candidates.rows.map((features, i) => ({ item_id: candidates.item_ids[i]!, features })),
        };
      });
      const scores = await policy.scores(decisions);
      some.forEach((one, i) => {
        const probability = Math.exp(policy.logProbability(decisions[i]!, scores[i]!, one.positions));
        const difference = Math.abs(one.propensity / probability - 1);
        differences.set(one.number, [...(differences.get(one.number) ?? []), difference]);
      });
    }
    await policy.dispose();
  }
  for (const one of served) {
    const [first, second] = differences.get(one.number)!;
    const [own, other] = one.policyId === NAMES[0] ? [first!, second!] : [second!, first!];
    if (!(own <= EQUAL && other > EQUAL)) wrong++;
  }
  return wrong;
}
