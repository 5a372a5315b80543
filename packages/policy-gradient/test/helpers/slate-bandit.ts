import {
  box,
  defineEnvironment,
  registerEnvironments,
  slate,
  type VectorEnvironment,
} from "@longview/environment";
import { foldIn, uniformsInto } from "@longview/statistics";
import { z } from "zod";

const TOPICS = 3;
const CANDIDATES = 6;
const SLOTS = 2;

/**
 * One decision an episode: the context names a topic, each candidate has one, some candidates are masked. The reward is
 * the share of the attainable matches that the slate makes: 1 only for a policy that crosses context with candidates.
 */
export function registerSlateBandit(): void {
  registerEnvironments([definition]);
}

const definition = defineEnvironment({
  id: "test/SlateBandit-v0",
  summary: "fill two slots with candidates of the context's topic",
  optionsSchema: z.strictObject({}),
  make: (_, rowCount) => slateBandit(rowCount),
});

function slateBandit(rows: number): VectorEnvironment {
  const clock = new Float64Array(3);
  const buffers = (): { context: Float32Array; candidates: Float32Array; mask: Uint8Array } => ({
    context: new Float32Array(rows * TOPICS),
    candidates: new Float32Array(rows * CANDIDATES * TOPICS),
    mask: new Uint8Array(rows * CANDIDATES),
  });
  const observation = buffers();
  const wanted = new Uint8Array(rows);
  const topics = new Uint8Array(rows * CANDIDATES);
  const action = new Int32Array(rows * SLOTS);
  const reward = new Float64Array(rows);
  const uniforms = new Float64Array(2 + 2 * CANDIDATES);
  const show = (): void => {
    const key = foldIn({ first: clock[1]!, second: clock[2]! }, clock[0]!);
    observation.context.fill(0);
    observation.candidates.fill(0);
    for (let row = 0; row < rows; row++) {
      uniformsInto(uniforms, 0, uniforms.length, key.first, key.second, row, 0);
      wanted[row] = Math.floor(uniforms[0]! * TOPICS);
      observation.context[row * TOPICS + wanted[row]!] = 1;
      for (let i = 0; i < CANDIDATES; i++) {
        const topic = Math.floor(uniforms[2 + i]! * TOPICS);
        topics[row * CANDIDATES + i] = topic;
        observation.candidates[(row * CANDIDATES + i) * TOPICS + topic] = 1;
        // The last two are never masked, so that a slate can always be filled.
        observation.mask[row * CANDIDATES + i] = i < 4 && uniforms[2 + CANDIDATES + i]! < 0.4 ? 0 : 1;
      }
    }
  };
  return {
    id: "test/SlateBandit-v0",
    observationSpace: {
      kind: "dict",
      entries: {
        context: box({ low: 0, high: 1, shape: [TOPICS] }),
        candidates: box({ low: 0, high: 1, shape: [CANDIDATES, TOPICS] }),
        mask: { kind: "multiBinary", size: CANDIDATES },
      },
    },
    actionSpace: slate({ slots: SLOTS, candidates: CANDIDATES }),
    rowCount: rows,
    objectiveNames: [],
    costNames: [],
    observation,
    active: new Uint8Array(rows).fill(1),
    action,
    reward,
    objectives: new Float64Array(0),
    costs: new Float64Array(0),
    terminated: new Uint8Array(rows).fill(1),
    truncated: new Uint8Array(rows),
    finalObservation: buffers(),
    reset(options) {
      clock.set([0, options?.key?.first ?? 1, options?.key?.second ?? 2]);
      show();
    },
    step() {
      for (let row = 0; row < rows; row++) {
        let attainable = 0;
        for (let i = 0; i < CANDIDATES; i++)
          if (observation.mask[row * CANDIDATES + i] === 1 && topics[row * CANDIDATES + i] === wanted[row])
            attainable++;
        let made = 0;
        for (let slot = 0; slot < SLOTS; slot++) {
          const chosen = action[row * SLOTS + slot]!;
          if (observation.mask[row * CANDIDATES + chosen] !== 1)
            throw new Error("slate bandit: a masked candidate was shown");
          if (topics[row * CANDIDATES + chosen] === wanted[row]) made++;
        }
        if (action[row * SLOTS] === action[row * SLOTS + 1])
          throw new Error("slate bandit: a candidate was shown twice");
        reward[row] = attainable === 0 ? 1 : made / Math.min(SLOTS, attainable);
      }
      clock[0]! += 1;
      show();
    },
    snapshot: () => new Uint8Array(clock.slice().buffer),
    restore(snapshot) {
      clock.set(new Float64Array(snapshot.slice().buffer));
      show();
    },
  };
}
