/** Names of the last dimension of each observation entry, for environments that publish them. */
export async function featureNames(
  id: string,
  options: Record<string, unknown>,
): Promise<Readonly<Record<string, readonly string[]>>> {
  if (id === "CartPole-v1") return { observation: ["position", "velocity", "angle", "angularVelocity"] };
  if (!id.startsWith("marketplace/content-")) return {};
  const { candidateFeatureNames, contextFeatureNames, contentMarketplaceOptions } =
    await import("@longview/marketplace");
  const parsed = contentMarketplaceOptions.parse(options);
  return { context: contextFeatureNames(parsed.topics), candidates: candidateFeatureNames(parsed.topics) };
}
