import { fileURLToPath } from "node:url";
import { makeVectorEnvironment, registerEnvironments } from "@longview/environment";
import { expect, test } from "vitest";
import {
  generateInstance,
  parseInstance,
  rddlDefinitions,
  rddlEcosystemOptions,
} from "../../src/rddl/index.ts";

registerEnvironments(rddlDefinitions);

const text = `
non-fluents nf_small {
  domain = recsim_ecosystem_welfare;
  objects {
    feature : {f1, f2};
    item : {i1, i2, i3};
    consumer : {c1, c2};
    provider : {p2, p1, pn}; // the order of objects is the order of providers
  };
  non-fluents {
    LESS(pn, p1);
    NEXT-PROVIDER(p1, p2);
    CONSUMER-AFFINITY(c2, f1) = -1.5;
    CONSUMER-AFFINITY(c1,f2) = 2e-1;
    PROVIDER-COMPETENCE(p1, f2) = 3;
    PROVIDER-DISCOUNT(p2) = 0.25;
    PROVIDER-DISCOUNT(pn) = 0.0;
    MAX-AFFINITY = 50.0;
  };
}
instance small {
  init-state { provider-satisfaction(pn) = 0.0; };
  horizon  = 7;
  discount = 1.0;
}`;

test("a RDDL instance is read: sizes, affinities, competences, discounts, defaults; the dummy provider is left out", () => {
  expect(parseInstance(text)).toEqual({
    affinities: [
      [0, 0.2],
      [-1.5, 0],
    ],
    competences: [
      [0, 0],
      [0, 3],
    ],
    discounts: [0.25, 0.5],
    items: 3,
    maximumAffinity: 50,
    horizon: 7,
  });
  const bare = parseInstance("objects { feature: {f}; item: {i}; consumer: {c}; provider: {p}; };");
  expect([bare.maximumAffinity, bare.horizon]).toEqual([10, 40]);
});

test("what is wrong with an instance is said in one line", () => {
  expect(() => parseInstance("objects { };")).toThrow("RDDL instance: objects has no feature");
  expect(() => parseInstance(text.replace("(c2, f1)", "(c9, f1)"))).toThrow(
    "RDDL instance: CONSUMER-AFFINITY(c9, f1) names an unknown consumer, c9",
  );
  expect(() => parseInstance(text.replace("50.0", "much"))).toThrow(
    "RDDL instance: MAX-AFFINITY must be a number, got much",
  );
});

test("the registry makes a world from an instance's file, and says which file cannot be read", () => {
  const instanceFile = fileURLToPath(new URL("fixtures/crossroads.rddl", import.meta.url));
  const world = makeVectorEnvironment("rddl/recsim-ecosystem-v0", { instanceFile, rowCount: 8 });
  expect(world.actionSpace).toEqual({ kind: "slate", slots: 1, candidates: 6 });
  expect(() => makeVectorEnvironment("rddl/recsim-ecosystem-v0", { instanceFile, rowCount: 6 })).toThrow(
    "rowCount must be a multiple of options.consumers (4, the users of one world), got 6",
  );
  expect(() => makeVectorEnvironment("rddl/recsim-ecosystem-v0", { instanceFile: "none.rddl" })).toThrow(
    "RDDL instance: cannot read none.rddl",
  );
});

test("generated instances have the generator's spread: members around centres, consumers around members", () => {
  const sizes = rddlEcosystemOptions.parse({ providers: 4000, consumers: 4000 });
  const { competences, affinities } = generateInstance(sizes);
  const variance = (values: readonly number[]) =>
    values.reduce((sum, value) => sum + value * value, 0) / values.length;
  // Relative standard error of a variance of n normals: √(2/n); 4 of them.
  for (const feature of [0, 1]) {
    const positions = competences.map((competence) => competence[feature]!);
    expect(Math.abs(variance(positions) / 64.5 - 1)).toBeLessThan(4 * Math.sqrt(2 / 2000));
    const pairs = positions.flatMap((position, i) => (i % 2 === 0 ? [position - positions[i + 1]!] : []));
    expect(Math.abs(variance(pairs) - 1)).toBeLessThan(4 * Math.sqrt(2 / 2000));
    expect(Math.abs(positions.reduce((sum, value) => sum + value, 0) / 4000)).toBeLessThan(
      (4 * 8.03) / Math.sqrt(2000),
    );
  }
  // E‖member‖² / (1 + ‖member‖) over E 1 / (1 + ‖member‖), with ‖member‖ Rayleigh of variance 64.5, plus 2 · 20.5.
  let above = 0;
  let below = 0;
  for (let i = 0; i < 20_000; i++) {
    const norm = Math.sqrt(-2 * 64.5 * Math.log((i + 0.5) / 20_000));
    above += norm ** 2 / (1 + norm);
    below += 1 / (1 + norm);
  }
  const squares = affinities.map((affinity) => affinity[0]! ** 2 + affinity[1]! ** 2);
  const mean = squares.reduce((sum, value) => sum + value, 0) / 4000;
  const error = Math.sqrt(variance(squares.map((value) => value - mean)) / 4000);
  expect(Math.abs(mean - above / below - 41) / error).toBeLessThan(4);
  expect(generateInstance(sizes)).toEqual(generateInstance(sizes));
  expect(generateInstance({ ...sizes, instanceSeed: 7 }).affinities[0]).not.toEqual(affinities[0]);
});
