import { normalQuantile } from "@longview/statistics";
import { ScorecardError } from "../error.ts";
import { checkLives, type Lives } from "./kaplan-meier.ts";

/** How much faster events come to one group than to the other. */
export interface HazardRatio {
  /** Hazard of group 1 over that of group 0. */
  readonly ratio: number;
  readonly interval: [number, number];
  /** Its logarithm, the Cox coefficient, and that one's standard error. */
  readonly coefficient: number;
  readonly standardError: number;
}

const ITERATIONS = 50;

/**
 * Hazard ratio of two groups by Cox's partial likelihood with one covariate (0 or 1); ties by Efron's method. The interval is
 * Wald's, `exp(β ± z / √I(β))`.
 *
 * Assumes proportional hazards: one ratio at every age.
 *
 * @param group - 0 or 1 for each life
 * @returns undefined where the events say nothing of a finite ratio: none, or all in a group while the other was at risk
 * @throws ScorecardError `BAD_LENGTH`, `BAD_VALUE`
 * @see Cox (1972), "Regression models and life-tables"
 * @see Efron (1977), "The efficiency of Cox's likelihood function for censored data"
 */
export function hazardRatio(
  lives: Lives,
  group: ArrayLike<number>,
  confidence = 0.95,
): HazardRatio | undefined {
  checkLives("hazardRatio", lives);
  if (group.length !== lives.exit.length)
    throw new ScorecardError(
      "BAD_LENGTH",
      `hazardRatio: group must have ${lives.exit.length} entries, has ${group.length}`,
    );
  const tables = riskTables(lives, group);
  let coefficient = 0;
  for (let step = 0; step < ITERATIONS; step++) {
    const { score, information } = scoreOf(tables, coefficient);
    if (!(information > 1e-12)) return undefined;
    // Half a unit at most: the likelihood is concave, but far from its top a whole Newton step may leave it.
    const move = Math.max(-0.5, Math.min(0.5, score / information));
    coefficient += move;
    if (Math.abs(move) < 1e-10) {
      const standardError = 1 / Math.sqrt(information);
      const half = normalQuantile(0.5 + confidence / 2) * standardError;
      return {
        ratio: Math.exp(coefficient),
        interval: [Math.exp(coefficient - half), Math.exp(coefficient + half)],
        coefficient,
        standardError,
      };
    }
  }
  return undefined;
}

/** At each age of an event: those at risk and those who die, by group. */
interface RiskTable {
  readonly atRisk: readonly [number, number];
  readonly died: readonly [number, number];
}

function riskTables({ exit, event, entry }: Lives, group: ArrayLike<number>): RiskTable[] {
  const count = exit.length;
  const places = (by: ArrayLike<number>): Int32Array =>
    new Int32Array(count).map((_, i) => i).sort((a, b) => by[a]! - by[b]!);
  const byExit = places(exit);
  const byEntry = entry === undefined ? undefined : places(entry);
  const tables: RiskTable[] = [];
  const atRisk: [number, number] = [0, 0];
  const sideOf = (i: number): 0 | 1 => (group[i] === 1 ? 1 : 0);
  let entered = 0;
  for (let left = 0; left < count;) {
    const age = exit[byExit[left]!]!;
    for (; entered < count && (byEntry === undefined || entry![byEntry[entered]!]! < age); entered++)
      atRisk[sideOf(byEntry === undefined ? entered : byEntry[entered]!)]++;
    const died: [number, number] = [0, 0];
    const gone: [number, number] = [0, 0];
    for (; left < count && exit[byExit[left]!] === age; left++) {
      const i = byExit[left]!;
      gone[sideOf(i)]++;
      if (event[i] !== 0) died[sideOf(i)]++;
    }
    if (died[0] + died[1] > 0) tables.push({ atRisk: [atRisk[0], atRisk[1]], died });
    atRisk[0] -= gone[0];
    atRisk[1] -= gone[1];
  }
  return tables;
}

/** Score and information of the partial likelihood; of d tied deaths the k-th leaves k/d of their weight in the risk set. */
function scoreOf(tables: readonly RiskTable[], coefficient: number): { score: number; information: number } {
  const weight = Math.exp(coefficient);
  let score = 0;
  let information = 0;
  for (const { atRisk, died } of tables) {
    const deaths = died[0] + died[1];
    score += died[1];
    for (let k = 0; k < deaths; k++) {
      const part = k / deaths;
      const one = weight * (atRisk[1] - part * died[1]);
      const share = one / (one + atRisk[0] - part * died[0]);
      score -= share;
      information += share * (1 - share);
    }
  }
  return { score, information };
}
