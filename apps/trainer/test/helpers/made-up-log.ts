import { writeFileSync } from "node:fs";
import { openDecisionLogWriter, type DecisionLogRow, type GateSpecInput } from "@longview/formats";
import { rootKey, shuffleInto } from "@longview/statistics";
import { stringify } from "yaml";

/** One logged decision of a made-up world: two items, two countries. */
export interface MadeUpDecision {
  readonly id: string;
  readonly user: string;
  readonly session: string;
  readonly step: number;
  readonly time: number;
  readonly policy: string;
  readonly item: string;
  readonly propensity: number;
  readonly bold: number;
  readonly click: number;
  readonly revenue: number;
  readonly harm: number;
  readonly country: string;
}

const ITEMS = ["a", "b"] as const;
type Item = (typeof ITEMS)[number];

/** Probability of each item under a policy. */
export type ItemShares = Readonly<Record<Item, number>>;

/** What each country's users are shown by the policy that wrote the log. */
export const LOGGED: Readonly<Record<string, ItemShares>> = {
  home: { a: 0.7, b: 0.3 },
  abroad: { a: 0.4, b: 0.6 },
};
/** Share of an item's decisions that are clicked, what a click pays, and share that harms. */
const OUTCOMES = { click: { a: 0.2, b: 0.5 }, revenue: { a: 4, b: 1 }, harm: { a: 0, b: 0.02 } } as const;

export const BOLD: ItemShares = { a: 0.2, b: 0.8 };
export const TIMID: ItemShares = { a: 0.9, b: 0.1 };
/** Another policy than the logged one, of exactly its value. */
export const EVEN: ItemShares = { a: 0.55, b: 0.45 };

/** A policy's mean outcome a decision, exactly; `undefined`: of the policy that wrote the log. */
export function trueValue(metric: "click" | "revenue", shares?: ItemShares): number {
  let value = 0;
  for (const logged of Object.values(LOGGED))
    for (const item of ITEMS) {
      const click = (shares ?? logged)[item] * OUTCOMES.click[item];
      value += (metric === "click" ? click : click * OUTCOMES.revenue[item]) / 2;
    }
  return value;
}

/**
 * A log in exact proportions, its rows in a shuffled order: every average by weighting on it is the true value to the last digit.
 *
 * @param decisions - a multiple of 2000
 * @param perUser - decisions of a user, one after another
 */
export function madeUpLog(decisions = 2000, perUser = 1): MadeUpDecision[] {
  const made: Pick<
    MadeUpDecision,
    "item" | "propensity" | "bold" | "click" | "revenue" | "harm" | "country"
  >[] = [];
  for (const [country, shares] of Object.entries(LOGGED))
    for (const item of ITEMS) {
      const count = Math.round((decisions / 2) * shares[item]);
      const clicks = Math.round(count * OUTCOMES.click[item]);
      const harmed = Math.round(count * OUTCOMES.harm[item]);
      for (let k = 0; k < count; k++) {
        const click = k < clicks ? 1 : 0;
        made.push({
          item,
          country,
          propensity: shares[item],
          bold: BOLD[item],
          click,
          revenue: click * OUTCOMES.revenue[item],
          harm: k >= count - harmed ? 1 : 0,
        });
      }
    }
  const order = Int32Array.from({ length: made.length }, (_, k) => k);
  shuffleInto(order, rootKey("made-up log"));
  return Array.from(order, (from, number) => ({
    id: `d${number}`,
    user: `u${Math.floor(number / perUser)}`,
    session: `s${Math.floor(number / perUser)}`,
    step: number % perUser,
    time: 1_600_000_000 + 90 * number,
    policy: number % 2 === 0 ? "first" : "second",
    ...made[from]!,
  }));
}

/** Which column holds what in these logs, as YAML. */
export const COLUMNS = {
  reward: { click: "click", revenue: "revenue", harm: "harm" },
  propensity: "propensity",
  action: "item",
  decision_id: "id",
  unit_id: "user",
  timestamp: "time",
  policy_id: "policy",
  session_id: "session",
  step: "step",
  features: ["country"],
} as const;

/** A specification that a clear gain in clicks passes. */
export const SPEC: GateSpecInput = {
  name: "made up",
  estimand: { states: "all users", attributionWindow: "the click itself", interference: "none" },
  primary: { metric: "click", range: [0, 1] },
  evidence: { effectiveSampleSize: 300 },
};

/** Writes a value as YAML. */
export function writeYaml(path: string, value: unknown): string {
  writeFileSync(path, stringify(value, { aliasDuplicateObjects: false }));
  return path;
}

/** A table candidate's file. */
export function writeTable(path: string, shares: Readonly<Record<string, number>>): string {
  const lines = Object.entries(shares).map(([item, probability]) => `${item},${probability}\n`);
  writeFileSync(path, `item_id,probability\n${lines.join("")}`);
  return path;
}

/** Rows as CSV, with a header of the first row's names. */
export function csvText(rows: readonly object[]): string {
  const names = Object.keys(rows[0]!);
  const lines = rows.map((row) => Object.values(row).map(String).join(","));
  return `${[names.join(","), ...lines].join("\n")}\n`;
}

/** Rows as JSON lines. */
export function jsonLines(rows: readonly object[]): string {
  return rows.map((row) => `${JSON.stringify(row)}\n`).join("");
}

/** Writes decisions as Longview's own Parquet log: slates of one. */
export async function writeParquetLog(path: string, decisions: readonly MadeUpDecision[]): Promise<string> {
  const writer = await openDecisionLogWriter(path, {
    objectives: ["click", "revenue"],
    costs: ["harm"],
  });
  writer.append(
    decisions.map((decision): DecisionLogRow => ({
      decision_id: decision.id,
      unit_id: decision.user,
      session_id: decision.session,
      step: decision.step,
      timestamp: decision.time,
      policy_id: decision.policy,
      random_key: "",
      context: [decision.country === "home" ? 1 : 0],
      candidates: ITEMS.map((item) => ({ item_id: item, creator_id: "", features: [] })),
      slate: [decision.item === "a" ? 0 : 1],
      slate_propensity: decision.propensity,
      position_propensities: [decision.propensity],
      objectives: { click: decision.click, revenue: decision.revenue },
      costs: { harm: decision.harm },
      terminated: true,
      truncated: false,
      outcomes_complete: true,
    })),
  );
  await writer.close();
  return path;
}
