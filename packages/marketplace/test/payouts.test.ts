import { rootKey } from "@longview/statistics";
import { describe, expect, test } from "vitest";
import {
  MECHANISMS_OFF,
  makeWholeMarketplace,
  randomActor,
  type WholeMarketplaceInput,
} from "../src/index.ts";
import { ADVERTISING_DAILY } from "../src/content/advertising-columns.ts";
import { AGENCY_DAILY } from "../src/content/creator-agency-columns.ts";
import { CreatorCredit } from "../src/content/creator-credit.ts";
import { fairShareOf } from "../src/content/fair-share.ts";
import {
  livingOf,
  marginalWelfare,
  PAYOUTS,
  payoutOptions,
  payoutPool,
  payoutPrice,
  welfareSignal,
  type Payout,
} from "../src/laws/payouts.ts";

const defaults = payoutOptions.parse({});

function world(by: Payout, more: WholeMarketplaceInput = {}) {
  const agency = { mode: "fixed", payout: { by } } as const;
  return makeWholeMarketplace({
    users: 48,
    options: { ...MECHANISMS_OFF, days: 30, agency, ...more },
    key: rootKey("payouts"),
  });
}

function play(environment: ReturnType<typeof world>, steps: number, each: () => void = () => {}): void {
  const actor = randomActor();
  actor.start?.(environment, rootKey("payouts play"));
  for (let step = 0; step < steps; step++) {
    void actor.act(environment);
    environment.step();
    each();
  }
}

const sum = (values: Iterable<number>) => [...values].reduce((total, value) => total + value, 0);

describe("the law of payouts", () => {
  test("pool, living, signal, contribution and price of worked figures", () => {
    const options = { ...defaults, fund: 0.05, revenueShare: 0.5, livingRate: 8, replaceable: 0.5 };
    expect(payoutPool(100, 7, options)).toBeCloseTo(8.5, 12);
    expect(livingOf(250, options)).toBeCloseTo(2, 12);
    expect(welfareSignal(9, 1, 0.2, { ...options, likeWorth: 1, hideWorth: 3, reportWorth: 10 })).toBeCloseTo(
      4,
      12,
    );
    expect(marginalWelfare(4, 20, 0.1, options)).toBeCloseTo(3, 12);
    expect(payoutPrice(10, 4)).toBe(2.5);
    expect(payoutPrice(10, 0)).toBe(0);
    expect(payoutPrice(10, -1)).toBe(0);
  });
});

describe("payouts in the world", () => {
  test.each(PAYOUTS)(
    "by %s pay out the pool and no more, each day, to creators who did no harm on balance",
    (by) => {
      const environment = world(by);
      const { agency } = environment.privileged;
      const { stepsPerDay } = environment.options;
      for (let day = 0; day < 6; day++) {
        play(environment, stepsPerDay);
        expect(agency.daily[AGENCY_DAILY.payouts]).toBeCloseTo(defaults.fund * 48, 10);
        expect(agency.payout.every((money) => money >= 0)).toBe(true);
      }
    },
  );

  test("share the day's revenue", () => {
    const environment = world("exposure", { advertising: { enabled: true }, levers: { adLoad: 2 } });
    const { agency, advertising } = environment.privileged;
    for (let day = 0; day < 3; day++) {
      play(environment, environment.options.stepsPerDay);
      const revenue = advertising.daily[ADVERTISING_DAILY.revenue]!;
      const pool = defaults.fund * 48 + defaults.revenueShare * revenue;
      expect(agency.daily[AGENCY_DAILY.payouts]).toBeCloseTo(pool, 10);
    }
  });

  test("by exposure go in proportion to the day's impressions, whatever places items took over", () => {
    const environment = world("exposure", { items: { capacity: 60 } });
    const { agency, creators } = environment.privileged;
    const { stepsPerDay } = environment.options;
    for (let day = 0; day < 8; day++) {
      const impressions = creators.impressions.slice();
      const ordinals = creators.ordinal.slice();
      const present = creators.alive.slice();
      play(environment, stepsPerDay);
      const stayed = [...ordinals.keys()].filter(
        (creator) => present[creator] === 1 && creators.ordinal[creator] === ordinals[creator],
      );
      const shown = stayed.map((creator) => creators.impressions[creator]! - impressions[creator]!);
      const price = sum(stayed.map((creator) => agency.payout[creator]!)) / sum(shown);
      stayed.forEach((creator, i) => expect(agency.payout[creator]).toBeCloseTo(price * shown[i]!, 10));
    }
  });

  test("credit of engagement is the pages' engagement, and of welfare what the marginal law leaves of the signal", () => {
    for (const by of ["engagement", "welfare"] as const) {
      const payout = { by, replaceable: 0.25 };
      const environment = world(by, { agency: { mode: "fixed", payout } });
      const { stepsPerDay } = environment.options;
      play(environment, 5 * stepsPerDay);
      const { items, clock } = environment.privileged;
      const signalOf = () => sum(items.likes) - 3 * sum(items.hides) - 10 * sum(items.reports);
      const signal = signalOf();
      let minutes = 0;
      play(environment, stepsPerDay - 1, () => {
        for (let row = 0; row < 48; row++) minutes += environment.objectives[3 * row + 2]!;
      });
      const credit = new CreatorCredit(environment.privileged, environment.options);
      credit.count(clock[0]! + 1);
      const total = sum(credit.items.subarray(0, items.alive.length));
      // completion is counted in multiples of 2⁻²⁰, rounded down: 16 minutes of it for every view at most
      if (by === "engagement") expect(Math.abs(total - minutes)).toBeLessThan(0.01);
      else expect(total).toBeCloseTo((1 - payout.replaceable) * (signalOf() - signal), 9);
    }
  });

  test("the subsidy goes to new creators alone", () => {
    const environment = world("exposure", { levers: { ...MECHANISMS_OFF.levers, subsidy: 0.5 } });
    const { agency, creators } = environment.privileged;
    const { stepsPerDay } = environment.options;
    play(environment, 8 * stepsPerDay);
    const fresh = sum(creators.isNew);
    play(environment, stepsPerDay);
    expect(fresh).toBeGreaterThan(0);
    const { options, rowCount } = environment;
    const living = livingOf(fairShareOf(options, rowCount), options.agency.payout);
    expect(agency.daily[AGENCY_DAILY.subsidies]).toBeCloseTo(0.5 * living * fresh, 10);
  });
});
