import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { chainProcess, creatorHealthProcess, gridworldProcess } from "../src/index.ts";
import { myopicGap, solveConstrained } from "../src/tabular/constrained/index.ts";

const page = readFileSync(new URL("../../../docs/certificates.md", import.meta.url), "utf8");

/** Cells of the rows of the table whose head begins so. */
function table(head: string): string[][] {
  const rows: string[][] = [];
  for (const line of page
    .slice(page.indexOf(`| ${head}`))
    .split("\n")
    .slice(2)) {
    if (!line.startsWith("|")) break;
    rows.push(
      line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
  }
  return rows;
}

const rounded = (x: number | undefined): string => (x === undefined ? "" : String(Number(x.toFixed(4))));

test("the page's golden table is what is computed", async () => {
  const rows = table("budget ");
  expect(rows.map(([budget]) => budget)).toEqual(["none", "12", "8", "6", "4"]);
  for (const [budget = "", ...figures] of rows) {
    const limits = budget === "none" ? {} : { lowHealth: Number(budget) };
    const solution = await solveConstrained(creatorHealthProcess(), limits);
    if (solution.status === "infeasible") throw new Error(solution.statement);
    const { value, costs, multipliers, policy } = solution;
    expect(figures).toEqual(
      [value, costs["lowHealth"], multipliers["lowHealth"], policy[1], policy[3]].map(rounded),
    );
  }
});

test("the page's table of myopic and optimal values is what is computed", () => {
  const worlds = [
    creatorHealthProcess(),
    chainProcess({ length: 5, slip: 0, discountFactor: 0.95 }),
    gridworldProcess({ width: 4, height: 4, slip: 0, discountFactor: 0.9 }),
  ];
  const rows = table("world ");
  expect(rows.length).toBe(3);
  rows.forEach(([, myopic, optimal, says], i) => {
    const gap = myopicGap(worlds[i]!);
    const five = (x: number): string => String(Number(x.toPrecision(5))).replace("-", "−");
    expect([myopic, optimal]).toEqual([five(gap.myopicValue), five(gap.optimalValue)]);
    expect(gap.statement).toContain(says);
  });
});
