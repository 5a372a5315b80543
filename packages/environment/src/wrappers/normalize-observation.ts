import { box, type Space } from "@longview/formats";
import { RunningMoments } from "@longview/statistics";
import { packNested, unpackNested } from "../snapshot.ts";
import type { ObservationBuffers, VectorEnvironment } from "../vector-environment.ts";
import { shared } from "./time-limit.ts";

/** Options of {@link normalizeObservation} and {@link normalizeReward}. */
export interface NormalizeOptions {
  /** Added to the variance. @defaultValue 1e-8 */
  readonly epsilon?: number;
  /** Results are clipped to ± this. @defaultValue Infinity */
  readonly clip?: number;
}

/** An environment with running statistics that can be frozen (for evaluation), merged and read. */
export interface NormalizedEnvironment extends VectorEnvironment {
  /** The statistics; part of the snapshot. Merge those of other workers into it, in a fixed order. */
  readonly moments: RunningMoments;
  /** Whether the statistics still learn; part of the snapshot. Starts true. */
  updating: boolean;
}

/** Gymnasium's starting statistics: mean 0, variance 1, as if 1e-4 vectors had been seen. */
export function startingMoments(width: number): RunningMoments {
  const moments = new RunningMoments(width);
  const state = moments.snapshot();
  state[0] = 1e-4;
  state.fill(1e-4, 1 + width);
  moments.restore(state);
  return moments;
}

/** Checks the options shared by both normalisers. */
export function checkedNormalizeOptions(
  where: string,
  options: NormalizeOptions,
): Required<NormalizeOptions> {
  const { epsilon = 1e-8, clip = Infinity } = options;
  if (!(epsilon > 0)) throw new RangeError(`${where}: epsilon must be > 0, got ${epsilon}`);
  if (!(clip > 0)) throw new RangeError(`${where}: clip must be > 0, got ${clip}`);
  return { epsilon, clip };
}

/** Names of the float boxes that are normalised: all of them; bits and masks stay as they are. */
function floatEntries(space: Space): [string, number][] {
  const entries: [string, Space][] =
    space.kind === "dict" ? Object.entries(space.entries) : [["observation", space]];
  return entries.flatMap(([name, part]) =>
    part.kind === "box" && part.dataType !== "uint8" ? [[name, part.low.length] as [string, number]] : [],
  );
}

function unbounded(space: Space, clip: number): Space {
  if (space.kind === "box" && space.dataType !== "uint8")
    return box({ low: -clip, high: clip, shape: space.shape });
  if (space.kind !== "dict") return space;
  return {
    kind: "dict",
    entries: Object.fromEntries(
      Object.entries(space.entries).map(([name, part]) => [name, unbounded(part, clip)]),
    ),
  };
}

/**
 * Scales each element of a float observation by its running mean and variance:
 * `(observation − mean) / √(variance + epsilon)`, clipped. The statistics take in each reset and step before they are used;
 * final observations are scaled and not taken in. The elements of a Dict's float boxes share one statistics object, in
 * order; masks and bits pass as they are.
 *
 * @throws RangeError when the observation has no float box, or an option is out of range
 * @see Gymnasium, NormalizeObservation
 */
export function normalizeObservation(
  inner: VectorEnvironment,
  options: NormalizeOptions = {},
): NormalizedEnvironment {
  const { epsilon, clip } = checkedNormalizeOptions("normalizeObservation", options);
  const { rowCount, active, terminated, truncated } = inner;
  const parts = floatEntries(inner.observationSpace);
  if (parts.length === 0)
    throw new RangeError(`normalizeObservation: ${inner.id} has no float box to observe`);
  const width = parts.reduce((sum, [, size]) => sum + size, 0);
  const moments = startingMoments(width);
  const rows = new Float64Array(rowCount * width);
  const flags = new Uint8Array(1).fill(1);

  const own = (buffers: ObservationBuffers): ObservationBuffers =>
    Object.fromEntries(
      Object.entries(buffers).map(([name, buffer]) => [
        name,
        parts.some(([part]) => part === name) ? new Float32Array(buffer.length) : buffer,
      ]),
    );
  const observation = own(inner.observation);
  const finalObservation = own(inner.finalObservation);

  const gather = (): void => {
    let offset = 0;
    for (const [name, size] of parts) {
      const buffer = inner.observation[name]!;
      for (let row = 0; row < rowCount; row++)
        for (let i = 0; i < size; i++) rows[row * width + offset + i] = buffer[row * size + i]!;
      offset += size;
    }
  };
  const scale = (to: ObservationBuffers, from: ObservationBuffers, endedOnly: boolean): void => {
    let offset = 0;
    for (const [name, size] of parts) {
      const source = from[name]!;
      const target = to[name]!;
      for (let i = 0; i < size; i++) {
        const mean = moments.mean[offset + i]!;
        const deviation = Math.sqrt(moments.variance(offset + i) + epsilon);
        for (let row = 0; row < rowCount; row++) {
          if (endedOnly && (terminated[row]! | truncated[row]!) === 0) continue;
          const value = (source[row * size + i]! - mean) / deviation;
          target[row * size + i] = value < -clip ? -clip : value > clip ? clip : value;
        }
      }
      offset += size;
    }
  };
  const refresh = (): void => {
    if (flags[0] === 1) {
      gather();
      moments.update(rows, rowCount, active);
    }
    scale(observation, inner.observation, false);
  };

  const state = (): Float64Array => moments.snapshot();
  const ownBuffers = parts.flatMap(([name]) => [observation[name]!, finalObservation[name]!]);
  return {
    ...shared(inner),
    observationSpace: unbounded(inner.observationSpace, clip),
    observation,
    finalObservation,
    moments,
    get updating() {
      return flags[0] === 1;
    },
    set updating(value: boolean) {
      flags[0] = value ? 1 : 0;
    },
    reset(resetOptions) {
      inner.reset(resetOptions);
      refresh();
    },
    step() {
      inner.step();
      refresh();
      scale(finalObservation, inner.finalObservation, true);
    },
    ...(inner.resetRow !== undefined && {
      resetRow(row: number) {
        inner.resetRow?.(row);
        scale(observation, inner.observation, false);
      },
    }),
    snapshot: () => packNested(inner.id, inner.snapshot(), [flags, state(), ...ownBuffers]),
    restore(snapshot) {
      const statistics = state();
      inner.restore(unpackNested(inner.id, snapshot, [flags, statistics, ...ownBuffers]));
      moments.restore(statistics);
    },
  };
}
