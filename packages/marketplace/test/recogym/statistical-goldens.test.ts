import { rootKey } from "@longview/statistics";
import { describe, expect, test, vi } from "vitest";
import {
  randomProducts,
  recogymClusterOptions,
  RecogymClusters,
  RecogymLatent,
  recogymLatentOptions,
} from "../../src/recogym/index.ts";
import { distance, runVisits } from "./visits.ts";

vi.setConfig({ testTimeout: 60_000 });

const latent = (input: object, rows: number) => new RecogymLatent(recogymLatentOptions.parse(input), rows);

/** Of all users, also those who leave before the first recommendation: a share `0.01 / 0.26` that ours never counts. */
const MET = 0.25 / 0.26;

const lines = [
  {
    name: "v0",
    world: () => new RecogymClusters(recogymClusterOptions.parse({}), 500),
    products: 10,
    visits: 16,
    clickRate: [0.01121, 0.00021],
    length: [80.5, 1.5],
  },
  {
    name: "v1",
    world: () => latent({}, 500),
    products: 10,
    visits: 16,
    clickRate: [0.01154, 0.00022],
    length: [76.7, 1.4],
  },
  {
    name: "v1, 1,000 products",
    world: () => latent({ products: 1000 }, 100),
    products: 1000,
    visits: 10,
    clickRate: [0.0108, 0.00022],
    length: [76.2, 1.4],
  },
] as const;

describe("RecoGym's own code over 3,000 users, seed 42, uniform products: |z| ≤ 4 in six comparisons, false alarm 0.04 %", () => {
  test.each(lines)("$name", ({ world, products, visits, clickRate, length }) => {
    const own = world();
    own.reset({ seed: "statistical goldens" });
    const found = runVisits(own, randomProducts(products, rootKey("random products")), visits);
    expect(distance(found.clickRate, clickRate)).toBeLessThanOrEqual(4);
    const perUser = [MET * found.length[0], MET * found.length[1]] as const;
    expect(distance(perUser, length)).toBeLessThanOrEqual(4);
  });
});
