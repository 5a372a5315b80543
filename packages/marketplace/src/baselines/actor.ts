import type { RandomKey } from "@longview/statistics";
import type { PageRows } from "../content/page-rows.ts";

/**
 * Decides for every active row of a world: reads `environment.observation`, writes `environment.action`.
 * The work may be asynchronous, so that a trained policy can be an actor too.
 */
export interface Actor<World extends PageRows = PageRows> {
  readonly name: string;
  /** Called once before a world, with the key of whatever randomness the actor needs. */
  start?(environment: World, key: RandomKey): void;
  act(environment: World): void | Promise<void>;
}

/** Scores every candidate of one row into `scores` (length `candidates`); higher is better. */
export type ScoreInto = (scores: Float64Array, environment: PageRows, row: number) => void;

/** Writes the slate of the highest scores of one row, best first, ties by position; masked positions are left out. */
export function writeTopSlate(environment: PageRows, row: number, scores: Float64Array): void {
  const { slots, candidates } = environment.options;
  const mask = environment.observation.mask;
  const action = environment.action;
  for (let j = 0; j < slots; j++) {
    let best = -1;
    for (let m = 0; m < candidates; m++) {
      if (mask[row * candidates + m] !== 1 || (best >= 0 && !(scores[m]! > scores[best]!))) continue;
      let chosen = false;
      for (let before = 0; before < j; before++) if (action[row * slots + before] === m) chosen = true;
      if (!chosen) best = m;
    }
    action[row * slots + j] = best;
  }
}

/** An actor that shows the candidates of highest score. */
export function greedyActor(name: string, scoreInto: ScoreInto): Actor {
  let scores = new Float64Array(0);
  return {
    name,
    act(environment) {
      if (scores.length !== environment.options.candidates)
        scores = new Float64Array(environment.options.candidates);
      for (let row = 0; row < environment.rowCount; row++) {
        if (environment.active[row] !== 1) continue;
        scoreInto(scores, environment, row);
        writeTopSlate(environment, row, scores);
      }
    },
  };
}
