import fc from "fast-check";
import { expect, test } from "vitest";
import { NumberRows } from "../../src/http/number-rows.ts";
import { parseRankBody } from "../../src/http/parse-rank-body.ts";
import { readRankRequest } from "../../src/http/read-rank-request.ts";
import { ServingProblem } from "../../src/serving-problem.ts";
import { rankBody } from "../helpers/rank-bodies.ts";

/** What a body's text comes to, by way of the bytes or of `JSON.parse` alone. */
function outcome(parse: () => unknown): unknown {
  try {
    return readRankRequest(parse());
  } catch (error) {
    if (error instanceof SyntaxError) return "no JSON";
    if (error instanceof ServingProblem) return error.body;
    throw error;
  }
}

function expectSame(text: string): void {
  expect(outcome(() => parseRankBody(Buffer.from(text)))).toEqual(outcome((): unknown => JSON.parse(text)));
}

const digits = (most: number) =>
  fc.array(fc.nat(9), { minLength: 1, maxLength: most }).map((list) => list.join(""));

/** Numbers as JSON may write them, and some texts that are none. */
const numberText = fc.oneof(
  { weight: 6, arbitrary: fc.double({ noNaN: true, noDefaultInfinity: true }).map(String) },
  { weight: 6, arbitrary: fc.float({ noNaN: true, noDefaultInfinity: true }).map(String) },
  { weight: 6, arbitrary: fc.double({ min: -10, max: 10, noNaN: true }).map(String) },
  {
    weight: 6,
    arbitrary: fc
      .tuple(fc.boolean(), fc.nat(2000), digits(24))
      .map(([negative, whole, fraction]) => `${negative ? "-" : ""}${whole}.${fraction}`),
  },
  { weight: 2, arbitrary: digits(45).map((text) => text.replace(/^0+(?=\d)/, "")) },
  {
    weight: 2,
    arbitrary: fc.tuple(digits(6), fc.integer({ min: -50, max: 45 })).map(([m, e]) => `0.${m}e${e}`),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      "01",
      "1.",
      ".5",
      "-",
      "+1",
      "1e",
      "1e+",
      "NaN",
      "null",
      '"1"',
      "0x1",
      "1 2",
      "",
      "-0",
      "-0.0",
      "1E5",
      "[1]",
      "3.4028234663852886e38",
      "3.4028235677973366e38",
      "340282346638528870000000000000000000000",
    ),
  },
);

test("rows read from the bytes are the float32 numbers of JSON.parse, and what it refuses is refused alike", () => {
  let scanned = 0;
  fc.assert(
    fc.property(
      fc.array(numberText, { minLength: 1, maxLength: 12 }),
      fc.integer({ min: 1, max: 4 }),
      fc.constantFrom(",", ", ", " ,"),
      fc.constantFrom("", " "),
      (numbers, width, comma, space) => {
        const rows: string[] = [];
        for (let at = 0; at < numbers.length; at += width)
          rows.push(`[${numbers.slice(at, at + width).join(comma)}]`);
        const { candidates, ...body } = rankBody(1, rows.length);
        const names = candidates.features.slice(0, width);
        const text = JSON.stringify({
          ...body,
          candidates: { ...candidates, features: names, rows: "ROWS" },
        });
        const whole = text.replace('"rows":"ROWS"', `"rows":${space}[${rows.join(comma)}]`);
        expectSame(whole);
        try {
          const parsed = parseRankBody(Buffer.from(whole));
          if (JSON.stringify(parsed).includes('"width"')) scanned++;
        } catch {
          // No JSON: both ways said so.
        }
      },
    ),
    { numRuns: 5000, seed: 11 },
  );
  expect(scanned).toBeGreaterThan(500);
});

test("numbers on the very border between two float32 fall where JSON.parse lets them fall", () => {
  const texts: string[] = [];
  for (let i = 0; i < 400; i++) {
    const low = Math.fround(1 + i * 1.1920928955078125e-7);
    const border = (low + Math.fround(low + 1.1920928955078125e-7)) / 2;
    const text = border.toFixed(24);
    texts.push(text, `${text}1`, text.slice(0, 19), `${border}`, `${border}0000001`);
  }
  const rows = texts.map((text) => `[${text}]`).join(",");
  const ids = JSON.stringify(texts.map((_, i) => `i${i}`));
  const text = `{"unit_id":"u","context":[],"candidates":{"features":["x"],"item_ids":${ids},"rows":[${rows}]}}`;
  expectSame(text);
  expect(parseRankBody(Buffer.from(text))).toMatchObject({ candidates: { rows: expect.any(NumberRows) } });
});

test("rows that stand elsewhere, twice or inside a text are not taken for the candidates'", () => {
  const body = rankBody(1, 2);
  const text = JSON.stringify(body);
  const rows = /"rows":\[\[.*?\]\]/.exec(text)![0];
  for (const odd of [
    text.replace('"candidates":{', `"candidates":{"rows":[[1]],`),
    text.replace(rows, `${rows},"rows":[[1,2,3,4],[1,2,3,4]]`),
    text.replace('"unit_id"', `"rows":[[1]],"unit_id"`),
    text.replace('"u1"', JSON.stringify('u"rows":[[1]]')),
    text.replace('"u1"', `"u"rows":[[1]]"`),
    text.replace(rows, '"rows":[]'),
    text.replace(rows, '"rows":[[],[]]'),
    text.replace(rows, '"rows":[[1,2,3,4],[1,2,3]]'),
    text.replace(rows, '"rows":[[1,2,3,4]]'),
    text.replace(rows, '"rows":[[1,2,3],[1,2,3]]'),
    text.replace(rows, '"rows":[[1,2,3,4],[1,2,3,4]'),
    text.replace(rows, '"rows":[[1,2,3,4],[1,2,3,4]]]'),
    text.replace(rows, '"rows":[[1,2,3,4],\n[1,2,3,4]]'),
    `{"unit_id":"é","rows":[[1]]}`,
    `[{"rows":[[1]]}]`,
    "null",
    text.slice(0, 200),
  ])
    expectSame(odd);
});

test("a body cut off anywhere is no JSON, and never read as something shorter", () => {
  const text = JSON.stringify(rankBody(1, 2));
  for (let length = 0; length < text.length; length++)
    expect(() => parseRankBody(Buffer.from(text.slice(0, length)))).toThrow(SyntaxError);
});
