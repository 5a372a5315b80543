import type { DecisionLogRow } from "@longview/formats";
import type { RandomKey } from "@longview/statistics";
import { greedyChoice } from "./choice-groups.ts";
import type { DecisionScorer } from "./decision-scorer.ts";
import { SlateDraws, type DrawnSlate } from "./slate-draws.ts";

/** A log's `random_key`: the key's two words in hexadecimal, and the entity of its draws. */
export function randomKeyText({ first, second }: RandomKey, entity: number): string {
  return `${hexadecimal(first)}${hexadecimal(second)}/${entity}`;
}

const hexadecimal = (word: number): string => (word >>> 0).toString(16).padStart(8, "0");

/** Reads {@link randomKeyText}. @throws RangeError when the text is none */
export function parseRandomKey(text: string): { readonly key: RandomKey; readonly entity: number } {
  const [, first, second, entity] = /^([0-9a-f]{8})([0-9a-f]{8})\/(\d{1,10})$/.exec(text) ?? [];
  if (first === undefined || second === undefined || entity === undefined)
    throw new RangeError(
      `random_key: found ${JSON.stringify(text)}, allowed: 16 hexadecimal digits, a slash and a number`,
    );
  return { key: { first: parseInt(first, 16), second: parseInt(second, 16) }, entity: Number(entity) };
}

const FLOOR = "/floor=";
const GREEDY = "/greedy";

/**
 * What stands in a log's `policy_id` when a bundle is served: its own id where it is served as it is, with
 * `/floor=SHARE` where another share of the uniform policy is mixed in than the bundle says.
 */
export function servedPolicyId(bundle: string, bundleFloor: number, floor: number): string {
  return floor === bundleFloor ? bundle : `${bundle}${FLOOR}${floor}`;
}

/** The `policy_id` of decisions that show the best slate for certain. */
export function greedyPolicyId(policyId: string): string {
  return `${policyId}${GREEDY}`;
}

/** What a served policy's id says. */
export interface ServedPolicyId {
  readonly bundle: string;
  /** Undefined: the bundle's own. */
  readonly floor: number | undefined;
  readonly greedy: boolean;
}

/** Reads what {@link servedPolicyId} and {@link greedyPolicyId} wrote. */
export function parseServedPolicyId(policyId: string): ServedPolicyId {
  const greedy = policyId.endsWith(GREEDY);
  const rest = greedy ? policyId.slice(0, -GREEDY.length) : policyId;
  const at = rest.lastIndexOf(FLOOR);
  const share = at < 0 ? Number.NaN : Number(rest.slice(at + FLOOR.length));
  if (!(share >= 0 && share <= 1)) return { bundle: rest, floor: undefined, greedy };
  return { bundle: rest.slice(0, at), floor: share, greedy };
}

/** A logged decision made once more. */
export type ReplayedDecision = DrawnSlate;

/**
 * Makes a served decision once more from its log row alone: the slate and its propensities come out as they were
 * logged, to the last bit.
 *
 * The row's `random_key` (`hexadecimal key/entity`) gives one uniform for each draw: draw 0 says whether the uniform
 * policy decides (where it is below the propensity floor), draw 2 + i is the noise of the row's candidate i, by which
 * the slate is a Gumbel top-k of the scores.
 *
 * @param row - of a server's log
 * @param scorer - the bundle that the row's policy_id names
 * @throws RangeError when the row is not the policy's, or holds no key
 * @example
 * const { slate, joint } = await replayDecision(row, await openBundlePolicy("main-policy"));
 * // slate equals row.slate, joint row.slate_propensity
 */
export async function replayDecision(
  row: Pick<DecisionLogRow, "policy_id" | "random_key" | "context" | "candidates" | "slate">,
  scorer: Pick<DecisionScorer, "scores" | "groups" | "propensityFloor">,
): Promise<ReplayedDecision> {
  const { floor = scorer.propensityFloor, greedy } = parseServedPolicyId(row.policy_id);
  const [scores] = await scorer.scores([row]);
  const groups = scorer.groups(row, row.slate.length);
  if (greedy) {
    const slate = greedyChoice(scores!, groups);
    return { slate, joint: 1, positions: new Float64Array(slate.length).fill(1) };
  }
  const { key, entity } = parseRandomKey(row.random_key);
  const draws = new SlateDraws(row.candidates.length);
  return draws.draw({ groups }, { kind: "scores", scores: scores! }, { share: floor, key, entity });
}
