import { sha256, STAKEHOLDERS } from "@longview/formats";
import { z } from "zod";
import { ScorecardError } from "../error.ts";
import { metricNamed, METRICS } from "../registry.ts";

const term = z.strictObject({
  metric: z.string().min(1).describe("A metric of the registry"),
  weight: z
    .number()
    .refine((weight) => weight !== 0, "must not be 0")
    .describe("Ecosystem value that one unit of the metric is worth; below 0 where less is better"),
  stakeholder: z.enum(STAKEHOLDERS).optional().describe("Whose; the registry's own unless said"),
});

/** `exchange-rates.yaml`: what the ecosystem's value is made of, signed off by name and version. */
export const exchangeRatesSchema = z.strictObject({
  name: z.string().min(1),
  version: z.int().min(1).describe("Rises with every change of what is below"),
  unit: z.string().min(1).describe("What one of the value is, such as a euro or a satisfied page"),
  scale: z
    .enum(["page", "day"])
    .default("page")
    .describe("page: the weighted sum itself; day: times the window's pages a day, so that growth counts"),
  terms: z.array(term).min(1),
});
export type ExchangeRatesInput = z.input<typeof exchangeRatesSchema>;

/** Checked exchange rates, with the hash of what they say: the same for the same name, unit, scale and terms in any order. */
export type ExchangeRates = z.infer<typeof exchangeRatesSchema> & { readonly sha256: string };

const refuse = (message: string): ScorecardError => new ScorecardError("BAD_EXCHANGE_RATES", message);

/**
 * Checks exchange rates, the parsed content of a YAML or JSON file.
 *
 * @param where - the file's name, for the message
 * @throws ScorecardError `BAD_EXCHANGE_RATES`: a wrong entry, a metric that is not in the registry or stands twice, or a weight
 * against the metric's direction
 */
export function parseExchangeRates(value: unknown, where = "exchange rates"): ExchangeRates {
  const parsed = exchangeRatesSchema.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    throw refuse(`${where}: ${issue.path.length === 0 ? "" : `${issue.path.join(".")}: `}${issue.message}`);
  }
  const seen = new Set<string>();
  for (const { metric, weight } of parsed.data.terms) {
    const definition = metricNamed(metric);
    if (definition === undefined)
      throw refuse(
        `${where}: there is no metric ${metric}; allowed: ${METRICS.map(({ name }) => name).join(", ")}`,
      );
    if (seen.has(metric)) throw refuse(`${where}: ${metric} stands twice`);
    seen.add(metric);
    if (definition.direction !== "none" && weight > 0 !== (definition.direction === "higher"))
      throw refuse(
        `${where}: ${metric} has weight ${weight}, allowed: ${definition.direction === "higher" ? "above" : "below"} 0, ` +
          `since ${definition.direction} is better`,
      );
  }
  const { name, unit, scale, terms } = parsed.data;
  const said = {
    name,
    unit,
    scale,
    terms: terms
      .map(({ metric, weight, stakeholder }) => ({ metric, weight, stakeholder: stakeholder ?? null }))
      .toSorted((a, b) => (a.metric < b.metric ? -1 : 1)),
  };
  return { ...parsed.data, sha256: sha256(JSON.stringify(said)) };
}

/**
 * Refuses rates that say something else than an earlier form without a higher version.
 *
 * @throws ScorecardError `BAD_EXCHANGE_RATES`
 */
export function checkSuccessor(
  earlier: Pick<ExchangeRates, "version" | "sha256">,
  later: ExchangeRates,
): void {
  if (earlier.sha256 !== later.sha256 && later.version <= earlier.version)
    throw refuse(
      `exchange rates ${later.name}: they differ from version ${earlier.version}, but their version is ${later.version}; ` +
        `allowed: at least ${earlier.version + 1}`,
    );
}
