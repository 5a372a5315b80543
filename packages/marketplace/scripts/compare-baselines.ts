/**
 * Compares the baselines of marketplace/content-v0 on fresh worlds, with the same noise, and prints Markdown tables.
 *
 * node --import tsx packages/marketplace/scripts/compare-baselines.ts [--worlds 24] [--users 128] [--trials 60] [--tuning-worlds 8]
 */
import { parseArgs } from "node:util";
import { foldIn, meanInterval, rootKey } from "@longview/statistics";
import {
  DEFAULT_COST_LIMITS,
  heuristicActor,
  myopicActor,
  oracleActor,
  popularActor,
  randomActor,
  simulateWorld,
  tuneHeuristic,
  tuneOracle,
  type Actor,
  type WorldResult,
} from "../src/index.ts";

const { values } = parseArgs({
  options: {
    worlds: { type: "string", default: "24" },
    users: { type: "string", default: "128" },
    trials: { type: "string", default: "60" },
    "tuning-worlds": { type: "string", default: "8" },
    days: { type: "string", default: "60" },
  },
});
const worlds = Number(values.worlds);
const users = Number(values.users);
const days = Number(values.days);
const tune = {
  trials: Number(values.trials),
  worlds: Number(values["tuning-worlds"]),
  key: rootKey("content-v0 training"),
  users,
  days,
};
const heuristic = await tuneHeuristic(tune);
const unconstrained = await tuneHeuristic({ ...tune, limits: {} });
const oracle = await tuneOracle(tune);
const rounded = (weights: object) =>
  Object.entries(weights)
    .map(([name, weight]) => `${name} ${Number(weight).toFixed(2)}`)
    .join(", ");
console.log(`heuristic: ${rounded(heuristic.weights)}`);
console.log(`heuristic without limits: ${rounded(unconstrained.weights)}`);
console.log(`oracle: ${rounded(oracle.weights)}\n`);

const actors: [string, () => Actor][] = [
  ["random", randomActor],
  ["popular", popularActor],
  ["myopic", myopicActor],
  ["heuristic", () => heuristicActor(heuristic.weights)],
  ["heuristic without limits", () => heuristicActor(unconstrained.weights)],
  ["oracle", () => oracleActor(oracle.weights)],
];
const evaluationKey = rootKey("content-v0 evaluation");
const results = new Map<string, WorldResult[]>();
for (const [name, make] of actors) {
  const list: WorldResult[] = [];
  for (let world = 0; world < worlds; world++)
    list.push(await simulateWorld({ key: foldIn(evaluationKey, world), actor: make(), users, days }));
  results.set(name, list);
}
const mean = (name: string, of: (result: WorldResult) => number) => {
  const list = results.get(name)!;
  return list.reduce((sum, result) => sum + of(result), 0) / list.length;
};
const difference = (name: string, of: (result: WorldResult) => number) => {
  const list = results.get(name)!;
  const base = results.get("heuristic")!;
  const { mean: centre, interval } = meanInterval(list.map((result, w) => of(base[w]!) - of(result)));
  return `${centre.toFixed(2)} [${interval[0].toFixed(2)}, ${interval[1].toFixed(2)}]`;
};
const row = (cells: readonly (string | number)[]) =>
  console.log(`| ${cells.map((cell) => (typeof cell === "number" ? cell.toFixed(2) : cell)).join(" | ")} |`);

row([
  "policy",
  "value",
  "heuristic minus it",
  "undiscounted",
  "userValue",
  "creatorValue",
  "engagement",
  ...Object.keys(DEFAULT_COST_LIMITS),
]);
row(Array.from({ length: 9 }, () => "---"));
for (const [name] of actors)
  row([
    name,
    mean(name, (r) => r.value),
    name === "heuristic" ? "" : difference(name, (r) => r.value),
    mean(name, (r) => r.undiscountedValue),
    ...["userValue", "creatorValue", "engagement"].map((o) => mean(name, (r) => r.objectives[o]!)),
    ...Object.keys(DEFAULT_COST_LIMITS).map((c) => mean(name, (r) => r.costs[c]!).toFixed(3)),
  ]);
console.log("");
row([
  "policy",
  "week 1 engagement",
  "heuristic minus it",
  "week 1 value",
  "heuristic minus it",
  "week 2",
  "week 4",
  "week 8",
  "satisfaction",
  "users",
  "creators",
  "new share",
  "Gini",
]);
row(Array.from({ length: 13 }, () => "---"));
for (const [name] of actors)
  row([
    name,
    mean(name, (r) => r.weeklyEngagement[0]!),
    name === "heuristic" ? "" : difference(name, (r) => r.weeklyEngagement[0]!),
    mean(name, (r) => r.weeklyValue[0]!),
    name === "heuristic" ? "" : difference(name, (r) => r.weeklyValue[0]!),
    ...[1, 3, 7].map((week) => mean(name, (r) => r.weeklyValue[week] ?? 0)),
    ...(["satisfaction", "users", "creators", "newCreatorShare", "exposureGini"] as const).map((key) =>
      mean(name, (r) => r.daily.at(-1)![key]),
    ),
  ]);
