import { foldIn, normalQuantile, uniform } from "@longview/statistics";
import { describe, expect, test } from "vitest";
import { createDesign, multipleRandomisationEffects } from "../src/index.ts";
import { moments, normals, replication } from "./helpers/draws.ts";

/** All pairs of 40 users and 30 creators, with levels of their own and known effects. */
function pairs(run: number) {
  const key = replication("pairs", run);
  const [users, creators] = [40, 30];
  const count = users * creators;
  const user = Int32Array.from({ length: count }, (_, i) => Math.floor(i / creators));
  const creator = Int32Array.from({ length: count }, (_, i) => i % creators);
  const design = createDesign({ kind: "two-sided" }, foldIn(key, 0));
  const userArm = new Uint8Array(count);
  const creatorArm = new Uint8Array(count);
  design.sidesInto(userArm, creatorArm, { count, user, creator });
  const userLevel = normals(foldIn(key, 1), users);
  const creatorLevel = normals(foldIn(key, 2), creators);
  const noise = foldIn(key, 3);
  const outcome = Float64Array.from(
    { length: count },
    (_, i) =>
      0.5 * userLevel[user[i]!]! +
      0.5 * creatorLevel[creator[i]!]! +
      normalQuantile(uniform(noise, i, 0)) +
      1 * userArm[i]! * creatorArm[i]! -
      0.4 * userArm[i]! +
      0.2 * creatorArm[i]!,
  );
  return { outcome, user, creator, userArm, creatorArm };
}

describe("multiple randomisation", { timeout: 60_000 }, () => {
  test("direct effect and spillovers are right, and two-way intervals cover where rows' own do not (400 experiments)", () => {
    const runs = 400;
    const truth = { total: 0.8, direct: 1, userSpillover: -0.4, creatorSpillover: 0.2 };
    const names = ["total", "direct", "userSpillover", "creatorSpillover"] as const;
    const hits = { total: 0, direct: 0, userSpillover: 0, creatorSpillover: 0 };
    const effects = new Map(names.map((name) => [name, new Float64Array(runs)]));
    let done = 0;
    for (let run = 0; run < runs; run++) {
      const result = multipleRandomisationEffects(pairs(run));
      for (const name of names) {
        const { effect, interval } = result[name];
        effects.get(name)![run] = effect;
        hits[name] += Number(interval[0] <= truth[name] && truth[name] <= interval[1]);
      }
      done++;
    }
    for (const name of names) {
      const { mean, variance } = moments(effects.get(name)!);
      expect(Math.abs(mean - truth[name]), name).toBeLessThan(4 * Math.sqrt(variance / done));
      // 30 creators are few: cluster-robust intervals lose about 2 %; below 90.4 % would be beyond that by chance of 0.1 %.
      expect(hits[name] / done, name).toBeGreaterThan(0.904);
    }
  });

  test("the total is the sum of the parts", () => {
    const { total, direct, userSpillover, creatorSpillover } = multipleRandomisationEffects(pairs(0));
    expect(direct.effect + userSpillover.effect + creatorSpillover.effect).toBeCloseTo(total.effect, 12);
  });

  test("with every row its own user and creator the variance is the rows' own", () => {
    const n = 80;
    const outcome = normals(replication("rows", 0), n);
    const id = Int32Array.from({ length: n }, (_, i) => i);
    const userArm = id.map((i) => i & 1);
    const creatorArm = id.map((i) => (i >> 1) & 1);
    const { total } = multipleRandomisationEffects({ outcome, user: id, creator: id, userArm, creatorArm });
    let variance = 0;
    for (const kind of [0, 1]) {
      const cell = outcome.filter((_, i) => userArm[i] === kind && creatorArm[i] === kind);
      const { mean } = moments(cell);
      variance += cell.reduce((sum, y) => sum + (y - mean) ** 2, 0) / cell.length ** 2;
    }
    expect(total.standardError ** 2).toBeCloseTo((variance * n) / (n - 1), 12);
  });

  test("a kind of pair without rows is refused", () => {
    expect(() =>
      multipleRandomisationEffects({
        outcome: [1, 2, 3, 4],
        user: [0, 0, 1, 1],
        creator: [0, 1, 0, 1],
        userArm: [0, 0, 0, 0],
        creatorArm: [0, 1, 0, 1],
      }),
    ).toThrow("needs at least 2 rows of user arm 1 with creator arm 0, got 0");
  });
});
