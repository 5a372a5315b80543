import { ScorecardError } from "../error.ts";

/** Players beyond which all coalitions are too many. */
const MOST_PLAYERS = 12;

/**
 * Exact Shapley values: each player's mean contribution over all orders in which they may join,
 * `φᵢ = Σ_S |S|! (n − |S| − 1)! / n! · (v(S ∪ i) − v(S))`. They sum to `v(all) − v(none)`.
 *
 * @param players - from 0 to 12
 * @param worth - value of a coalition: bit i is set where player i is in; called once for each
 * @throws ScorecardError `BAD_OPTION` for another number of players
 * @see Shapley (1953), "A value for n-person games"
 */
export function shapleyValues(players: number, worth: (coalition: number) => number): Float64Array {
  if (!(Number.isInteger(players) && players >= 0 && players <= MOST_PLAYERS))
    throw new ScorecardError(
      "BAD_OPTION",
      `shapley: found ${players} players, allowed: a whole number from 0 to ${MOST_PLAYERS}`,
    );
  const values = Float64Array.from({ length: 2 ** players }, (_, coalition) => worth(coalition));
  // Chance that a player finds s others there: 1 / (n · C(n − 1, s)).
  const chance = new Float64Array(players);
  let choices = 1;
  for (let s = 0; s < players; s++) {
    chance[s] = 1 / (players * choices);
    choices = (choices * (players - 1 - s)) / (s + 1);
  }
  const out = new Float64Array(players);
  for (let coalition = 0; coalition < values.length; coalition++) {
    const size = bitsOf(coalition);
    for (let i = 0; i < players; i++)
      if ((coalition & (1 << i)) === 0)
        out[i]! += chance[size]! * (values[coalition | (1 << i)]! - values[coalition]!);
  }
  return out;
}

function bitsOf(coalition: number): number {
  let count = 0;
  for (let rest = coalition; rest !== 0; rest &= rest - 1) count++;
  return count;
}
