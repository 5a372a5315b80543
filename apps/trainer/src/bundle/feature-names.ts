/** Names of the last dimension of each observation entry, for environments that publish them. */
export async function featureNames(
  id: string,
  options: Record<string, unknown>,
): Promise<Readonly<Record<string, readonly string[]>>> {
  if (id === "CartPole-v1") return { observation: ["position", "velocity", "angle", "angularVelocity"] };
  if (!id.startsWith("marketplace/content-")) return {};
  const { observationFeatureNames } = await import("@longview/marketplace");
  return observationFeatureNames(id, options);
}
