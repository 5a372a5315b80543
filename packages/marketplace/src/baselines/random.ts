import { foldIn, uniformsInto, type RandomKey } from "@longview/statistics";
import { writeTopSlate, type Actor } from "./actor.ts";

/** Uniformly random slates: the candidates of highest keyed uniforms. */
export function randomActor(): Actor {
  let scores = new Float64Array(0);
  let key: RandomKey = { first: 0, second: 0 };
  let tick = 0;
  return {
    name: "random",
    start(environment, startKey) {
      key = startKey;
      tick = 0;
      scores = new Float64Array(environment.options.candidates);
    },
    act(environment) {
      const tickKey = foldIn(key, tick++);
      const first = tickKey.first | 0;
      const second = tickKey.second | 0;
      for (let row = 0; row < environment.rowCount; row++) {
        if (environment.active[row] !== 1) continue;
        uniformsInto(scores, 0, scores.length, first, second, row, 0);
        writeTopSlate(environment, row, scores);
      }
    },
  };
}
