import { LIFE_KINDS, LIFE_SUBJECTS, type LifeEvents, type LifeKind, type LifeSubject } from "./events.ts";
import { ScorecardError } from "./error.ts";
import type { RequiredLives } from "./metric.ts";
import { GrowingNumbers } from "./resampling/growing-numbers.ts";

/** The first and last day of each kind of event in each life; memory grows with users, creators and items, not with events. */
export class LifeTables {
  readonly #recorded: readonly RequiredLives[];
  /** Users have numbers of any size: a place each. */
  readonly #users = new Map<number, number>();
  readonly #days = new Map<string, GrowingNumbers>();
  readonly #lastDays = new Map<string, GrowingNumbers>();
  readonly #counts = new Map<LifeSubject, number>();

  /** @param recorded - which events the source records: only then does no event mean that nothing happened */
  constructor(recorded: readonly RequiredLives[]) {
    this.#recorded = recorded;
    for (const subject of LIFE_SUBJECTS)
      for (const kind of LIFE_KINDS) {
        this.#days.set(`${subject} ${kind}`, new GrowingNumbers(1, Number.NaN));
        this.#lastDays.set(`${subject} ${kind}`, new GrowingNumbers(1, Number.NaN));
      }
  }

  /** Whether the source records such events; who joins is available from then on. */
  recorded({ subject, kind }: RequiredLives): boolean {
    return this.#recorded.some(
      (known) =>
        known.subject === subject &&
        (known.kind === kind || (kind === "available" && known.kind === "joined")),
    );
  }

  /** Adds events, in any order. @throws ScorecardError `BAD_LENGTH`, `BAD_VALUE` */
  add({ subject, kind, id, day }: LifeEvents): void {
    if (id.length !== day.length)
      throw new ScorecardError("BAD_LENGTH", `lives: ${id.length} ids and ${day.length} days, need as many`);
    const days = this.#days.get(`${subject} ${kind}`)!;
    const lastDays = this.#lastDays.get(`${subject} ${kind}`)!;
    for (let i = 0; i < id.length; i++) {
      if (!(Number.isSafeInteger(id[i]) && id[i]! >= 0 && Number.isFinite(day[i])))
        throw new ScorecardError(
          "BAD_VALUE",
          `lives: ${subject} ${id[i]} ${kind} on day ${day[i]}, allowed: a whole number from 0, a finite day`,
        );
      const at = days.reach(subject === "user" ? this.#placeOf(id[i]!) : id[i]!);
      if (!(days.values[at]! <= day[i]!)) days.values[at] = day[i]!;
      lastDays.reach(at);
      if (!(lastDays.values[at]! >= day[i]!)) lastDays.values[at] = day[i]!;
    }
    this.#counts.set(subject, Math.max(this.count(subject), days.count));
  }

  #placeOf(unit: number): number {
    const known = this.#users.get(unit);
    if (known !== undefined) return known;
    this.#users.set(unit, this.#users.size);
    return this.#users.size - 1;
  }

  /** Subjects with a number below this are known. */
  count(subject: LifeSubject): number {
    return this.#counts.get(subject) ?? 0;
  }

  /** First day of the event in the life of subject `at`; NaN where it never happened. */
  first(subject: LifeSubject, kind: LifeKind, at: number): number {
    const days = this.#days.get(`${subject} ${kind}`)!;
    return at < days.count ? days.values[at]! : Number.NaN;
  }

  /** Last day of the event in the life of subject `at`; NaN where it never happened. */
  last(subject: LifeSubject, kind: LifeKind, at: number): number {
    const days = this.#lastDays.get(`${subject} ${kind}`)!;
    return at < days.count ? days.values[at]! : Number.NaN;
  }
}
