import { describe, expect, test } from "vitest";
import { judgeLaunch, type LaunchBlock } from "../../src/index.ts";
import { banditBlock, contextOf, logOf, specOf } from "./made-up-launch.ts";

const common = { logging: [0.5, 0.3, 0.2], candidate: [0.2, 0.3, 0.5] };

/** Two worlds, one behind the other, as segments `large` and `small`. */
function twoSegments(
  large: readonly [rate: readonly number[], rows: number],
  small: readonly [rate: readonly number[], rows: number],
  seed: string,
): LaunchBlock {
  const [a, b] = [large, small].map(([clickRate, rows], at) =>
    banditBlock({ ...common, clickRate, rows, seed: `${seed} ${at}` }),
  );
  const joined = (one: Float64Array, other: Float64Array): Float64Array => Float64Array.of(...one, ...other);
  return {
    rowCount: a!.rowCount + b!.rowCount,
    rewards: [joined(a!.rewards[0]!, b!.rewards[0]!)],
    propensity: joined(a!.propensity, b!.propensity),
    candidate: joined(a!.candidate, b!.candidate),
    incumbent: undefined,
    action: Int32Array.of(...a!.action!, ...b!.action!),
    carried: {
      group: [...a!.rewards[0]!.map(() => 0), ...b!.rewards[0]!.map(() => 1)].map(
        (of) => ["large", "small"][of],
      ),
    },
  };
}

const judged = (block: LaunchBlock, confidence = 0.95) =>
  judgeLaunch(
    logOf(block, { actions: ["a", "b", "c"] }),
    contextOf(specOf({ segments: ["group"], confidence })),
  );

describe("a segment", () => {
  test("loses exactly where its own interval, at the corrected level, lies below 0", async () => {
    let losing = 0;
    for (let seed = 0; seed < 40; seed++) {
      const verdict = await judged(
        twoSegments([[0.1, 0.2, 0.4], 1000], [[0.3, 0.15, 0.12], 150], `agree ${seed}`),
      );
      for (const { lift, loses, adjustedPValue } of verdict.segments) {
        if (loses) losing++;
        const excluded = lift!.lower! > 0 || lift!.upper! < 0;
        if (loses) expect(lift!.upper!).toBeLessThan(0);
        // Corrected p-values are the larger ones: a small one has an interval beside 0.
        if (adjustedPValue! <= 0.05) expect(excluded).toBe(true);
        if (!excluded) expect(adjustedPValue!).toBeGreaterThan(0.05);
      }
    }
    expect(losing).toBeGreaterThan(5);
    expect(losing).toBeLessThan(40);
  });

  test("of few outcomes is not called losing by a p-value that its interval contradicts", async () => {
    // Nothing happened under the candidate's favourite: four clicks are no loss that is shown.
    const block = twoSegments([[0.1, 0.2, 0.4], 2000], [[0, 0, 0], 400], "few");
    const clicked = [...block.action!.keys()].filter((i) => i >= 2000 && block.action![i] === 0).slice(0, 5);
    for (const i of clicked) block.rewards[0]![i] = 1;
    const small = (await judged(block)).segments.find(({ value }) => value === "small")!;
    expect(small.lift!.value).toBeLessThan(0);
    expect(small.lift!.upper!).toBeGreaterThan(0);
    expect(small.loses).toBe(false);
    expect(small.adjustedPValue!).toBeGreaterThan(0.05);
  });

  test("has the level of the specification", async () => {
    const verdict = await judged(
      twoSegments([[0.1, 0.2, 0.4], 1000], [[0.3, 0.15, 0.1], 200], "level"),
      0.999,
    );
    for (const { loses, adjustedPValue } of verdict.segments)
      if (loses) expect(adjustedPValue!).toBeLessThanOrEqual(0.001);
  });
});
