import { STAKEHOLDERS, VERDICTS, verdictSchema } from "@longview/formats";
import type { Verdict } from "@longview/formats";
import { parseHTML } from "linkedom";
import pc from "picocolors";
import { describe, expect, test } from "vitest";
import { foremost, metricTrack } from "../src/review/metric-forest.ts";
import { writeEstimate, writeNumber, writePValue, writeShare } from "../src/review/numbers.ts";
import { renderReview } from "../src/review/render-review.ts";
import { domainOf, roundTicks } from "../src/review/scale.ts";
import { verdictLines } from "../src/review/verdict-lines.ts";
import { bareVerdict, crowdedVerdict } from "./helpers/made-up-edge-verdicts.ts";
import { madeUpVerdict } from "./helpers/made-up-verdict.ts";
import { segments } from "./helpers/made-up-verdict-parts.ts";

const ALL: readonly (readonly [string, Verdict])[] = [
  ...VERDICTS.map((name) => [name, madeUpVerdict(name)] as const),
  ["crowded", crowdedVerdict()],
  ["bare", bareVerdict()],
];

const parse = (verdict: Verdict): HTMLElement => parseHTML(renderReview(verdict)).document.body;
const squeeze = (text: string): string => text.replaceAll(/\s+/g, " ");
const textOf = (node: Element | null): string => squeeze(node?.textContent ?? "");

/** Keys of a verdict whose strings are names of the schema, or shown as other words. */
const SILENT = new Set([
  "verdict",
  "state",
  "role",
  "stakeholder",
  "better",
  "decision",
  "name",
  "id",
  "estimator",
]);

function strings(value: unknown, visit: (text: string, key: string) => string, key = ""): unknown {
  if (typeof value === "string") return visit(value, key);
  if (Array.isArray(value)) return value.map((each: unknown) => strings(each, visit, key));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]: [string, unknown]) => [name, strings(each, visit, name)]),
  );
}

