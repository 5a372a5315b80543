import { describe, expect, test } from "vitest";
import * as fc from "fast-check";
import { arrivalOptions, arrivalProbability } from "../src/laws/arrival.ts";
import {
  choiceOptions,
  chosenPosition,
  examinationProbability,
  openLogit,
  openProbability,
  positionsExamined,
} from "../src/laws/choice.ts";
import { classifierOptions, classifierScore } from "../src/laws/classifier.ts";
import { costsOptions, newCreatorShortfall } from "../src/laws/costs.ts";
import {
  creatorsOptions,
  imitatedTendency,
  itemsProduced,
  leaveProbability,
  nextMotivation,
  workingSkill,
} from "../src/laws/creators.ts";
import { completionOf, enjoymentOf, enjoymentOptions, lengthMismatch } from "../src/laws/enjoyment.ts";
import {
  feedbackOptions,
  hideProbability,
  likeProbability,
  reportProbability,
} from "../src/laws/feedback.ts";
import { driftedInterest, interestsOptions, startingInterest } from "../src/laws/interests.ts";
import {
  freshnessByAge,
  freshnessOf,
  itemAppeal,
  itemBait,
  itemLength,
  itemQuality,
  itemsOptions,
} from "../src/laws/items.ts";
import {
  creatorBenefit,
  engagementOf,
  objectivesOptions,
  rewardOf,
  userValueOf,
} from "../src/laws/objectives.ts";
import { churnProbability, retentionOptions, returnGap, returnHazard } from "../src/laws/retention.ts";
import { cumulativeTopicsInto, drawnTopic, retrievalOptions } from "../src/laws/retrieval.ts";
import { satiated, satiationDecay, satiationOptions } from "../src/laws/satiation.ts";
import {
  deceptionOf,
  nextFatigue,
  nextSatisfaction,
  nextTrust,
  satisfactionOptions,
} from "../src/laws/satisfaction.ts";
import { continueProbability, sessionOptions } from "../src/laws/session.ts";

// every expected number is worked out by hand from the formula in the law's comment; tolerance 1e-12 unless said
const near = (actual: number, expected: number) => expect(actual).toBeCloseTo(expected, 12);
const unit = fc.double({ min: 0, max: 1, noNaN: true });
const open = fc.double({ min: 1e-9, max: 1 - 1e-9, noNaN: true });
const signed = fc.double({ min: -1, max: 1, noNaN: true });

describe("interests", () => {
  const options = interestsOptions.parse({ mean: 0, spread: 1, driftRate: 0.1 });
  test("start at the logistic of a normal", () => near(startingInterest(Math.log(3), options), 0.75));
  test("are drawn by what pleases and repelled by what disappoints", () => {
    near(driftedInterest(0.4, 0.75, 0.8, options), 0.4 + 0.1 * 0.75 * 0.8 * 0.6);
    near(driftedInterest(0.4, 0.75, -0.8, options), 0.4 - 0.1 * 0.75 * 0.8 * 0.4);
  });
  test("stay in [0, 1]", () => {
    fc.assert(
      fc.property(unit, unit, signed, (interest, weight, enjoyment) => {
        const next = driftedInterest(interest, weight, enjoyment, { ...options, driftRate: 0.5 });
        return next >= 0 && next <= 1;
      }),
    );
  });
});

describe("satiation", () => {
  const options = satiationOptions.parse({ gain: 0.5, retention: 0.9 });
  test("fills the room that is left and fades geometrically", () => {
    near(satiated(0.2, 0.5, options), 0.2 + 0.25 * 0.8);
    near(satiationDecay(3, options), 0.729);
  });
  test("stays in [0, 1]", () => {
    fc.assert(
      fc.property(unit, unit, (s, m) => satiated(s, m, options) >= s && satiated(s, m, options) <= 1),
    );
  });
});

describe("enjoyment", () => {
  const options = enjoymentOptions.parse({});
  test("is the hyperbolic tangent of the weighted sum", () => {
    const sum =
      options.base + options.match * 0.2 + options.quality * 0.3 - options.clickbait * 0.4 - options.harm;
    near(
      enjoymentOf(0.6, 0.8, 0.4, 1, 0.5, 0.25, options),
      Math.tanh(sum - options.satiation * 0.5 - options.length * 0.25),
    );
  });
  test("suffers from a length 1.5 octaves off by half of the most it can, and tired users like it shorter", () => {
    near(lengthMismatch(2, 0.5, 0, options), 0.5);
    near(lengthMismatch(2, 2 + options.fatigueLength, 1, options), 0);
  });
  test("lifts completion, whose noise is logistic", () => {
    const still = { ...options, completionBase: 0, completionEnjoyment: 1, completionNoise: 0.5 };
    near(completionOf(0, 0.5, still), 0.5);
    near(completionOf(Math.log(3), 0.5, still), 0.75);
    near(completionOf(0, 0.9, still), 1 / (1 + Math.sqrt(1 / 9)));
  });
});

