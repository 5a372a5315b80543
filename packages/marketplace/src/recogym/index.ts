export { recogymDefinitions } from "./definitions.ts";
export {
  drawClusterCatalogue,
  drawLatentCatalogue,
  flipProducts,
  type ClusterCatalogue,
  type LatentCatalogue,
} from "./catalogue.ts";
export {
  RECOGYM_V0,
  RECOGYM_V1,
  recogymClusterOptions,
  recogymLatentOptions,
  type RecogymClusterOptions,
  type RecogymLatentOptions,
} from "./options.ts";
export { RecogymClusters } from "./recogym-v0.ts";
export { RecogymLatent } from "./recogym-v1.ts";
export {
  randomProducts,
  mostViewedProduct,
  mostClickableProduct,
  highestAffinityProduct,
  type ProductPolicy,
} from "./policies.ts";
