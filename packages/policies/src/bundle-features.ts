import type { Manifest, PolicyFeatureNames } from "@longview/formats";

/** The features that a bundle's policy reads of a decision, in its own order; none of candidates that are mere actions. */
export function bundleFeatures(manifest: Pick<Manifest, "distribution" | "observation">): PolicyFeatureNames {
  if (manifest.distribution === "plackett-luce")
    return { context: namesOf(manifest, "context"), candidates: namesOf(manifest, "candidates") };
  const entries = Object.keys(manifest.observation).filter((name) => name !== "mask");
  return { context: entries.flatMap((name) => namesOf(manifest, name)), candidates: [] };
}

/** An entry's names; numbered ones where the bundle has none for each of its numbers. */
function namesOf({ observation }: Pick<Manifest, "observation">, entry: string): string[] {
  const { shape = [], features = [] } = observation[entry] ?? {};
  const count =
    entry === "candidates" ? (shape.at(-1) ?? 0) : shape.reduce((product, size) => product * size, 1);
  if (features.length === count) return [...features];
  return Array.from({ length: count }, (_, i) => `${entry}${i}`);
}
