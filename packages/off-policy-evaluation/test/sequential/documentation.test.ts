import { existsSync, readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import * as library from "../../src/index.ts";

const folder = new URL("../../../../docs/estimators/", import.meta.url);
const pages = readdirSync(folder).filter((name) => name.startsWith("sequential") && name.endsWith(".md"));
const read = (name: string): string => readFileSync(new URL(name, folder), "utf8");

test("the example of docs/estimators/sequential.md gives what it says", () => {
  const page = read("sequential.md");
  const numbers = (name: string): number[] =>
    new RegExp(`${name}: \\w+\\.of\\(([^)]*)\\)`).exec(page)![1]!.split(",").map(Number);
  const log = new library.TrajectoryLog({
    offset: Int32Array.from(numbers("offset")),
    reward: Float64Array.from(numbers("reward")),
    propensity: Float64Array.from(numbers("propensity")),
    actionProbability: Float64Array.from(numbers("actionProbability")),
    discountFactor: Number(/discountFactor: ([\d.]+)/.exec(page)![1]),
  });
  const said = Number(/perDecisionImportanceSampling\(log\)\); \/\/ ([\d.]+)/.exec(page)![1]);
  expect(library.estimateValue(library.perDecisionImportanceSampling(log))).toBe(said);
});

test.each(pages)("%s: functions that it names are exported, and pages exist", (name) => {
  const page = read(name);
  for (const [, called] of page.matchAll(/(?<!new |\.)\b([a-z]+[A-Z]\w+)\(/g))
    expect(library).toHaveProperty(called!);
  for (const [, link] of page.matchAll(/\]\(([\w.-]+\.md)\)/g))
    expect(existsSync(new URL(link!, folder)), link).toBe(true);
});
