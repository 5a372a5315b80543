import { box, discrete } from "@longview/formats";
import * as z from "zod";
import { defineEnvironment } from "../registry.ts";
import { RowEnvironment, type RowBuffers } from "../row-environment.ts";
import type { ObservationBuffers } from "../vector-environment.ts";

const LOWEST = -1.2;
const HIGHEST = 0.6;
const SPEED_LIMIT = 0.07;
const GRAVITY = 0.0025;
const FORCE = 0.001; // of MountainCar
const GOAL = 0.5;
const POWER = 0.0015; // of MountainCarContinuous
const CONTINUOUS_GOAL = 0.45;

function clamp(x: number, low: number, high: number): number {
  return x < low ? low : x > high ? high : x;
}

/** Moves one car by a push; the left wall stops it. */
function move(state: Float64Array, row: number, push: number): void {
  const position = state[2 * row]!;
  const velocity = clamp(
    state[2 * row + 1]! + push - GRAVITY * Math.cos(3 * position),
    -SPEED_LIMIT,
    SPEED_LIMIT,
  );
  const next = clamp(position + velocity, LOWEST, HIGHEST);
  state[2 * row] = next;
  state[2 * row + 1] = next === LOWEST && velocity < 0 ? 0 : velocity;
}

function advanceDiscrete(buffers: RowBuffers, rowCount: number, goalVelocity: number): void {
  const { state, action, reward, terminated } = buffers;
  for (let row = 0; row < rowCount; row++) {
    move(state, row, (action[row]! - 1) * FORCE);
    terminated[row] = state[2 * row]! >= GOAL && state[2 * row + 1]! >= goalVelocity ? 1 : 0;
    reward[row] = -1;
  }
}

function advanceContinuous(buffers: RowBuffers, rowCount: number, goalVelocity: number): void {
  const { state, action, reward, terminated } = buffers;
  for (let row = 0; row < rowCount; row++) {
    const wanted = action[row]!;
    move(state, row, clamp(wanted, -1, 1) * POWER);
    const arrived = state[2 * row]! >= CONTINUOUS_GOAL && state[2 * row + 1]! >= goalVelocity;
    terminated[row] = arrived ? 1 : 0;
    // The effort of the action as given, not as clipped: so does Gymnasium.
    reward[row] = (arrived ? 100 : 0) - 0.1 * (wanted * wanted);
  }
}

function start(state: Float64Array, row: number, uniforms: Float64Array): void {
  state[2 * row] = -0.6 + 0.2 * uniforms[0]!;
  state[2 * row + 1] = 0;
}

function observe(state: Float64Array, buffers: ObservationBuffers, from: number, to: number): void {
  const observation = buffers["observation"]!;
  for (let i = 2 * from; i < 2 * to; i++) observation[i] = state[i]!;
}

const observationSpace = box({ low: [LOWEST, -SPEED_LIMIT], high: [HIGHEST, SPEED_LIMIT] });
const common = { observationSpace, stateSize: 2, startDraws: 2, start, observe };

/**
 * MountainCar-v0: rock an underpowered car (push −1, 0, 1) out of a valley to 0.5. Reward −1 a step, truncated at 200.
 *
 * @see Moore (1990); the dynamics and constants are Gymnasium's
 */
export const mountainCar = defineEnvironment({
  id: "MountainCar-v0",
  summary: "Rock a car out of a valley: 2 numbers seen, 3 actions, at most 200 steps",
  optionsSchema: z.strictObject({
    maximumEpisodeSteps: z.int().min(1).default(200),
    /** Least velocity at the goal. */
    goalVelocity: z.number().min(0).max(SPEED_LIMIT).default(0),
  }),
  make: ({ maximumEpisodeSteps, goalVelocity }, rowCount) =>
    new RowEnvironment(
      {
        ...common,
        id: "MountainCar-v0",
        actionSpace: discrete(3),
        maximumEpisodeSteps,
        advance: (buffers, rows) => advanceDiscrete(buffers, rows, goalVelocity),
      },
      rowCount,
    ),
});

/**
 * MountainCarContinuous-v0: the same valley with a push in [−1, 1] and the goal at 0.45. Reward 100 at the goal, minus
 * 0.1 · action² a step; truncated at 999 steps. The state stays in float64 (Gymnasium rounds it to float32 each step).
 */
export const mountainCarContinuous = defineEnvironment({
  id: "MountainCarContinuous-v0",
  summary:
    "Rock a car out of a valley with little effort: 2 numbers seen, one continuous action, at most 999 steps",
  optionsSchema: z.strictObject({
    maximumEpisodeSteps: z.int().min(1).default(999),
    /** Least velocity at the goal. */
    goalVelocity: z.number().min(0).max(SPEED_LIMIT).default(0),
  }),
  make: ({ maximumEpisodeSteps, goalVelocity }, rowCount) =>
    new RowEnvironment(
      {
        ...common,
        id: "MountainCarContinuous-v0",
        actionSpace: box({ low: -1, high: 1 }),
        maximumEpisodeSteps,
        advance: (buffers, rows) => advanceContinuous(buffers, rows, goalVelocity),
      },
      rowCount,
    ),
});
