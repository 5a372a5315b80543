import { box, discrete } from "@longview/formats";
import * as z from "zod";
import { defineEnvironment, type EnvironmentDefinition } from "../registry.ts";
import { RowEnvironment, type RowBuffers } from "../row-environment.ts";
import type { ObservationBuffers } from "../vector-environment.ts";

/** Rows and columns of the sea. */
const SIZE = 11;
/** Row of the sea bed's treasure in each column; below it is rock. The last column has none, and is open to the bottom. */
const DEPTHS = [1, 2, 3, 4, 4, 4, 7, 7, 9, 10] as const;

/** Treasures by column, west to east. */
const DEEP_SEA_TREASURES = {
  /** Yang et al. (2019): all but one of the front's points lie on its convex hull's corners. */
  convex: [0.7, 8.2, 11.5, 14, 15.1, 16.1, 19.6, 20.3, 22.4, 23.7],
  /** Vamplew et al. (2011): the front is concave, so weighted sums find its two ends alone. */
  concave: [1, 2, 3, 5, 8, 16, 24, 50, 74, 124],
} as const;

/** Which treasures lie on the sea bed. */
export type DeepSeaMap = keyof typeof DEEP_SEA_TREASURES;

/**
 * The exact front of Deep Sea Treasure: for each treasure, its return and that of time on a shortest way to it,
 * `[γ^(steps − 1) · treasure, −(1 − γ^steps) / (1 − γ)]` with steps = row + column; undiscounted `[treasure, −steps]`.
 *
 * @param discountFactor - γ in (0, 1]
 */
export function deepSeaTreasureFront(
  map: DeepSeaMap,
  discountFactor = 1,
): readonly (readonly [treasure: number, time: number])[] {
  if (!(discountFactor > 0 && discountFactor <= 1))
    throw new RangeError(`deepSeaTreasureFront: discountFactor must be in (0, 1], got ${discountFactor}`);
  return DEEP_SEA_TREASURES[map].map((treasure, column) => {
    const steps = DEPTHS[column]! + column;
    const time = discountFactor === 1 ? steps : (1 - discountFactor ** steps) / (1 - discountFactor);
    return [discountFactor ** (steps - 1) * treasure, -time] as const;
  });
}

/** Treasure of each cell, row-major; −1 for rock. */
function seaMap(treasures: readonly number[]): Float64Array {
  return Float64Array.from({ length: SIZE * SIZE }, (_, cell) => {
    const row = Math.floor(cell / SIZE);
    const column = cell % SIZE;
    const depth = DEPTHS[column] ?? SIZE;
    return row < depth ? 0 : row === depth ? treasures[column]! : -1;
  });
}

function deepSeaTreasure(
  map: DeepSeaMap,
  summary: string,
): EnvironmentDefinition<{ maximumEpisodeSteps: number; observation: "coordinates" | "cell" }> {
  const id = `deep-sea-treasure-${map}-v0`;
  const sea = seaMap(DEEP_SEA_TREASURES[map]);
  return defineEnvironment({
    id,
    summary,
    optionsSchema: z.strictObject({
      maximumEpisodeSteps: z.int().min(1).default(100),
      /** `coordinates`: row and column as shares of 10. `cell`: which of the 121 cells, one-hot. */
      observation: z.enum(["coordinates", "cell"]).default("coordinates"),
    }),
    make: ({ maximumEpisodeSteps, observation }, rowCount) =>
      new RowEnvironment(
        {
          id,
          observationSpace: box({
            low: 0,
            high: 1,
            shape: [observation === "coordinates" ? 2 : SIZE * SIZE],
          }),
          actionSpace: discrete(4),
          objectiveNames: ["treasure", "time"],
          stateSize: 1,
          startDraws: 0,
          maximumEpisodeSteps,
          start(state, row) {
            state[row] = 0;
          },
          advance: (buffers, rows) => advance(buffers, rows, sea),
          observe: observation === "coordinates" ? observeCoordinates : observeCell,
        },
        rowCount,
      ),
  });
}

function advance(buffers: RowBuffers, rowCount: number, sea: Float64Array): void {
  const { state, action, reward, objectives, terminated } = buffers;
  for (let i = 0; i < rowCount; i++) {
    const cell = state[i]!;
    const row = Math.floor(cell / SIZE);
    const column = cell - row * SIZE;
    const move = action[i]!;
    const nextRow = row + (move === 0 ? -1 : move === 1 ? 1 : 0);
    const nextColumn = column + (move === 2 ? -1 : move === 3 ? 1 : 0);
    const inside = nextRow >= 0 && nextRow < SIZE && nextColumn >= 0 && nextColumn < SIZE;
    const wanted = inside ? nextRow * SIZE + nextColumn : cell;
    const next = sea[wanted]! < 0 ? cell : wanted;
    const treasure = sea[next]!;
    state[i] = next;
    objectives[2 * i] = treasure;
    objectives[2 * i + 1] = -1;
    reward[i] = treasure - 1;
    terminated[i] = treasure > 0 ? 1 : 0;
  }
}

function observeCoordinates(
  state: Float64Array,
  buffers: ObservationBuffers,
  from: number,
  to: number,
): void {
  const observation = buffers["observation"]!;
  for (let i = from; i < to; i++) {
    const row = Math.floor(state[i]! / SIZE);
    observation[2 * i] = row / (SIZE - 1);
    observation[2 * i + 1] = (state[i]! - row * SIZE) / (SIZE - 1);
  }
}

function observeCell(state: Float64Array, buffers: ObservationBuffers, from: number, to: number): void {
  const observation = buffers["observation"]!;
  observation.fill(0, from * SIZE * SIZE, to * SIZE * SIZE);
  for (let i = from; i < to; i++) observation[i * SIZE * SIZE + state[i]!] = 1;
}

/**
 * `deep-sea-treasure-convex-v0`: a submarine starts top left (actions up, down, left, right; rock and edges hold it) and dives for
 * one of ten treasures, which ends the episode; farther ones are larger. Objectives `treasure` and `time` (−1 a step); the reward
 * is their sum. Truncated at 100 steps.
 *
 * @see Vamplew et al. (2011), "Empirical evaluation methods for multiobjective reinforcement learning algorithms"; the maps are
 * MO-Gymnasium's
 */
export const deepSeaTreasureConvex = deepSeaTreasure(
  "convex",
  "Dive for one of ten treasures, of which weighted sums of treasure and time find nine",
);

/** `deep-sea-treasure-concave-v0`: the same sea with treasures whose front is concave; see {@link deepSeaTreasureConvex}. */
export const deepSeaTreasureConcave = deepSeaTreasure(
  "concave",
  "Dive for one of ten treasures, of which weighted sums of treasure and time find two",
);