describe.each(ALL)("the page of %s", (_name, verdict) => {
  test("comes from a valid verdict, and is one file: no script, nothing from elsewhere, the same bytes twice", () => {
    expect(verdictSchema.safeParse(verdict).error).toBeUndefined();
    const page = renderReview(verdict);
    expect(page).not.toMatch(/<script|<link|@import|url\(|src=/i);
    const addresses = page.match(/https?:\/\/[^"'\s<]+/g) ?? [];
    expect(addresses.filter((each) => !each.startsWith("http://www.w3.org/"))).toEqual([]);
    expect(page).not.toMatch(/NaN|undefined|Infinity|\[object/);
    expect(renderReview(structuredClone(verdict))).toBe(page);
  });

  test("says every sentence, label and hash of the verdict", () => {
    const text = textOf(parse(verdict));
    const missing: string[] = [];
    strings(verdict, (each, key) => {
      if (!SILENT.has(key) && !text.includes(squeeze(each))) missing.push(`${key}: ${each}`);
      return each;
    });
    // Only the first and the last of many days are named on an axis.
    expect(missing.filter((each) => !each.startsWith("day: "))).toEqual([]);
    for (const effect of verdict.metrics) {
      const { value, interval } = writeEstimate(effect.incumbent);
      expect(text).toContain(squeeze(value));
      expect(text).toContain(squeeze(interval));
    }
  });

  test("answers for every light on page one, by a word as well as by a colour", () => {
    const lights = [...parse(verdict).querySelectorAll(".page-one .lights li")];
    expect(lights).toHaveLength(1 + STAKEHOLDERS.length);
    for (const light of lights) expect(textOf(light)).toMatch(/passes|caution|fails|absent/);
  });

  test("has charts that are within their axes, and no name twice", () => {
    const page = parse(verdict);
    const ids = [...page.querySelectorAll("[id]")].map((each) => each.id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const element of page.querySelectorAll("svg.track .estimate line, svg.track .estimate > svg"))
      for (const name of ["x", "x1", "x2"]) {
        const value = element.getAttribute(name);
        if (value !== null) {
          expect(Number.parseFloat(value)).toBeGreaterThanOrEqual(0);
          expect(Number.parseFloat(value)).toBeLessThanOrEqual(100);
        }
      }
    expect(page.querySelectorAll("figure").length).toBe(page.querySelectorAll("figure .trace").length);
  });
});

test("the verdict stands in one band, in words", () => {
  const band = (verdict: Verdict): string => textOf(parse(verdict).querySelector(".band .verdict"));
  expect(band(madeUpVerdict("SHIP"))).toBe("SHIP to the first stage of a rollout");
  expect(band(madeUpVerdict("HOLD"))).toMatch(/^HOLD /);
  expect(band(madeUpVerdict("NO-DECISION"))).toMatch(/^NO-DECISION /);
});

test("notices stand before everything else, and page one names two thresholds that would flip the verdict", () => {
  const page = parse(madeUpVerdict("NO-DECISION"));
  expect(textOf(page.querySelector("main > div > *"))).toContain("Propensities were estimated");
  const flips = textOf(page.querySelector(".page-one .flips"));
  expect(flips).toContain("1.4 away in its own units");
  expect(flips).not.toContain("standard error");
  expect(page.querySelectorAll(".page-one .flips li")).toHaveLength(2);
});

test("page one names all that blocks the verdict, also where that is more than two thresholds", () => {
  const verdict = madeUpVerdict("NO-DECISION");
  const flips = Array.from({ length: 5 }, (_, at) => ({
    metric: `blocker ${at}`,
    text: `found ${at}`,
    distance: 0,
    blocks: true,
  }));
  const page = parse({ ...verdict, flips });
  expect([...page.querySelectorAll(".page-one .flips li")].map((each) => textOf(each).trim())).toEqual(
    flips.map(({ metric, text }) => `${metric}: ${text}`),
  );
});

test("figures on evidence that fails a check are no headline: small, grey, and said not to be believed", () => {
  const verdict = { ...madeUpVerdict("NO-DECISION"), segments: segments(14, 3) };
  const page = parse(verdict);
  const lifts = page.querySelector(".page-one .lifts")!;
  expect(lifts.classList.contains("void")).toBe(true);
  expect(textOf(lifts)).toContain("What the log would say if it could be believed");
  expect(lifts.querySelector(".primary strong")).toBeNull();
  expect(lifts.querySelectorAll(".forest li:not(.head)")).toHaveLength(1);
  expect(textOf(lifts)).toContain(`${verdict.metrics.length - 1} more metrics in section 2`);
  expect(textOf(page.querySelector("#effects"))).toContain(
    "what follows is what the log would say if it could be believed",
  );
  expect(verdictLines(verdict, pc.createColors(false)).join("\n")).toContain(
    "lift      if the log could be believed: completion_rate",
  );
  const sound = parse(madeUpVerdict("SHIP"));
  expect(sound.querySelector(".page-one .lifts")!.classList.contains("void")).toBe(false);
  expect(sound.querySelector(".page-one .primary strong")).not.toBeNull();
});

test("segments are not said to lose on evidence that fails a check", () => {
  const losing = { segments: segments(14, 3) };
  const told = (verdict: Verdict): string => textOf(parse(verdict).querySelector("#effects"));
  expect(told({ ...madeUpVerdict("SHIP"), ...losing })).toMatch(/3 of \d+ measured segments lose/);
  const text = told({ ...madeUpVerdict("NO-DECISION"), ...losing });
  expect(text).not.toMatch(/segments? loses?|; loses/);
  expect(text).toContain("no segment is shown to lose or to gain");
});

test("a loss that the margin tolerates has the caution of its light, not a tick", () => {
  const verdict = madeUpVerdict("SHIP");
  const metrics = verdict.metrics.map((each) =>
    each.metric === "new_creator_share" ? { ...each, lift: { ...each.lift, upper: -0.0007 } } : each,
  );
  const page = parse({ ...verdict, metrics });
  const line = [...page.querySelectorAll(".page-one .forest li")].find((each) =>
    textOf(each).includes("new_creator_share"),
  )!;
  expect(textOf(line)).toContain("within margin");
  expect(line.querySelector(".state.amber")).not.toBeNull();
  expect(line.querySelector(".state.green")).toBeNull();
});

test("nothing that a verdict says becomes markup", () => {
  const attack = `<img src=x onerror=alert(1)>"'><svg onload=alert(2)>&amp;`;
  for (const [, verdict] of ALL) {
    const attacked = strings(verdict, (text, key) =>
      SILENT.has(key) || /^[0-9a-f]{64}$/.test(text) || key === "interference" ? text : `${text}${attack}`,
    );
    // The name of the specification shares its key with the names of lights.
    const parsed = verdictSchema.parse(attacked);
    parsed.specification.name += attack;
    const page = parse(parsed);
    expect(page.querySelectorAll("img, script, iframe")).toHaveLength(0);
    for (const element of page.querySelectorAll("*"))
      for (const { name } of element.attributes) expect(name).not.toMatch(/^on/);
    expect(textOf(page)).toContain(squeeze(attack));
  }
});

test("what is absent is printed as absent", () => {
  const text = textOf(parse(bareVerdict()));
  for (const sentence of [
    "Absent: no position was measured; the log may have none.",
    "Absent: the log has no time, so drift can’t be seen.",
    "Absent: without the candidate’s whole distribution",
    "Absent: propensities were logged, not estimated.",
    "Absent: no check was made.",
    "Absent: no segment was measured; the specification may name no column.",
    "Absent: the verdict names no threshold that would.",
    "[no bound, no bound]",
    "lift absent",
    "can’t be computed: the log names no embedding of items",
    "commit not known",
  ])
    expect(text).toContain(sentence);
});

test("segments that lose come first, then from the worst to the best; small ones are named", () => {
  const verdict = crowdedVerdict();
  const page = parse(verdict);
  const names = [...page.querySelectorAll("#effects .forest .who")].map((each) => textOf(each));
  const losing = verdict.segments.filter((row) => row.loses);
  for (const name of names.slice(0, losing.length))
    expect(losing.some((row) => name.startsWith(`${row.column}: ${row.value}`))).toBe(true);
  const small = verdict.segments.filter((row) => row.lift === null);
  expect(textOf(page.querySelector("#effects"))).toContain(`Absent for ${small.length} segments, too small:`);
});

test("the support map marks what the candidate would show and the log never shows", () => {
  const verdict = crowdedVerdict();
  const { candidate, logged } = verdict.support!;
  const rows = verdict.positions.slice(0, candidate.length).map((each) => each.rows);
  const expected = candidate
    .flatMap((row, position) =>
      row.map((probability, item) => (logged[position]![item] === 0 ? probability * rows[position]! : 0)),
    )
    .filter((each) => each > 0);
  const page = parse(verdict);
  const telling = expected.filter((each) => each >= 5).length;
  expect(telling).toBeGreaterThan(0);
  expect(page.querySelectorAll("svg.map path.gap").length).toBe(telling);
  expect(page.querySelectorAll("svg.map path.faint-gap").length).toBe(expected.length - telling);
});

test("a metric is drawn against its own threshold, better to the right", () => {
  const [primary, , minutes, hides, , harmful] = madeUpVerdict("SHIP").metrics;
  expect(metricTrack(primary!).value).toBeCloseTo(0.0123, 12);
  // 0.31 above no change, which is 1 above the margin.
  expect(metricTrack(minutes!).value).toBeCloseTo(1.31, 12);
  // Fewer hides are better: 0.0009 fewer, with 0.004 tolerated.
  expect(metricTrack(hides!).value).toBeCloseTo(0.0049, 12);
  // 0.00121 of a limit of 0.002; no bound from below but the range.
  expect(metricTrack(harmful!).value).toBeCloseTo(0.00079, 12);
  expect(metricTrack(harmful!).upper).toBeCloseTo(0.002, 12);
});

test("page one keeps the metrics that bear on the verdict", () => {
  const metrics = madeUpVerdict("SHIP").metrics;
  const many = [
    ...metrics,
    ...Array.from({ length: 20 }, () => ({ ...metrics[2]! })),
    { ...metrics[3]!, decision: "worse" as const },
  ];
  const kept = foremost(many);
  expect(kept).toHaveLength(12);
  expect(kept[0]).toBe(many[0]);
  expect(kept.at(-1)).toBe(many.at(-1));
});

test("numbers have the digits that their interval deserves", () => {
  const write = (
    value: number,
    lower: number | null,
    upper: number | null,
    thresholds: number[] = [],
  ): string => {
    const written = writeEstimate({ value, lower, upper }, { signed: true, thresholds });
    return `${written.value} ${written.interval}`;
  };
  expect(write(0.012345, 0.0081, 0.01659)).toBe("+0.0123 [+0.0081, +0.0166]");
  expect(write(-1234.5, -1300, -1169)).toBe("−1,235 [−1,300, −1,169]");
  expect(write(1e9, 2.1e8, null)).toBe("+1,000\u00a0M [+210\u00a0M, no bound]");
  expect(write(1e-7, -2e-7, 4e-7)).toBe("+1.0×10⁻⁷ [−2.0×10⁻⁷, +4.0×10⁻⁷]");
  // Wide on one side: the other keeps its digits.
  expect(write(0.00283, -0.004988, 1)).toBe("+0.0028 [−0.0050, +1.0000]");
  expect(write(3.2, 1.1, 1e9)).toBe("+3.2 [+1.1, +1,000,000,000.0]");
  expect(write(0, 0, 0)).toBe("0 [0, 0]");
  expect(write(0.4, null, null)).toBe("+0.4 [no bound, no bound]");
  // A bound that only rounding puts on its threshold shows that it is not there.
  expect(write(0.1, 0.0003, 0.2)).toBe("+0.1000 [+0.0003, +0.2000]");
  expect(write(-0.004, -0.00996, 0.002, [-0.01])).toBe("−0.00400 [−0.00996, +0.00200]");
  expect(writeNumber(-0.5)).toBe("−0.5");
  expect(writeNumber(41_210)).toBe("41,210");
  expect(writeShare(0.0324, true)).toBe("+3.2\u00a0%");
  expect(writeShare(0.00001)).toBe("<\u00a00.01\u00a0%");
  expect(writeShare(0)).toBe("0\u00a0%");
  expect(writePValue(0.00004)).toBe("<\u00a00.0001");
  expect(writePValue(0.0004)).toBe("0.0004");
});

test("an axis holds every point, and one endless interval does not flatten the others", () => {
  const bounds = Array.from({ length: 60 }, (_, index) => (index % 2 === 0 ? -1 : 1));
  const [least, most] = domainOf([-0.5, 0.5], [...bounds, 1e6, -1e6], [0]);
  expect(least).toBeGreaterThan(-2);
  expect(most).toBeLessThan(2);
  expect(roundTicks([-0.04, 0.07], 5)).toHaveLength(4);
});

test("the terminal says the same, coloured only where it has colours", () => {
  for (const [, verdict] of ALL) {
    const plain = verdictLines(verdict, pc.createColors(false)).join("\n");
    expect(plain).not.toContain("\u001b");
    for (const { text } of [...verdict.reasons, ...verdict.flips]) expect(plain).toContain(text);
    for (const text of [verdict.headline, verdict.risk, ...verdict.notices]) expect(plain).toContain(text);
    const coloured = verdictLines(verdict, pc.createColors(true)).join("\n");
    expect(coloured).toContain("\u001b[");
    // eslint-disable-next-line no-control-regex -- the colours of a terminal are control characters
    expect(coloured.replaceAll(/\u001b\[\d+m/g, "")).toBe(plain);
  }
  const ship = verdictLines(madeUpVerdict("SHIP"), pc.createColors(false));
  expect(ship[0]).toBe("SHIP to the first stage of a rollout");
  expect(ship).toContain(
    "lift      completion_rate +0.0123 [+0.0081, +0.0165] at 95\u00a0%, +3.2\u00a0% of the incumbent’s 0.3802",
  );
  const hostile = { ...madeUpVerdict("HOLD"), headline: "fine\u001b[2J\u202e\nSHIP" };
  expect(verdictLines(hostile, pc.createColors(false))).toContain("fine [2J  SHIP");
});
