import { normalQuantile } from "@longview/statistics";
import { ScorecardError } from "../error.ts";

/** Lives of independent subjects: one entry a subject in every array. */
export interface Lives {
  /** Age at which the subject was last seen alive, or at which the event happened; above its entry. */
  readonly exit: ArrayLike<number>;
  /** 1 where the event happened at `exit`, 0 where it had not until then (right-censored). */
  readonly event: ArrayLike<number>;
  /** Age from which the subject is watched (left truncation). @defaultValue 0 for all */
  readonly entry?: ArrayLike<number>;
}

/** A survival curve: one entry a distinct age at which an event happened, ascending. */
export interface SurvivalCurve {
  readonly age: Float64Array;
  /** Subjects watched just before. */
  readonly atRisk: Float64Array;
  readonly events: Float64Array;
  /** Estimated share that lives past the age. */
  readonly survival: Float64Array;
  /** Greenwood's sum `Σ d / (n (n − d))`; Infinity once all at risk have died. */
  readonly greenwood: Float64Array;
}

/**
 * Kaplan–Meier estimate `Ŝ(t) = Π (1 − d / n)` over the ages of events, with right censoring and delayed entry. A subject whose
 * exit equals an event's age is at risk there; one whose entry equals it is not.
 *
 * @throws ScorecardError `BAD_LENGTH`; `BAD_VALUE` for an exit that is not after its entry
 * @see Kaplan & Meier (1958), "Nonparametric estimation from incomplete observations"
 */
export function kaplanMeier(lives: Lives): SurvivalCurve {
  checkLives("kaplanMeier", lives);
  const { exit, event, entry } = lives;
  const count = exit.length;
  const byExit = order(exit);
  const byEntry = entry === undefined ? undefined : order(entry);
  const ages: number[] = [];
  const risks: number[] = [];
  const deaths: number[] = [];
  let left = 0;
  let entered = 0;
  while (left < count) {
    const age = exit[byExit[left]!]!;
    if (byEntry === undefined) entered = count;
    else while (entered < count && entry![byEntry[entered]!]! < age) entered++;
    const atRisk = entered - left;
    let died = 0;
    for (; left < count && exit[byExit[left]!] === age; left++) died += event[byExit[left]!]! === 0 ? 0 : 1;
    if (died === 0) continue;
    ages.push(age);
    risks.push(atRisk);
    deaths.push(died);
  }
  const survival = new Float64Array(ages.length);
  const greenwood = new Float64Array(ages.length);
  let alive = 1;
  let sum = 0;
  ages.forEach((_, i) => {
    const n = risks[i]!;
    const d = deaths[i]!;
    alive *= 1 - d / n;
    sum += n === d ? Infinity : d / (n * (n - d));
    survival[i] = alive;
    greenwood[i] = sum;
  });
  return {
    age: Float64Array.from(ages),
    atRisk: Float64Array.from(risks),
    events: Float64Array.from(deaths),
    survival,
    greenwood,
  };
}

/**
 * Survival past an age with its log-log interval `Ŝ^exp(± z √Greenwood / ln Ŝ)`, which stays in [0, 1].
 *
 * Before the first event, and once nobody is left, the interval is undefined: it is then null.
 *
 * @param age - within what was watched; beyond the last exit the curve says nothing, which the caller checks
 * @returns `standardError` by Greenwood: `Ŝ √Greenwood`
 * @see Kalbfleisch & Prentice (1980), "The Statistical Analysis of Failure Time Data", section 1.3
 */
export function survivalAt(
  curve: SurvivalCurve,
  age: number,
  confidence = 0.95,
): { survival: number; standardError: number; interval: [number, number] | null } {
  let at = -1;
  while (at + 1 < curve.age.length && curve.age[at + 1]! <= age) at++;
  if (at < 0) return { survival: 1, standardError: 0, interval: null };
  const survival = curve.survival[at]!;
  if (survival === 0) return { survival, standardError: 0, interval: null };
  const root = Math.sqrt(curve.greenwood[at]!);
  const half = Math.exp((normalQuantile(0.5 + confidence / 2) * root) / -Math.log(survival));
  return { survival, standardError: survival * root, interval: [survival ** half, survival ** (1 / half)] };
}

/**
 * Age at which the curve reaches `level`, with the ages whose log-log interval holds it; null where the curve never comes there.
 *
 * @see Brookmeyer & Crowley (1982), "A confidence interval for the median survival time"
 */
export function survivalQuantile(
  curve: SurvivalCurve,
  level = 0.5,
  confidence = 0.95,
): { age: number | null; interval: [number | null, number | null] } {
  let age: number | null = null;
  let lower: number | null = null;
  let upper: number | null = null;
  curve.age.forEach((at, i) => {
    const { interval } = survivalAt(curve, at, confidence);
    const [low, high] = interval ?? [0, curve.survival[i]!];
    if (age === null && curve.survival[i]! <= level) age = at;
    if (lower === null && low <= level) lower = at;
    if (upper === null && high <= level) upper = at;
  });
  return { age, interval: [lower, upper] };
}

/** Places of values from the smallest up. */
function order(values: ArrayLike<number>): Int32Array {
  return new Int32Array(values.length).map((_, i) => i).sort((a, b) => values[a]! - values[b]!);
}

/** Refuses lives whose arrays differ in length, or that end before they are watched. */
export function checkLives(where: string, { exit, event, entry }: Lives): void {
  if (event.length !== exit.length || (entry !== undefined && entry.length !== exit.length))
    throw new ScorecardError(
      "BAD_LENGTH",
      `${where}: exit, event and entry must have the same length, have ${exit.length}, ${event.length}` +
        `${entry === undefined ? "" : `, ${entry.length}`}`,
    );
  for (let i = 0; i < exit.length; i++) {
    const from = entry === undefined ? 0 : entry[i]!;
    if (!(exit[i]! > from && exit[i]! < Infinity && from >= 0))
      throw new ScorecardError(
        "BAD_VALUE",
        `${where}: life ${i} is watched from ${from} to ${exit[i]}, allowed: finite, not negative, to after from`,
      );
  }
}
