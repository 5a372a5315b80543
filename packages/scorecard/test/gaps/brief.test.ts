import { expect, test } from "vitest";
import {
  briefText,
  buildAtlas,
  collectEvidence,
  COALITIONS,
  gapBriefs,
  levelCoalitionsInto,
  missingTraits,
  type CatalogueItem,
  type GapAtlas,
  type NeedRecord,
} from "../../src/gaps/index.ts";

/** Cooking lacks good items; music lacks nothing. */
async function atlas(): Promise<GapAtlas> {
  const evidence = await collectEvidence({
    axes: { topics: ["music", "cooking"], segments: ["newcomers"], contexts: ["in the evening"] },
    weeks: 2,
    *records(): Generator<NeedRecord> {
      const utilities = new Float64Array(2 * COALITIONS);
      for (let user = 0; user < 400; user++) {
        const served = 0.2 + 0.05 * (user % 3);
        levelCoalitionsInto(utilities, 0, {
          makeable: 0.8,
          catalogue: 0.8,
          retrieved: 0.8,
          eligible: 0.8,
          served: 0.8,
        });
        levelCoalitionsInto(utilities, COALITIONS, {
          makeable: 0.9,
          catalogue: served + 0.1,
          retrieved: served,
          eligible: served,
          served,
        });
        yield { unit: user, segment: 0, context: 0, demand: [0.5, 0.5], utilities };
      }
    },
  });
  return buildAtlas(evidence, { margin: 0.05 });
}

/** Short music does well; cooking is long. */
const catalogue: CatalogueItem[] = Array.from({ length: 60 }, (_, k) => ({
  id: `item ${k}`,
  topic: k % 2,
  creator: `creator ${k % 7}`,
  utility: () => (k % 2 === 0 ? 0.8 : 0.2) + k / 1000,
  attributes: { lengthSeconds: k % 2 === 0 ? 40 + (k % 5) : 300 + (k % 5), ageDays: k % 9 },
}));

test("a brief says who wants what, how much is lost, why, who acts, and what is there", async () => {
  const briefs = gapBriefs(await atlas(), { catalogue });
  expect(briefs).toHaveLength(1);
  const [brief] = briefs;
  expect(brief).toMatchObject({
    rank: 1,
    topic: "cooking",
    segment: "newcomers",
    context: "in the evening",
    cause: "not made",
    causeClear: true,
    owners: ["creator team"],
    missing: [{ attribute: "lengthSeconds", has: 302 }],
    existing: [{ id: "item 59" }, { id: "item 57" }, { id: "item 55" }],
  });
  // 100 decisions a week, of each of which 0.9 − 0.35 is lost for want of an item.
  expect(brief!.demandPerWeek.value).toBeCloseTo(100, 9);
  expect(brief!.oneMoreItemPerWeek).toBeCloseTo(100 * (0.9 - 0.25 - 0.1), 0);
  const text = briefText(brief!);
  expect(text).toContain("# 1. cooking for newcomers, in the evening");
  expect(text).toContain("Cause: not made. Owner: creator team.");
  expect(text).toContain(
    "lengthSeconds: what does well for them has 42.5 (median), the topic's items have 302.",
  );
  expect(text).toContain("Commission an item");
});

test("without a catalogue a brief speaks of no items, and a brief is no longer than asked", async () => {
  const built = await atlas();
  expect(gapBriefs(built)[0]).toMatchObject({ missing: [], existing: [] });
  expect(gapBriefs(built, { count: 0 })).toEqual([]);
});

test("an attribute in which the topic is like the best is not missing", () => {
  const alike = catalogue.map((item) => ({ ...item, attributes: { lengthSeconds: 60 } }));
  expect(missingTraits(alike, { topic: 1, segment: 0, context: 0 })).toEqual([]);
  expect(missingTraits(catalogue.slice(0, 6), { topic: 1, segment: 0, context: 0 })).toEqual([]);
});