describe("satisfaction, trust and fatigue", () => {
  const options = satisfactionOptions.parse({
    rate: 0.25,
    targetBase: 0,
    targetGain: 1,
    trustGain: 0.1,
    trustLoss: 0.2,
  });
  test("satisfaction moves a share of the way to the page's target", () => {
    near(nextSatisfaction(0.35, Math.log(3), options), 0.35 + 0.25 * 0.4);
  });
  test("trust is slow to earn and quick to lose", () => {
    near(nextTrust(0.5, 2, 0, options), 0.5 + 0.2 * 0.5);
    near(nextTrust(0.5, -2, 1.5, options), 0.5 - 0.3 * 0.5);
  });
  test("deception is promise above quality, and harm", () => {
    near(deceptionOf(0.9, 0.4, 1, { ...options, harmDeception: 2 }), 2.5);
    near(deceptionOf(0.2, 0.4, 0, options), 0);
  });
  test("all stay in [0, 1]", () => {
    fc.assert(
      fc.property(unit, unit, fc.double({ min: -20, max: 20, noNaN: true }), unit, (s, t, e, d) => {
        const values = [
          nextSatisfaction(s, e, options),
          nextTrust(t, e, 20 * d, options),
          nextFatigue(s, 50 * d, options),
        ];
        return values.every((value) => value >= 0 && value <= 1);
      }),
    );
  });
});

describe("sessions, churn and return", () => {
  test("are logistic in satisfaction, trust and fatigue", () => {
    const session = sessionOptions.parse({ base: 0, enjoyment: 1, satisfaction: 2, fatigue: 4 });
    near(continueProbability(1, 0.75, 0.375, session), 0.5);
    const retention = retentionOptions.parse({
      churnBase: 5,
      churnSatisfaction: 6,
      churnTrust: 4,
      returnBase: 0,
    });
    near(churnProbability(0.5, 0.5, retention), 0.5);
    near(returnHazard(0.5, 0.5, retention), 0.5);
  });
  test("churn falls and return rises with satisfaction and with trust, at the defaults", () => {
    const options = retentionOptions.parse({});
    expect(churnProbability(0.3, 0.5, options)).toBeGreaterThan(4 * churnProbability(0.6, 0.5, options));
    expect(churnProbability(0.5, 0.3, options)).toBeGreaterThan(churnProbability(0.5, 0.8, options));
    expect(returnHazard(0.7, 0.5, options)).toBeGreaterThan(2 * returnHazard(0.3, 0.5, options));
  });
  test("a gap is geometric: its mean is 1 / hazard", () => {
    const options = retentionOptions.parse({ longestGap: 1000 });
    let sum = 0;
    const draws = 20000;
    for (let i = 0; i < draws; i++) sum += returnGap((i + 0.5) / draws, 0.2, options);
    expect(sum / draws).toBeCloseTo(5, 2); // stratified draws: error well below 0.005
    expect(returnGap(1e-12, 0.01, { ...options, longestGap: 40 })).toBe(40);
  });
});

describe("newcomers", () => {
  test("come more often by word of mouth", () => {
    const options = arrivalOptions.parse({ rate: 0.1, wordOfMouth: 0.5 });
    near(arrivalProbability(0.5, options), 0.1);
    near(arrivalProbability(1, options), 0.15);
    near(arrivalProbability(0, options), 0.05);
  });
});

describe("creators", () => {
  const options = creatorsOptions.parse({});
  test("learn, respond, leave and make by their formulas", () => {
    near(workingSkill(1, 0, options), 1 - options.coldStart);
    near(workingSkill(1, options.learningItems, options), 1 - options.coldStart / Math.E);
    const target = 1 - Math.exp(-2 * options.exposureWeight - 0.5 * options.appreciationWeight);
    near(nextMotivation(0.4, 2, 0.5, options), 0.4 + options.motivationRate * (target - 0.4));
    near(leaveProbability(0, options), options.leaveRate);
    near(leaveProbability(0.5, options), options.leaveRate * Math.exp(-0.5 * options.leaveSlope));
    near(imitatedTendency(-1, 0.25, 0.5, { ...options, imitation: 0.2 }), -0.8);
  });
  test("make their rate of items on average, never more than four a day", () => {
    const busy = { ...options, production: 1 };
    let sum = 0;
    for (let i = 0; i < 1000; i++) sum += itemsProduced((i + 0.5) / 1000, 0.5, 2.6, 4, busy);
    expect(sum / 1000).toBeCloseTo(1.3, 9);
    expect(itemsProduced(0.5, 1, 50, 4, busy)).toBe(4);
  });
});

