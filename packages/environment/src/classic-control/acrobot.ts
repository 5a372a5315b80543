import { box, discrete } from "@longview/formats";
import * as z from "zod";
import { defineEnvironment } from "../registry.ts";
import { RowEnvironment, type RowBuffers } from "../row-environment.ts";
import type { ObservationBuffers } from "../vector-environment.ts";

// Both links: mass 1 kg, length 1 m, centre of mass at 0.5 m, moment of inertia 1 kg m².
const CENTRE = 0.5;
const GRAVITY = 9.8;
const TIME_STEP = 0.2;
const SPEED_LIMIT_1 = 4 * Math.PI;
const SPEED_LIMIT_2 = 9 * Math.PI;

/** What one stage reads (angles, speeds, torque, Coriolis flag) and writes (two accelerations); numbers in an array are not boxed. */
const stage = new Float64Array(8);

/** Writes `stage[6]` and `stage[7]` from the rest. The flag is 1 for the book, 0 for the paper. */
function accelerate(): void {
  const a1 = stage[0]!;
  const a2 = stage[1]!;
  const v1 = stage[2]!;
  const v2 = stage[3]!;
  const torque = stage[4]!;
  const coriolis = stage[5]!;
  const cosine = Math.cos(a2);
  const sine = Math.sin(a2);
  const d1 = CENTRE * CENTRE + (1 + CENTRE * CENTRE + 2 * CENTRE * cosine) + 2;
  const d2 = CENTRE * CENTRE + CENTRE * cosine + 1;
  const phi2 = CENTRE * GRAVITY * Math.cos(a1 + a2 - Math.PI / 2);
  const phi1 =
    -CENTRE * (v2 * v2) * sine -
    2 * CENTRE * v2 * v1 * sine +
    (CENTRE + 1) * GRAVITY * Math.cos(a1 - Math.PI / 2) +
    phi2;
  const second =
    (torque + (d2 / d1) * phi1 - coriolis * (CENTRE * (v1 * v1) * sine) - phi2) /
    (CENTRE * CENTRE + 1 - (d2 * d2) / d1);
  stage[6] = -(d2 * second + phi1) / d1;
  stage[7] = second;
}

function wrap(angle: number): number {
  let x = angle;
  while (x > Math.PI) x -= 2 * Math.PI;
  while (x < -Math.PI) x += 2 * Math.PI;
  return x;
}

function clamp(x: number, limit: number): number {
  return x < -limit ? -limit : x > limit ? limit : x;
}

function advance(buffers: RowBuffers, rowCount: number, coriolis: number): void {
  const { state, action, reward, terminated } = buffers;
  const half = TIME_STEP / 2;
  const sixth = TIME_STEP / 6;
  stage[5] = coriolis;
  for (let row = 0; row < rowCount; row++) {
    const i = 4 * row;
    const torque = action[row]! - 1;
    const a1 = state[i]!;
    const a2 = state[i + 1]!;
    const v1 = state[i + 2]!;
    const v2 = state[i + 3]!;
    stage[4] = torque;
    // Classical Runge–Kutta of order 4, one step: k·v are the slopes of the angles, k·w those of the speeds.
    stage[0] = a1;
    stage[1] = a2;
    stage[2] = v1;
    stage[3] = v2;
    accelerate();
    const k1w1 = stage[6]!;
    const k1w2 = stage[7]!;
    const k2v1 = v1 + half * k1w1;
    const k2v2 = v2 + half * k1w2;
    stage[0] = a1 + half * v1;
    stage[1] = a2 + half * v2;
    stage[2] = k2v1;
    stage[3] = k2v2;
    accelerate();
    const k2w1 = stage[6]!;
    const k2w2 = stage[7]!;
    const k3v1 = v1 + half * k2w1;
    const k3v2 = v2 + half * k2w2;
    stage[0] = a1 + half * k2v1;
    stage[1] = a2 + half * k2v2;
    stage[2] = k3v1;
    stage[3] = k3v2;
    accelerate();
    const k3w1 = stage[6]!;
    const k3w2 = stage[7]!;
    const k4v1 = v1 + TIME_STEP * k3w1;
    const k4v2 = v2 + TIME_STEP * k3w2;
    stage[0] = a1 + TIME_STEP * k3v1;
    stage[1] = a2 + TIME_STEP * k3v2;
    stage[2] = k4v1;
    stage[3] = k4v2;
    accelerate();
    const n1 = wrap(a1 + sixth * (v1 + 2 * k2v1 + 2 * k3v1 + k4v1));
    const n2 = wrap(a2 + sixth * (v2 + 2 * k2v2 + 2 * k3v2 + k4v2));
    state[i] = n1;
    state[i + 1] = n2;
    state[i + 2] = clamp(v1 + sixth * (k1w1 + 2 * k2w1 + 2 * k3w1 + stage[6]!), SPEED_LIMIT_1);
    state[i + 3] = clamp(v2 + sixth * (k1w2 + 2 * k2w2 + 2 * k3w2 + stage[7]!), SPEED_LIMIT_2);
    const up = -Math.cos(n1) - Math.cos(n2 + n1) > 1;
    terminated[row] = up ? 1 : 0;
    reward[row] = up ? 0 : -1;
  }
}

function start(state: Float64Array, row: number, uniforms: Float64Array): void {
  for (let j = 0; j < 4; j++) state[4 * row + j] = -0.1 + 0.2 * uniforms[j]!;
}

function observe(state: Float64Array, buffers: ObservationBuffers, from: number, to: number): void {
  const observation = buffers["observation"]!;
  for (let row = from; row < to; row++) {
    const i = 4 * row;
    const o = 6 * row;
    observation[o] = Math.cos(state[i]!);
    observation[o + 1] = Math.sin(state[i]!);
    observation[o + 2] = Math.cos(state[i + 1]!);
    observation[o + 3] = Math.sin(state[i + 1]!);
    observation[o + 4] = state[i + 2]!;
    observation[o + 5] = state[i + 3]!;
  }
}

/**
 * Acrobot-v1: swing the tip of two links above one link's length by a torque (−1, 0, 1) at their joint. Reward −1 a step,
 * 0 at the goal; truncated at 500 steps.
 *
 * @see Sutton (1996); the dynamics and constants are Gymnasium's (Runge–Kutta of order 4, 0.2 s)
 */
export const acrobot = defineEnvironment({
  id: "Acrobot-v1",
  summary: "Swing up a two-link pendulum: 6 numbers seen, 3 torques, at most 500 steps",
  optionsSchema: z.strictObject({
    maximumEpisodeSteps: z.int().min(1).default(500),
    /** "book" has the Coriolis term that the equations printed in the 1996 paper lack. */
    bookOrNips: z.enum(["book", "nips"]).default("book"),
  }),
  make: ({ maximumEpisodeSteps, bookOrNips }, rowCount) => {
    const coriolis = bookOrNips === "book" ? 1 : 0;
    const high = [1, 1, 1, 1, SPEED_LIMIT_1, SPEED_LIMIT_2];
    return new RowEnvironment(
      {
        id: "Acrobot-v1",
        observationSpace: box({ low: high.map((bound) => -bound), high }),
        actionSpace: discrete(3),
        stateSize: 4,
        startDraws: 4,
        maximumEpisodeSteps,
        start,
        observe,
        advance: (buffers, rows) => advance(buffers, rows, coriolis),
      },
      rowCount,
    );
  },
});
