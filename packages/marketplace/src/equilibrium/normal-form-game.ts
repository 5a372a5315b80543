/**
 * A finite game written out in full. Profiles are numbered with the first player's strategy running fastest:
 * `profile = Σᵢ strategyᵢ · Π_{j<i} strategyCountsⱼ`.
 */
export interface NormalFormGame {
  /** How many strategies each player has. */
  readonly strategyCounts: readonly number[];
  /** `utilities[i][profile]` is player i's utility. */
  readonly utilities: readonly Float64Array[];
}

/** One player changes to another strategy and gains. */
export interface BetterResponse {
  readonly player: number;
  /** The profile after the change. */
  readonly profile: number;
  /** What the player gains, > 0. */
  readonly gain: number;
}

/** How many profiles there are: the product of the strategy counts. */
export function profileCount(strategyCounts: readonly number[]): number {
  return strategyCounts.reduce((product, count) => product * count, 1);
}

function strideOf(game: NormalFormGame, player: number): number {
  return profileCount(game.strategyCounts.slice(0, player));
}

/** What a player plays in a profile. */
export function strategyOf(game: NormalFormGame, profile: number, player: number): number {
  return Math.floor(profile / strideOf(game, player)) % game.strategyCounts[player]!;
}

/** The profile in which one player plays `strategy` and all others what they did. */
export function deviate(game: NormalFormGame, profile: number, player: number, strategy: number): number {
  return profile + (strategy - strategyOf(game, profile, player)) * strideOf(game, player);
}

/** Every unilateral change in a profile that gains more than `tolerance`. */
export function betterResponses(game: NormalFormGame, profile: number, tolerance = 1e-12): BetterResponse[] {
  const found: BetterResponse[] = [];
  game.strategyCounts.forEach((count, player) => {
    const utilities = game.utilities[player]!;
    for (let strategy = 0; strategy < count; strategy++) {
      const next = deviate(game, profile, player, strategy);
      const gain = utilities[next]! - utilities[profile]!;
      if (gain > tolerance) found.push({ player, profile: next, gain });
    }
  });
  return found;
}

/** All pure Nash equilibria, by enumeration: profiles without a better response. */
export function pureEquilibria(game: NormalFormGame, tolerance = 1e-12): number[] {
  const profiles = Array.from({ length: profileCount(game.strategyCounts) }, (_, profile) => profile);
  return profiles.filter((profile) => betterResponses(game, profile, tolerance).length === 0);
}

/**
 * How far a potential is from explaining every unilateral change:
 * `max |u_i(s'_i, s_-i) − u_i(s) − (Φ(s'_i, s_-i) − Φ(s))|`. 0 up to rounding: Φ is an exact potential.
 *
 * @param potential - Φ by profile
 * @see Monderer & Shapley (1996), "Potential Games", eq. 2.1
 */
export function potentialViolation(game: NormalFormGame, potential: Float64Array): number {
  let worst = 0;
  game.strategyCounts.forEach((count, player) => {
    const utilities = game.utilities[player]!;
    potential.forEach((value, profile) => {
      for (let strategy = 0; strategy < count; strategy++) {
        const next = deviate(game, profile, player, strategy);
        const gain = utilities[next]! - utilities[profile]!;
        worst = Math.max(worst, Math.abs(gain - (potential[next]! - value)));
      }
    });
  });
  return worst;
}

/**
 * Exploitability (Nash-conv) of independent mixed strategies: `Σᵢ max_s u_i(s, m_-i) − u_i(m)`, >= 0; 0 in equilibrium.
 *
 * @param mixed - `mixed[i][s]`: chance that player i plays s
 * @throws RangeError when the shapes differ from the game's
 */
export function exploitability(game: NormalFormGame, mixed: readonly Float64Array[]): number {
  game.strategyCounts.forEach((count, player) => {
    if (mixed[player]?.length !== count)
      throw new RangeError(
        `exploitability: player ${player} has ${count} strategies, got ${mixed[player]?.length ?? "no"} chances`,
      );
  });
  let sum = 0;
  game.strategyCounts.forEach((count, player) => {
    const values = strategyValues(game, mixed, player);
    let expected = 0;
    for (let strategy = 0; strategy < count; strategy++)
      expected += mixed[player]![strategy]! * values[strategy]!;
    sum += Math.max(...values) - expected;
  });
  return sum;
}

/** Expected utility of each of a player's strategies while the others mix. */
function strategyValues(game: NormalFormGame, mixed: readonly Float64Array[], player: number): Float64Array {
  const values = new Float64Array(game.strategyCounts[player]!);
  game.utilities[player]!.forEach((utility, profile) => {
    let chance = 1;
    for (let other = 0; other < mixed.length; other++)
      if (other !== player) chance *= mixed[other]![strategyOf(game, profile, other)]!;
    const own = strategyOf(game, profile, player);
    values[own] = values[own]! + chance * utility;
  });
  return values;
}

/**
 * Price of anarchy over pure equilibria: best welfare of any profile over the worst equilibrium's, >= 1; undefined where
 * no pure equilibrium exists or the worst has no positive welfare.
 *
 * @param welfare - welfare by profile
 */
export function priceOfAnarchy(game: NormalFormGame, welfare: Float64Array): number | undefined {
  const worst = Math.min(...pureEquilibria(game).map((profile) => welfare[profile]!));
  if (!(worst > 0) || worst === Infinity) return undefined;
  return welfare.reduce((best, value) => Math.max(best, value), -Infinity) / worst;
}

/** Where the dynamics came to. */
export interface DynamicsResult {
  /** Profiles in the order in which they were visited, the start first. */
  readonly path: readonly number[];
  /** Whether the last is an equilibrium; false: the dynamics came back to where they had been, so they cycle. */
  readonly converged: boolean;
}

/** Best-response dynamics: in each step the change that gains most of all is made, until none gains or a profile recurs. */
export function bestResponseDynamics(game: NormalFormGame, start: number): DynamicsResult {
  const path = [start];
  const visited = new Set(path);
  for (let profile = start; ;) {
    const responses = betterResponses(game, profile);
    if (responses.length === 0) return { path, converged: true };
    profile = responses.reduce((best, response) => (response.gain > best.gain ? response : best)).profile;
    path.push(profile);
    if (visited.has(profile)) return { path, converged: false };
    visited.add(profile);
  }
}
