import { parseLogFields, type LogFields } from "@longview/scorecard";
import { readConfigurationFile } from "../configuration/read-source.ts";

/**
 * What a log's numbers are, as `--fields` says: a YAML or JSON file, or the id of a content marketplace, whose logs hold its features
 * at their places under its default options.
 *
 * @throws {UsageError} ScorecardError `BAD_FIELDS`
 */
export async function fieldsNamed(text: string): Promise<LogFields> {
  if (!text.startsWith("marketplace/content-")) return parseLogFields(readConfigurationFile(text), text);
  const { candidateFeatureNames, contentMarketplaceOptions } = await import("@longview/marketplace");
  const { topics, choice } = contentMarketplaceOptions.parse({});
  const names = candidateFeatureNames(topics);
  const at = (name: string): string => `feature:${names.indexOf(name)}`;
  return parseLogFields(
    {
      // Ages are written as ln(1 + days / unit) / 3, cut at 3.
      impression: {
        age: { from: at("age"), exponent: 3 },
        creatorAge: { from: at("creatorAge"), exponent: 3, scale: 7 },
      },
      topics: Array.from({ length: topics }, (_, topic) => at(`topic${topic}`)),
      continuation: choice.continuation,
    },
    text,
  );
}
