import { foldInInto, uniformsInto } from "@longview/statistics";
import { CLOCK } from "../content/state.ts";
import { writeTopSlate, type Actor } from "./actor.ts";

/** Uniformly random slates: the candidates of highest keyed uniforms. */
export function randomActor(): Actor {
  let scores = new Float64Array(0);
  const key = new Int32Array(2);
  const tickKey = new Int32Array(2);
  return {
    name: "random",
    start(environment, startKey) {
      key[0] = startKey.first;
      key[1] = startKey.second;
      scores = new Float64Array(environment.options.candidates);
    },
    act(environment) {
      const { clock } = environment.privileged;
      const { days, stepsPerDay } = environment.options;
      const ticks = clock[CLOCK.episode]! * days * stepsPerDay + clock[CLOCK.tick]!;
      foldInInto(tickKey, key[0]!, key[1]!, ticks);
      const first = tickKey[0]!;
      const second = tickKey[1]!;
      for (let row = 0; row < environment.rowCount; row++) {
        if (environment.active[row] !== 1) continue;
        uniformsInto(scores, 0, scores.length, first, second, environment.userOf(row), 0);
        writeTopSlate(environment, row, scores);
      }
    },
  };
}
