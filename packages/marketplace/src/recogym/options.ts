import * as z from "zod";
import { parameter, wholeParameter } from "../laws/parameter.ts";
import { horizonOption } from "../recsim/common-options.ts";

/** Clusters of products: RecoGym's `reco-gym-v0`. */
export const RECOGYM_V0 = "recogym/v0";
/** Latent interests: a world of its own, not a later version of `v0`. */
export const RECOGYM_V1 = "recogym/v1";

const visitOptions = {
  products: wholeParameter(2, 10_000, 10, "Products P, each of which can be recommended."),
  catalogueSeed: wholeParameter(
    0,
    4_294_967_295,
    42,
    "RecoGym's random_seed: the same gives the same products.",
  ),
  organicToBandit: parameter(
    0.001,
    1,
    0.25,
    "Chance that a page with a recommendation follows an organic view.",
  ),
  leaveOrganic: parameter(0, 0.99, 0.01, "Chance that the user leaves after an organic view."),
  banditToOrganic: parameter(
    0,
    1,
    0.05,
    "Chance that organic views follow a recommendation without a click.",
  ),
  leaveBandit: parameter(0, 0.99, 0.01, "Chance that the user leaves after a recommendation, when mended."),
  leaveRule: z
    .enum(["recogym", "mended"])
    .default("recogym")
    .describe("recogym: leaveOrganic also after a recommendation, as the code; mended: leaveBandit."),
  ...horizonOption(1_000_000),
};

interface Chances {
  readonly organicToBandit: number;
  readonly leaveOrganic: number;
  readonly banditToOrganic: number;
  readonly leaveBandit: number;
}

const possible = (options: Chances) =>
  options.organicToBandit + options.leaveOrganic <= 1 &&
  options.banditToOrganic + Math.max(options.leaveBandit, options.leaveOrganic) <= 1;
const impossible = { error: "the chances out of one state must sum to at most 1", path: ["organicToBandit"] };

/** Options of RecoGym's `v0`; the defaults are RecoGym's. */
export const recogymClusterOptions = z
  .strictObject({
    ...visitOptions,
    clusters: wholeParameter(1, 10_000, 2, "Clusters of products; they divide the products evenly."),
    logitNoiseDeviation: parameter(0, 10, Math.sqrt(0.1), "Standard deviation of a pair's click logit."),
  })
  .refine(possible, impossible)
  .refine((options) => options.products % options.clusters === 0, {
    error: "clusters must divide products",
    path: ["clusters"],
  });
export type RecogymClusterOptions = z.infer<typeof recogymClusterOptions>;

/** Options of RecoGym's `v1`; the defaults are RecoGym's. */
export const recogymLatentOptions = z
  .strictObject({
    ...visitOptions,
    factors: wholeParameter(1, 64, 5, "Latent factors K of products and users."),
    initialDeviation: parameter(0, 10, 1, "Standard deviation of a new user's interests."),
    driftDeviation: parameter(0, 10, 0.1, "Standard deviation of their change at each organic view."),
    popularityDeviation: parameter(0, 10, 3, "Standard deviation of a product's popularity."),
    flips: wholeParameter(0, 5000, 0, "Pairs of similar products whose clicks are swapped."),
    showInterests: z
      .boolean()
      .default(false)
      .describe("Whether the observation ends with the user's hidden interests: a privileged view."),
  })
  .refine(possible, impossible);
export type RecogymLatentOptions = z.infer<typeof recogymLatentOptions>;
