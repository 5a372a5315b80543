import { parseExchangeRates, type ExchangeRates } from "@longview/scorecard";

/**
 * What the ecosystem's value is made of where nobody says: utility a day. A page's worth to its user counts as it is; what
 * advertisers get counts as one utility a unit of money, whoever keeps it; half a utility a page goes with all creators being
 * viable; a page loses 20 times the share of impressions that are harmful, on pages of five 4 for each one.
 *
 * @param money - whether the world has advertisers
 */
export function defaultExchangeRates(money: boolean): ExchangeRates {
  return parseExchangeRates({
    name: money ? "simulate-default" : "simulate-default-without-money",
    version: 1,
    unit: "utility",
    scale: "day",
    terms: [
      { metric: "userValue", weight: 1 },
      { metric: "viableShare", weight: 0.5 },
      ...(money
        ? [
            { metric: "revenue", weight: 1 },
            { metric: "advertiserSurplus", weight: 1 },
          ]
        : []),
      { metric: "harmPerMillion", weight: -0.00002 },
    ],
  });
}
