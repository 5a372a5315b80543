import { foldIn, rootKey } from "@longview/statistics";
import { describe, expect, test } from "vitest";
import { drawLog, LOST_AT } from "../../../../benchmarks/gaps/log-world.ts";
import { buildAtlas, collectLogEvidence, type GapAtlas, type LoggedDecisions } from "../../src/gaps/index.ts";

async function atlasOf(log: LoggedDecisions): Promise<GapAtlas> {
  return buildAtlas((await collectLogEvidence(log)).evidence);
}

describe("what a log shows of its gaps", { timeout: 30_000 }, () => {
  test("the stage that loses a topic's good items is named first, for all segments and contexts", async () => {
    const { cells } = await atlasOf(drawLog(rootKey("log"), true));
    const stages = new Map<string, Map<string, number>>();
    for (const cell of cells.filter(({ found }) => found)) {
      const counts = stages.get(LOST_AT[cell.topic]!) ?? new Map<string, number>();
      const [named = ""] = cell.cause.stages;
      counts.set(named, (counts.get(named) ?? 0) + 1);
      stages.set(LOST_AT[cell.topic]!, counts);
    }
    for (const lost of ["eligibility", "ranking", "supply"])
      expect(Array.from(stages.get(lost) ?? [])).toEqual([[lost, 6]]);
    // Items that retrieval hides have few outcomes: whether they are any good is open, and no single cause is named.
    const hidden = cells.filter(({ topic, found }) => found && LOST_AT[topic] === "retrieval");
    expect(hidden.length).toBeGreaterThan(0);
    for (const { cause } of hidden)
      expect(cause).toMatchObject({ stages: ["supply", "retrieval"], clear: false });
  });

  test("luck of single items is no gap", async () => {
    for (let world = 0; world < 2; world++) {
      const { cells, untested } = await atlasOf(drawLog(foldIn(rootKey("lucky log"), world), false));
      expect(cells.filter(({ found }) => found)).toEqual([]);
      expect(cells.length + untested).toBe(30);
      expect(cells.length).toBeGreaterThan(24);
    }
  });

  test("the best item isn't valued by the outcomes that chose it: the mean loss of logs without gaps stays small", async () => {
    let loss = 0;
    let cells = 0;
    for (let world = 0; world < 8; world++) {
      const { evidence } = await collectLogEvidence(drawLog(foldIn(rootKey("lucky log"), world), false, 300));
      for (const { best, served } of buildAtlas(evidence, { minimumGroups: 2 }).cells) {
        loss += best - served;
        cells++;
      }
    }
    // 0.02 with a standard error of 0.015 over logs; choosing and valuing by the same users gives 0.07.
    expect(loss / cells).toBeLessThan(0.045);
  });

  test("without an item table, blocked items or a topic asked for, no single cause is named, and the limits say why", async () => {
    const log = drawLog(rootKey("log"), true);
    const { cells, limits } = await atlasOf({
      ...log,
      wholeCatalogue: false,
      blockedKnown: false,
      wantedKnown: false,
    });
    for (const { cause } of cells)
      if (cause.stages[0] !== "ranking") {
        expect(cause.stages).toEqual(["supply", "retrieval", "eligibility"]);
        expect(cause.clear).toBe(false);
      }
    expect(limits).toHaveLength(5);
    expect(limits.join(" ")).toMatch(
      /can't be told from one that nobody made.*doesn't say what users asked for/,
    );
  });

  test("the reference must be a share", async () => {
    await expect(collectLogEvidence(drawLog(rootKey("log"), true), { reference: 1 })).rejects.toThrow(
      "reference must be in (0, 1), got 1",
    );
  });
});