describe("items and the classifier", () => {
  const options = itemsOptions.parse({
    appealQuality: 0.4,
    harmAppeal: 0.3,
    freshnessDays: 5,
    lengthMean: 1,
  });
  test("follow their formulas", () => {
    near(itemQuality(Math.log(3), 0, options), 0.75);
    near(itemBait(Math.log(3), 0, options), 0.75);
    near(itemAppeal(0.5, 0.75, 1, options), 0.4 * 0.5 + 0.6 * 0.75 + 0.3);
    near(freshnessOf(5, options), Math.exp(-1));
    near(freshnessByAge({ items: options, stepsPerDay: 4 })[10]!, Math.exp(-0.5));
    expect(itemLength(100, options)).toBe(4);
    expect(itemLength(-100, options)).toBe(-3);
  });
  test("the classifier's scores are a separation apart in logits", () => {
    const law = classifierOptions.parse({ separation: 2, offset: -1 });
    near(classifierScore(1, 0, law), 0.5);
    near(classifierScore(0, 0, law), 1 / (1 + Math.exp(2)));
  });
});

describe("choice", () => {
  const options = choiceOptions.parse({ continuation: 0.8, outside: 0 });
  test("the logit is the weighted sum", () => {
    const expected =
      options.base +
      options.match * 0.1 +
      options.appeal * 0.2 +
      options.freshness * 0.5 -
      options.satiation * 0.3;
    near(
      openLogit(0.5, 0.7, 0.5, 0.3, 0.4, 0.6, options),
      expected - options.fatigue * 0.4 + options.trust * 0.1,
    );
    near(openProbability(Math.log(3)), 0.75);
  });
  test("positions are looked at as often as the cascade says", () => {
    const counts = new Float64Array(5);
    const draws = 10000;
    for (let i = 0; i < draws; i++) {
      const looked = positionsExamined((i + 0.5) / draws, 5, options);
      for (let j = 0; j < looked; j++) counts[j] = counts[j]! + 1 / draws;
    }
    counts.forEach((share, j) => expect(share).toBeCloseTo(examinationProbability(j, options), 3));
  });
  test("multinomial logit shares are exp(logit) · bias over their sum with the outside option", () => {
    const logits = [1, 0.5, -0.2];
    const weights = [Math.E, Math.exp(0.5) * 0.8, Math.exp(-0.2) * 0.64, 1];
    const total = weights.reduce((a, b) => a + b);
    const counts = [0, 0, 0, 0];
    const draws = 10000;
    for (let i = 0; i < draws; i++) {
      const chosen = chosenPosition((i + 0.5) / draws, logits, 3, options);
      counts[chosen < 0 ? 3 : chosen]! += 1 / draws;
    }
    counts.forEach((share, j) => expect(share).toBeCloseTo(weights[j]! / total, 3));
  });
});

describe("feedback, retrieval, objectives and costs", () => {
  test("likes rise and hides fall with enjoyment; harm is reported", () => {
    const options = feedbackOptions.parse({ likeBase: 0, hideBase: 0, likeEnjoyment: 1, hideEnjoyment: 1 });
    near(likeProbability(Math.log(3), options), 0.75);
    near(hideProbability(Math.log(3), options), 0.25);
    expect(reportProbability(1, options)).toBe(options.reportHarmful);
    expect(reportProbability(0, options)).toBe(options.reportHarmless);
  });
  test("a topic is drawn in proportion to its smoothed weight", () => {
    const cumulative = new Float64Array(3);
    cumulativeTopicsInto(
      cumulative,
      Float64Array.of(9, 9, 3, 0, 1),
      2,
      retrievalOptions.parse({ smoothing: 1 }),
    );
    expect([...cumulative]).toEqual([4, 5, 7]);
    const counts = [0, 0, 0];
    const draws = Float64Array.from({ length: 7000 }, (_, i) => (i + 0.5) / 7000);
    draws.forEach((_, i) => (counts[drawnTopic(cumulative, draws, i)]! += 1));
    expect(counts).toEqual([4000, 1000, 2000]);
  });
  test("objectives, reward and shortfall are their formulas", () => {
    const options = objectivesOptions.parse({
      userWeight: 2,
      creatorWeight: 3,
      engagementWeight: 4,
      contentment: 0.5,
    });
    near(userValueOf(1.5, 0.6, options), 1.8);
    near(creatorBenefit(3), 0.25);
    near(engagementOf(2, 3, { ...options, viewMinutes: 0.5 }), 4);
    near(rewardOf(1, 2, 3, options), 20);
    const costs = costsOptions.parse({ referenceShare: 0.2 });
    near(newCreatorShortfall(0, costs), 1);
    near(newCreatorShortfall(0.2, costs), 0);
    near(newCreatorShortfall(0.3, costs), -0.5);
  });
  test("the marginal benefit is the derivative of a concave benefit, so the starved come first", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 50, noNaN: true }), open, (x, h) => {
        const step = 1e-4 * (1 + h);
        const slope = (Math.log(1 + x + step) - Math.log(1 + x)) / step;
        return Math.abs(creatorBenefit(x) - slope) < 2e-4;
      }),
    );
  });
});
