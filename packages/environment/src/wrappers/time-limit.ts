import { copyObservationRow } from "../observation-buffers.ts";
import { packNested, unpackNested } from "../snapshot.ts";
import type { VectorEnvironment } from "../vector-environment.ts";

/**
 * Truncates an episode at `maximumEpisodeSteps` ticks of its row. A step that also terminates stays terminated.
 *
 * The buffers are those of `inner`, which belongs to the wrapper from now on.
 *
 * @throws RangeError when the limit is no whole number >= 1, or `inner` cannot reset one row
 */
export function timeLimit(inner: VectorEnvironment, maximumEpisodeSteps: number): VectorEnvironment {
  const { rowCount, terminated, truncated, observation, finalObservation } = inner;
  if (!Number.isSafeInteger(maximumEpisodeSteps) || maximumEpisodeSteps < 1)
    throw new RangeError(
      `timeLimit: maximumEpisodeSteps must be a whole number >= 1, got ${maximumEpisodeSteps}`,
    );
  if (inner.resetRow === undefined) throw new RangeError(`timeLimit: ${inner.id} has no resetRow`);
  const resetInner = inner.resetRow.bind(inner);
  const elapsed = new Uint32Array(rowCount);
  return {
    ...shared(inner),
    reset(options) {
      inner.reset(options);
      elapsed.fill(0);
    },
    step() {
      inner.step();
      for (let row = 0; row < rowCount; row++) {
        const steps = elapsed[row]! + 1;
        elapsed[row] = steps;
        if ((terminated[row]! | truncated[row]!) !== 0) elapsed[row] = 0;
        else if (steps >= maximumEpisodeSteps) {
          elapsed[row] = 0;
          truncated[row] = 1;
          copyObservationRow(finalObservation, observation, row, rowCount);
          resetInner(row);
        }
      }
    },
    resetRow(row) {
      elapsed[row] = 0;
      resetInner(row);
    },
    snapshot: () => packNested(inner.id, inner.snapshot(), [elapsed]),
    restore(snapshot) {
      inner.restore(unpackNested(inner.id, snapshot, [elapsed]));
    },
  };
}

/** The fields of an environment that a wrapper passes on as they are. */
export function shared(
  inner: VectorEnvironment,
): Omit<VectorEnvironment, "reset" | "step" | "resetRow" | "snapshot" | "restore"> {
  return {
    id: inner.id,
    observationSpace: inner.observationSpace,
    actionSpace: inner.actionSpace,
    rowCount: inner.rowCount,
    objectiveNames: inner.objectiveNames,
    costNames: inner.costNames,
    observation: inner.observation,
    active: inner.active,
    action: inner.action,
    reward: inner.reward,
    objectives: inner.objectives,
    costs: inner.costs,
    terminated: inner.terminated,
    truncated: inner.truncated,
    finalObservation: inner.finalObservation,
  };
}
