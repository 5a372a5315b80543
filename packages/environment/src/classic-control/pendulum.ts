import { box } from "@longview/formats";
import * as z from "zod";
import { defineEnvironment } from "../registry.ts";
import { RowEnvironment, type RowBuffers } from "../row-environment.ts";
import type { ObservationBuffers } from "../vector-environment.ts";

const SPEED_LIMIT = 8; // rad/s
const TORQUE_LIMIT = 2; // N m
const TIME_STEP = 0.05; // s
const TURN = 2 * Math.PI;

function clamp(x: number, limit: number): number {
  return x < -limit ? -limit : x > limit ? limit : x;
}

/** The same angle in [−π, π). */
function centred(angle: number): number {
  const shifted = angle + Math.PI;
  return shifted - TURN * Math.floor(shifted / TURN) - Math.PI;
}

// Mass 1 kg and length 1 m.
function advance(buffers: RowBuffers, rowCount: number, gravity: number): void {
  const { state, action, reward, terminated } = buffers;
  for (let row = 0; row < rowCount; row++) {
    const i = 2 * row;
    const angle = state[i]!;
    const spin = state[i + 1]!;
    const torque = clamp(action[row]!, TORQUE_LIMIT);
    const off = centred(angle);
    reward[row] = -(off * off + 0.1 * (spin * spin) + 0.001 * (torque * torque));
    const next = clamp(spin + (1.5 * gravity * Math.sin(angle) + 3 * torque) * TIME_STEP, SPEED_LIMIT);
    state[i + 1] = next;
    state[i] = angle + next * TIME_STEP;
    terminated[row] = 0;
  }
}

function start(state: Float64Array, row: number, uniforms: Float64Array): void {
  state[2 * row] = Math.PI * (2 * uniforms[0]! - 1);
  state[2 * row + 1] = 2 * uniforms[1]! - 1;
}

function observe(state: Float64Array, buffers: ObservationBuffers, from: number, to: number): void {
  const observation = buffers["observation"]!;
  for (let row = from; row < to; row++) {
    observation[3 * row] = Math.cos(state[2 * row]!);
    observation[3 * row + 1] = Math.sin(state[2 * row]!);
    observation[3 * row + 2] = state[2 * row + 1]!;
  }
}

/**
 * Pendulum-v1: swing a pendulum up and hold it, with a torque in [−2, 2]. Reward −(angle² + 0.1 · speed² + 0.001 · torque²);
 * never terminates, truncated at 200 steps.
 *
 * @see the dynamics and constants are Gymnasium's (semi-implicit Euler, 0.05 s, gravity 10)
 */
export const pendulum = defineEnvironment({
  id: "Pendulum-v1",
  summary: "Swing a pendulum up and hold it: 3 numbers seen, one continuous torque, 200 steps",
  optionsSchema: z.strictObject({
    maximumEpisodeSteps: z.int().min(1).default(200),
    /** m/s². */
    gravity: z.number().min(0).default(10),
  }),
  make: ({ maximumEpisodeSteps, gravity }, rowCount) =>
    new RowEnvironment(
      {
        id: "Pendulum-v1",
        observationSpace: box({ low: [-1, -1, -SPEED_LIMIT], high: [1, 1, SPEED_LIMIT] }),
        actionSpace: box({ low: -TORQUE_LIMIT, high: TORQUE_LIMIT }),
        stateSize: 2,
        startDraws: 2,
        maximumEpisodeSteps,
        start,
        observe,
        advance: (buffers, rows) => advance(buffers, rows, gravity),
      },
      rowCount,
    ),
});
