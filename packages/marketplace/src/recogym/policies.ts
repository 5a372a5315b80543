import type { RowEnvironment } from "@longview/environment";
import { foldIn, uniform, type RandomKey } from "@longview/statistics";
import type { RecogymClusters } from "./recogym-v0.ts";
import type { RecogymLatent } from "./recogym-v1.ts";

/** Writes the recommended product of each row into the world's `action`. */
export type ProductPolicy<World extends RowEnvironment = RowEnvironment> = (world: World) => void;

/** Uniformly random products, keyed: call `n` on row `r` draws from `(foldIn(key, n), r)`. RecoGym's random agent. */
export function randomProducts(products: number, key: RandomKey): ProductPolicy {
  let calls = 0;
  return ({ action, rowCount }) => {
    const callKey = foldIn(key, calls++);
    for (let row = 0; row < rowCount; row++) action[row] = Math.floor(uniform(callKey, row, 0) * products);
  };
}

/** The product that the user viewed most in this visit; ties go to the earlier product. */
export function mostViewedProduct(products: number): ProductPolicy {
  return ({ action, rowCount, observation }) => {
    const views = observation["observation"]!;
    const width = views.length / rowCount;
    for (let row = 0; row < rowCount; row++) {
      let best = 0;
      for (let i = 1; i < products; i++) if (views[row * width + i]! > views[row * width + best]!) best = i;
      action[row] = best;
    }
  };
}

/** `v0`, privileged: the product most likely to be clicked now. */
export function mostClickableProduct(products: number): ProductPolicy<RecogymClusters> {
  return ({ action, rowCount, observation, clickProbabilities }) => {
    const views = observation["observation"]!;
    for (let row = 0; row < rowCount; row++) {
      const last = views.subarray((2 * row + 1) * products, (2 * row + 2) * products).indexOf(1);
      let best = 0;
      for (let i = 1; i < products; i++)
        if (clickProbabilities[i * products + last]! > clickProbabilities[best * products + last]!) best = i;
      action[row] = best;
    }
  };
}

/** `v1` with `showInterests`, privileged: the product of the highest affinity, so most likely to be clicked now. */
export function highestAffinityProduct(products: number): ProductPolicy<RecogymLatent> {
  return ({ action, rowCount, observation, catalogue }) => {
    const views = observation["observation"]!;
    const { clickFactors, clickOffsets } = catalogue;
    const factors = clickFactors.length / products;
    const width = views.length / rowCount;
    if (width !== 2 * products + factors)
      throw new RangeError("highestAffinityProduct: needs a world with showInterests: true");
    for (let row = 0; row < rowCount; row++) {
      let best = 0;
      let highest = -Infinity;
      for (let i = 0; i < products; i++) {
        let affinity = clickOffsets[i]!;
        for (let k = 0; k < factors; k++)
          affinity += clickFactors[i * factors + k]! * views[row * width + 2 * products + k]!;
        if (affinity > highest) {
          highest = affinity;
          best = i;
        }
      }
      action[row] = best;
    }
  };
}
