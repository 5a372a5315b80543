import { describe, expect, test } from "vitest";
import { GateSpecError, gateSpecSchema, parseGateSpec, type GateSpecInput } from "../src/index.ts";

const click = { metric: "click", range: [0, 1] } satisfies GateSpecInput["primary"];
const least: GateSpecInput = {
  name: "a launch",
  estimand: { states: "all visits", attributionWindow: "a day", interference: "none" },
  primary: click,
  evidence: { effectiveSampleSize: 100 },
};

describe("a gate specification", () => {
  test("is filled with its defaults, and is then complete", () => {
    const spec = parseGateSpec(least, "gate.yaml");
    expect(spec).toEqual({
      name: "a launch",
      estimand: {
        states: "all visits",
        horizon: 1,
        discountFactor: 1,
        attributionWindow: "a day",
        interference: "none",
      },
      incumbent: "logged",
      confidence: 0.95,
      looks: "once",
      primary: { ...click, better: "higher", stakeholder: "users" },
      success: [],
      guardrails: [],
      walls: [],
      estimators: ["ips", "snips", "dr"],
      rewardModel: "auto",
      evidence: {
        effectiveSampleSize: 100,
        largestWeightShare: 0.05,
        supportDeficit: 0.01,
        units: 100,
        quarantinedShare: 0.01,
        everyActionPossible: false,
        roundedPropensities: false,
        estimatedPropensities: false,
      },
      segments: [],
    });
    expect(parseGateSpec(spec, "gate.yaml")).toEqual(spec);
  });

  test("refuses a second range for a metric, which would never be enforced", () => {
    const guardrails = [{ metric: "harm", range: [-1, 1] as [number, number], margin: 0.5 }];
    const walls = [{ metric: "harm", range: [0, 1] as [number, number], limit: 0.1 }];
    expect(() => parseGateSpec({ ...least, guardrails, walls }, "g")).toThrow(/one range a metric/);
  });

  test("takes a cost both as a guardrail and behind a wall, and each other metric once", () => {
    const harm = { metric: "harm", range: [0, 1] } satisfies GateSpecInput["primary"];
    const walls = [{ ...harm, limit: 0 }];
    const { walls: parsed } = parseGateSpec({ ...least, guardrails: [{ ...harm, margin: 0.1 }], walls }, "g");
    expect(parsed).toEqual([{ ...harm, limit: 0, confidence: 0.99, stakeholder: "safety" }]);
    for (const [changes, message] of [
      [{ success: [click] }, "g: success: metric click is named before, under primary"],
      [
        { guardrails: [{ ...click, margin: 1 }] },
        "g: guardrails: metric click is named before, under primary",
      ],
      [{ walls: [...walls, ...walls] }, "g: walls: metric harm is named before, under walls"],
    ] as const)
      expect(() => parseGateSpec({ ...least, ...changes }, "g")).toThrow(new GateSpecError(message));
  });

  test.each([
    ["once", true],
    ["unlimited", true],
    [{ planned: 2 }, true],
    [{ planned: 1000 }, true],
    [{ planned: 1 }, false],
    [{ planned: 1001 }, false],
    [{ planned: 2.5 }, false],
    ["twice", false],
    [3, false],
    [null, false],
  ])("looks: %j is allowed: %s", (looks, allowed) => {
    expect(gateSpecSchema.safeParse({ ...least, looks }).success).toBe(allowed);
  });

  test.each([
    [[0, 1], true],
    [[-1e100, 1e100], true],
    [[0, 1e-100], true],
    [[0, 1e-101], false],
    [[0, 2e100], false],
    [[1, 0], false],
    [[1, 1], false],
    [[0], false],
    [[0, 1, 2], false],
    [[0, Infinity], false],
    [[0, NaN], false],
    [["0", "1"], false],
  ])("range: %j is allowed: %s", (range, allowed) => {
    expect(gateSpecSchema.safeParse({ ...least, primary: { ...click, range } }).success).toBe(allowed);
  });

  test.each<[object, string]>([
    [{ primry: click }, "there is no entry primry; did you mean primary?"],
    [{ zzzzzz: 1 }, "there is no entry zzzzzz; allowed: name, estimand, incumbent, confidence, looks, …"],
    [
      { evidence: { effectiveSampleSiz: 1 } },
      "there is no entry evidence.effectiveSampleSiz; did you mean effectiveSampleSize?",
    ],
    [
      { success: [{ ...click, metric: "b", margin: 1 }] },
      "there is no entry success.0.margin; allowed: metric, range, better, stakeholder",
    ],
    [{ name: undefined }, "name: found nothing, allowed: a text"],
    [
      { evidence: undefined },
      "evidence: found nothing, and it is required with effectiveSampleSize, as in `evidence: { effectiveSampleSize: 1000 }`; " +
        "it may also hold largestWeightShare, supportDeficit, units, quarantinedShare, everyActionPossible, roundedPropensities, estimatedPropensities",
    ],
    [
      { estimand: undefined },
      "estimand: found nothing, and it is required with states, attributionWindow, interference, as in " +
        "`estimand: { states: visits in March, attributionWindow: a day, interference: none }`; it may also hold horizon, discountFactor",
    ],
    [
      { primary: undefined },
      "primary: found nothing, and it is required with metric, range, as in `primary: { metric: click, range: [0, 1] }`; it may also hold better, stakeholder",
    ],
    [{ evidence: 3 }, "evidence: found 3, allowed: entries `name: value`"],
    [{ name: "" }, 'name: found "", allowed: a text that is not empty'],
    [{ name: null }, "name: found null, allowed: a text"],
    [{ confidence: 1 }, "confidence: found 1, allowed: below 1"],
    [{ confidence: NaN }, "confidence: found NaN, allowed: a finite number"],
    [{ segments: ["a", "a"] }, 'segments: found ["a","a"], allowed: each name once'],
    [{ assignment: { a: 1 } }, 'assignment: found {"a":1}, allowed: shares of two policies or more'],
    [
      { evidence: { effectiveSampleSize: 1, everyActionPossible: "yes" } },
      'evidence.everyActionPossible: found "yes", allowed: true or false',
    ],
    [
      { walls: [{ metric: "harm", range: [-1, 1], limit: 1 }] },
      "walls: range of harm begins at -1; a cost begins at 0 or above",
    ],
    [
      { estimand: { ...least.estimand, horizon: 2 }, primary: { ...click, range: [1, 5] } },
      "primary: range of click is [1, 5]; with sessions it must hold 0, which a session earns after its end",
    ],
    [
      { name: "x".repeat(80), confidence: ["x".repeat(80)] },
      `confidence: found ["${"x".repeat(55)}…, allowed: a finite number`,
    ],
  ])("%j is refused in one line that names the file, the entry and what is allowed", (changes, line) => {
    let message = "";
    try {
      parseGateSpec({ ...least, ...changes }, "gate.yaml");
    } catch (error) {
      if (!(error instanceof GateSpecError)) throw error;
      ({ message } = error);
    }
    if (line.endsWith("…"))
      expect(message.slice(0, 10 + line.length)).toBe(`gate.yaml: ${line.slice(0, -1)}`);
    else expect(message).toBe(`gate.yaml: ${line}`);
  });

  test.each([null, 3, "name", []])("%j as a whole is no specification", (value) => {
    expect(() => parseGateSpec(value, "gate.yaml")).toThrow(
      new GateSpecError("gate.yaml: must be entries such as `name: …`"),
    );
  });
});
