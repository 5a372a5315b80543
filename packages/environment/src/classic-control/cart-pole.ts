import { box, discrete } from "@longview/formats";
import * as z from "zod";
import { defineEnvironment } from "../registry.ts";
import { RowEnvironment, type RowBuffers } from "../row-environment.ts";
import type { ObservationBuffers } from "../vector-environment.ts";

const GRAVITY = 9.8; // m/s²
const POLE_MASS = 0.1; // kg
const TOTAL_MASS = POLE_MASS + 1; // kg
const HALF_LENGTH = 0.5; // m
const POLE_MOMENT = POLE_MASS * HALF_LENGTH;
const FORCE = 10; // N
const TIME_STEP = 0.02; // s
const ANGLE_LIMIT = (12 * 2 * Math.PI) / 360;
const POSITION_LIMIT = 2.4;

function advance(buffers: RowBuffers, rowCount: number, standing: number, fallen: number): void {
  const { state, action, reward, terminated } = buffers;
  for (let row = 0; row < rowCount; row++) {
    const i = 4 * row;
    const velocity = state[i + 1]!;
    const angle = state[i + 2]!;
    const spin = state[i + 3]!;
    const force = action[row] === 1 ? FORCE : -FORCE;
    const cosine = Math.cos(angle);
    const sine = Math.sin(angle);
    const push = (force + POLE_MOMENT * (spin * spin) * sine) / TOTAL_MASS;
    const spinRate =
      (GRAVITY * sine - cosine * push) /
      (HALF_LENGTH * (4 / 3 - (POLE_MASS * (cosine * cosine)) / TOTAL_MASS));
    const acceleration = push - (POLE_MOMENT * spinRate * cosine) / TOTAL_MASS;
    const nextPosition = state[i]! + TIME_STEP * velocity;
    const nextAngle = angle + TIME_STEP * spin;
    state[i] = nextPosition;
    state[i + 1] = velocity + TIME_STEP * acceleration;
    state[i + 2] = nextAngle;
    state[i + 3] = spin + TIME_STEP * spinRate;
    const down =
      nextPosition < -POSITION_LIMIT ||
      nextPosition > POSITION_LIMIT ||
      nextAngle < -ANGLE_LIMIT ||
      nextAngle > ANGLE_LIMIT;
    terminated[row] = down ? 1 : 0;
    reward[row] = down ? fallen : standing;
  }
}

function start(state: Float64Array, row: number, uniforms: Float64Array): void {
  for (let j = 0; j < 4; j++) state[4 * row + j] = -0.05 + 0.1 * uniforms[j]!;
}

function observe(state: Float64Array, buffers: ObservationBuffers, from: number, to: number): void {
  const observation = buffers["observation"]!;
  for (let i = 4 * from; i < 4 * to; i++) observation[i] = state[i]!;
}

/**
 * CartPole-v1: keep a pole upright on a cart. Action 0 pushes left, 1 right; reward 1 a step, the falling one too;
 * ends beyond ±2.4 m or ±12°, truncated at 500 steps.
 *
 * @see Barto, Sutton & Anderson (1983); the dynamics and constants are Gymnasium's (explicit Euler)
 */
export const cartPole = defineEnvironment({
  id: "CartPole-v1",
  summary: "Balance a pole on a cart: 4 numbers seen, 2 actions, at most 500 steps",
  optionsSchema: z.strictObject({
    maximumEpisodeSteps: z.int().min(1).default(500),
    /** Sutton and Barto's reward: 0 a step and −1 for the fall. */
    suttonBartoReward: z.boolean().default(false),
  }),
  make: ({ maximumEpisodeSteps, suttonBartoReward }, rowCount) => {
    const standing = suttonBartoReward ? 0 : 1;
    const fallen = suttonBartoReward ? -1 : 1;
    const high = [2 * POSITION_LIMIT, Infinity, 2 * ANGLE_LIMIT, Infinity];
    return new RowEnvironment(
      {
        id: "CartPole-v1",
        observationSpace: box({ low: high.map((bound) => -bound), high }),
        actionSpace: discrete(2),
        stateSize: 4,
        startDraws: 4,
        maximumEpisodeSteps,
        start,
        observe,
        advance: (buffers, rows) => advance(buffers, rows, standing, fallen),
      },
      rowCount,
    );
  },
});
