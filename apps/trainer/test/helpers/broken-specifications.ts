import { join } from "node:path";
import { stringify } from "yaml";
import type { BrokenCase, Inputs } from "./broken-launch.ts";
import { SPEC } from "./made-up-log.ts";

function aliasBomb(): string {
  const lines = ["a: &a [1,1,1,1,1,1,1,1,1,1]"];
  for (const [before, name] of ["ab", "bc", "cd", "de"].map((pair) => pair.split("")))
    lines.push(`${name}: &${name} [${Array.from({ length: 10 }, () => `*${before}`).join(",")}]`);
  return lines.join("\n");
}

/** Specifications that can't be used. */
export function brokenSpecifications({ folder, file, spec }: Inputs): BrokenCase[] {
  const text = (content: string): string => file("gate.yaml", content);
  const primary = (changes: object): string => spec({ primary: { ...SPEC.primary, ...changes } });
  const estimand = (changes: object): string => spec({ estimand: { ...SPEC.estimand, ...changes } });
  const evidence = (changes: object): string => spec({ evidence: { ...SPEC.evidence, ...changes } });
  const click = { metric: "click", range: [0, 1] };
  const endless = stringify({ ...SPEC, primary: { ...click, range: [0, Infinity] } });
  const found: [name: string, spec: string, ...lines: string[]][] = [
    ["an unknown key", spec({ primry: click }), "there is no entry primry; did you mean primary?"],
    [
      "an unknown key inside",
      evidence({ effectiveSampleSiz: 3 }),
      "there is no entry evidence.effectiveSampleSiz; did you mean effectiveSampleSize?",
    ],
    [
      "an unknown key like no other",
      spec({ success: [{ metric: "revenue", range: [0, 4], margin: 1 }] }),
      "there is no entry success.0.margin; allowed: metric, range, better, stakeholder",
    ],
    [
      "a text for a number",
      spec({ confidence: "high" }),
      'confidence: found "high", allowed: a finite number',
    ],
    ["a confidence above 1", spec({ confidence: 1.2 }), "confidence: found 1.2, allowed: below 1"],
    ["a confidence of a half", spec({ confidence: 0.5 }), "confidence: found 0.5, allowed: above 0.5"],
    [
      "no estimand",
      spec({ estimand: undefined }),
      "estimand: found nothing, and it is required with states, attributionWindow, interference, …",
    ],
    [
      "interference",
      estimand({ interference: "some" }),
      'estimand.interference: found "some", allowed: none',
    ],
    ["horizon 0", estimand({ horizon: 0 }), "estimand.horizon: found 0, allowed: at least 1"],
    ["horizon 1.5", estimand({ horizon: 1.5 }), "estimand.horizon: found 1.5, allowed: a whole number"],
    ["no discount", estimand({ discountFactor: 0 }), "estimand.discountFactor: found 0, allowed: above 0"],
    ["an empty name", spec({ name: "" }), 'name: found "", allowed: a text that is not empty'],
    [
      "a negative margin",
      spec({ guardrails: [{ metric: "revenue", range: [0, 4], margin: -1 }] }),
      "guardrails.0.margin: found -1, allowed: above 0",
    ],
    [
      "a range reversed",
      primary({ range: [1, 0] }),
      "primary.range: found [1,0], allowed: two numbers in order",
    ],
    ["a range of one", primary({ range: [1] }), "primary.range: found [1], allowed: at least 2 in the list"],
    ["a range without end", text(endless), "primary.range.1: found Infinity, allowed: a finite number"],
    [
      "a range whose squares overflow",
      primary({ range: [0, 1e200] }),
      "primary.range.1: found 1e+200, allowed: at most 1e+100",
    ],
    [
      "a range of sessions without 0",
      spec({ estimand: { ...SPEC.estimand, horizon: 2 }, primary: { ...click, range: [1, 2] } }),
      "primary: range of click is [1, 2]; with sessions it must hold 0, …",
    ],
    [
      "a metric that the log lacks",
      primary({ metric: "clik" }),
      'metric "clik" is not in the log; it has: click, revenue, harm',
    ],
    ["a metric twice", spec({ success: [click] }), "success: metric click is named before, under primary"],
    [
      "a cost below 0",
      spec({ walls: [{ metric: "harm", range: [-1, 1], limit: 0.1 }] }),
      "walls: range of harm begins at -1; a cost begins at 0 or above",
    ],
    [
      "a stakeholder that nobody is",
      primary({ stakeholder: "user" }),
      'primary.stakeholder: found "user", allowed: users, creators, safety, money',
    ],
    [
      "an unknown estimator",
      spec({ estimators: ["ips", "dr2"] }),
      'estimators: there is no "dr2"; allowed: ips, snips, …',
    ],
    ["no estimator", spec({ estimators: [] }), "estimators: found [], allowed: at least 1 in the list"],
    [
      "an estimator twice",
      spec({ estimators: ["ips", "ips"] }),
      'estimators: found ["ips","ips"], allowed: each name once',
    ],
    ["one planned look", spec({ looks: { planned: 1 } }), "looks.planned: found 1, allowed: at least 2"],
    [
      "looks in a word",
      spec({ looks: "twice" }),
      'looks: found "twice", allowed: once, unlimited, or a number of looks such as { planned: 40 }',
    ],
    [
      "no floor of evidence",
      spec({ evidence: {} }),
      "evidence.effectiveSampleSize: found nothing, allowed: …",
    ],
    ["one unit", evidence({ units: 1 }), "evidence.units: found 1, allowed: at least 2"],
    [
      "the share of one policy",
      spec({ assignment: { first: 1 } }),
      'assignment: found {"first":1}, allowed: shares of two policies or more',
    ],
    [
      "a negative share",
      spec({ assignment: { first: -1, second: 1 } }),
      "assignment.first: found -1, allowed: …",
    ],
    [
      "an unknown incumbent",
      spec({ incumbent: "best" }),
      'incumbent: found "best", allowed: uniform, logged, …',
    ],
    ["an empty file", text(""), "name: found nothing, allowed: a text"],
    ["a list", text("- name\n"), "found a list at the top, allowed: a map of keys"],
    ["a word", text("hello\n"), "found string at the top, allowed: a map of keys"],
    ["an alias bomb", text(aliasBomb()), "Excessive alias count…"],
  ];
  return [
    ...found.map(([name, path, ...lines]): BrokenCase => [
      name,
      { spec: path },
      ...lines.map((line) => `gate.yaml: ${line}`),
    ]),
    [
      "YAML that does not close",
      { spec: text("name: [a\n") },
      "gate.yaml:2:1: Flow sequence in block collection…",
    ],
    ["a key twice", { spec: text("name: a\nname: b\n") }, "gate.yaml:2:1: Map keys must be unique"],
    ["a tab", { spec: text("name:\n\t- b\n") }, "gate.yaml:2:1: Tabs are not allowed as indentation"],
    [
      "a missing file",
      { spec: join(folder, "none.yaml") },
      "none.yaml: no such file; give a YAML or JSON configuration",
    ],
    [
      "a folder",
      { spec: join(folder, "folder.csv") },
      "folder.csv: not a file; give a YAML or JSON configuration",
    ],
    [
      "a segment that the log lacks",
      { spec: spec({ segments: ["nation"] }) },
      'good.csv: there is no column "nation"; it has: id, …',
    ],
    [
      "an incumbent other than the specification's",
      { spec: spec({ incumbent: "uniform" }), more: ["--incumbent", "logged"] },
      '--incumbent: found "logged", and gate.yaml was written for "uniform"',
    ],
    [
      "an incumbent other than `logged` where that is written",
      { spec: spec({ incumbent: "logged" }), more: ["--incumbent", "uniform"] },
      '--incumbent: found "uniform", and gate.yaml was written for "logged"',
    ],
  ];
}
