import { box, discrete } from "@longview/formats";
import { RowEnvironment, type RowBuffers } from "../row-environment.ts";
import type { ObservationBuffers, VectorEnvironment } from "../vector-environment.ts";
import type { TabularMarkovDecisionProcess } from "./markov-decision-process.ts";

/** Options of {@link tabularEnvironment}. */
export interface TabularEnvironmentOptions {
  /** `name-vN`. */
  readonly id: string;
  readonly rowCount: number;
  /** The step that truncates. @defaultValue never */
  readonly maximumEpisodeSteps?: number;
}

/**
 * The index at which the running sum of `weights[offset …]` passes `uniforms[at]`; the last one with weight if rounding
 * never does. The uniform stays in its array: as an argument it would be boxed.
 */
function draw(
  weights: Float64Array,
  offset: number,
  size: number,
  uniforms: Float64Array,
  at: number,
): number {
  const u = uniforms[at]!;
  let sum = 0;
  let last = 0;
  for (let i = 0; i < size; i++) {
    const weight = weights[offset + i]!;
    if (weight > 0) {
      sum += weight;
      last = i;
      if (u < sum) return i;
    }
  }
  return last;
}

/**
 * A tabular process as an environment: the observation is the state, one-hot in a Box `[stateCount]`; the reward and the
 * named costs are the expected ones of the table.
 */
export function tabularEnvironment(
  process: TabularMarkovDecisionProcess,
  options: TabularEnvironmentOptions,
): VectorEnvironment {
  const { stateCount, actionCount, transition, reward, terminal, startDistribution, costNames } = process;
  const { maximumEpisodeSteps } = options;
  const costTables = costNames.map((name) => process.costs[name]!);
  const costCount = costNames.length;
  return new RowEnvironment(
    {
      id: options.id,
      observationSpace: box({ low: 0, high: 1, shape: [stateCount] }),
      actionSpace: discrete(actionCount),
      costNames,
      stateSize: 1,
      startDraws: 2,
      stepDraws: 1,
      ...(maximumEpisodeSteps !== undefined && { maximumEpisodeSteps }),
      start(state, row, uniforms) {
        state[row] = draw(startDistribution, 0, stateCount, uniforms, 0);
      },
      advance(buffers: RowBuffers, rowCount: number) {
        for (let row = 0; row < rowCount; row++) {
          const i = buffers.state[row]! * actionCount + buffers.action[row]!;
          buffers.reward[row] = reward[i]!;
          for (let cost = 0; cost < costCount; cost++)
            buffers.costs[row * costCount + cost] = costTables[cost]![i]!;
          const next = draw(transition, i * stateCount, stateCount, buffers.uniforms, row);
          buffers.state[row] = next;
          buffers.terminated[row] = terminal[next]!;
        }
      },
      observe(state: Float64Array, buffers: ObservationBuffers, from: number, to: number) {
        const observation = buffers["observation"]!;
        observation.fill(0, from * stateCount, to * stateCount);
        for (let row = from; row < to; row++) observation[row * stateCount + state[row]!] = 1;
      },
    },
    options.rowCount,
  );
}
