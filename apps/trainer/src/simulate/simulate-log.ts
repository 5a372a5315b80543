import type { DecisionLogRow } from "@longview/formats";
import { SlateDraws, type Preference } from "@longview/policies";
import { deriveKey, foldIn, uniform, type RandomKey } from "@longview/statistics";
import { UsageError } from "../exit-codes.ts";
import type { Decider } from "./deciders.ts";
import type { Decision } from "./decision-view.ts";
import { OpenDecisions } from "./open-decisions.ts";
import type { SimulatedWorld } from "./simulated-world.ts";

/** How much is simulated: so many whole sessions, or the first so many decisions. */
export type LogLength =
  | { readonly kind: "sessions"; readonly count: number }
  | { readonly kind: "decisions"; readonly count: number };

/** What a simulation needs. */
export interface SimulateLogOptions {
  readonly world: SimulatedWorld;
  /** Each unit is decided for by one of them, by a keyed hash of the unit, with equal shares. */
  readonly deciders: readonly Decider[];
  readonly length: LogLength;
  readonly key: RandomKey;
  /** Takes rows as their outcomes are complete, each unit's in order of time. */
  readonly write: (rows: readonly DecisionLogRow[]) => void;
  readonly progress?: (done: number) => void;
  readonly stopped?: () => boolean;
}

/** What was simulated. */
export interface SimulatedLog {
  readonly decisions: number;
  readonly sessions: number;
  readonly units: number;
  /** Decisions of each policy, by its id. */
  readonly decisionsByPolicy: Readonly<Record<string, number>>;
  /** Mean of each metric over decisions: the objectives, then the costs. */
  readonly means: Readonly<Record<string, number>>;
}

/** Ticks after which signals are heard and the screen is drawn. */
const TICKS_PER_TURN = 16;
const MAXIMUM_IDLE_TICKS = 1_000_000;

/** The key of everything random inside the environment. */
export const environmentKey = (key: RandomKey): RandomKey => deriveKey(key, "environment");

/** One row of the environment, and the session that it is in. */
interface Seat {
  episode: number;
  step: number;
  unit: string;
  session: string;
  decider: number;
  /** Whether the session's decisions are written. */
  logged: boolean;
}

/**
 * Plays policies in an environment and hands over every decision with its exact propensities. Deterministic in the
 * environment, the policies, the length and the key. Undefined when it was stopped.
 *
 * With a number of sessions each row plays its share of them from its first on, so that short ones are not
 * overrepresented; rows that have played theirs go on, unlogged, where rows share a world. With a number of decisions
 * the last decision of a session that is cut off by the log's end is marked truncated.
 */
export async function simulateLog(options: SimulateLogOptions): Promise<SimulatedLog | undefined> {
  const { world, deciders, length, key, write, progress, stopped } = options;
  const { environment, view, secondsPerTick } = world;
  const { rowCount, active, terminated, truncated } = environment;
  const actionKey = deriveKey(key, "actions");
  const draws = new SlateDraws(view.placeCount);
  const open = new OpenDecisions(environment);
  const bySessions = length.kind === "sessions";
  const played = new Int32Array(rowCount);
  const seats = Array.from({ length: rowCount }, (_, row) => seatOf(row, 0));
  const units = new Set<string>();
  const decisionsByPolicy = Object.fromEntries(deciders.map(({ id }) => [id, 0]));
  const sums: Record<string, number> = {};
  let decisions = 0;
  let sessions = 0;
  let finished = 0;

  function shareOf(row: number): number {
    if (!bySessions) return Infinity;
    return Math.floor(length.count / rowCount) + (row < length.count % rowCount ? 1 : 0);
  }

  function seatOf(row: number, episode: number): Seat {
    const unit = world.newUsers ? `u${row}-${episode}` : `u${row}`;
    const decider =
      deciders.length === 1
        ? 0
        : Math.floor(uniform(deriveKey(deriveKey(key, "policies"), unit), 0, 0) * deciders.length);
    return {
      episode,
      step: 0,
      unit,
      session: `u${row}-${episode}`,
      decider,
      logged: played[row]! < shareOf(row),
    };
  }

  function begin(row: number, decision: Decision, preference: Preference, tick: number): void {
    const seat = seats[row]!;
    const decider = deciders[seat.decider]!;
    const tickKey = foldIn(actionKey, tick);
    const drawn = draws.draw(decision, preference, { share: decider.share, key: tickKey, entity: row });
    view.write(row, decision, drawn.slate);
    if (!seat.logged || (!bySessions && decisions >= length.count)) return;
    if (seat.step === 0) {
      sessions++;
      units.add(seat.unit);
    }
    decisions++;
    decisionsByPolicy[decider.id]!++;
    open.open(row, {
      decision_id: `${seat.session}-${seat.step}`,
      unit_id: seat.unit,
      session_id: seat.session,
      step: seat.step++,
      timestamp: tick * secondsPerTick,
      policy_id: decider.id,
      random_key: `${hexOf(tickKey)}/${row}`,
      context: decision.context,
      candidates: decision.candidates,
      slate: Array.from(drawn.slate),
      slate_propensity: drawn.joint,
      position_propensities: Array.from(drawn.positions),
    });
  }

  function end(row: number, how: { terminated: boolean; truncated: boolean }): void {
    const whole = open.close(row, how);
    if (whole === undefined) return;
    for (const metrics of [whole.objectives, whole.costs])
      for (const name in metrics) sums[name] = (sums[name] ?? 0) + metrics[name]!;
    write([whole]);
  }

  /** Decides for every active row; returns whether any was. */
  async function decide(tick: number): Promise<boolean> {
    const rows: number[] = [];
    const made: Decision[] = [];
    for (let row = 0; row < rowCount; row++) {
      if (active[row] === 0) continue;
      const decision = view.read(row);
      if (decision === undefined) {
        view.write(row, { context: [], candidates: [], groups: [], places: new Int32Array(0) }, []);
        continue;
      }
      const next = bySessions || decisions + rows.length < length.count;
      end(row, { terminated: false, truncated: !next });
      rows.push(row);
      made.push(decision);
    }
    const preferences: Preference[] = [];
    for (const [number, decider] of deciders.entries()) {
      const own = rows.flatMap((row, i) => (seats[row]!.decider === number ? [i] : []));
      if (own.length === 0) continue;
      const preferred = await decider.prefer(
        own.map((i) => rows[i]!),
        own.map((i) => made[i]!),
      );
      own.forEach((i, k) => (preferences[i] = preferred[k]!));
    }
    rows.forEach((row, i) => begin(row, made[i]!, preferences[i]!, tick));
    return rows.length > 0;
  }

  environment.reset({ key: environmentKey(key) });
  let idle = 0;
  for (let tick = 0; bySessions ? finished < length.count : decisions < length.count; tick++) {
    if (stopped?.() === true) return undefined;
    idle = (await decide(tick)) ? 0 : idle + 1;
    if (idle > MAXIMUM_IDLE_TICKS)
      throw new UsageError(`environment ${environment.id}: nobody decides anything for ${idle} ticks`);
    environment.step();
    for (let row = 0; row < rowCount; row++) {
      open.receive(row);
      if (terminated[row] === 0 && truncated[row] === 0) continue;
      const seat = seats[row]!;
      // An episode in which nothing was decided is no session.
      if (seat.step > 0) {
        end(row, { terminated: terminated[row] !== 0, truncated: truncated[row] !== 0 });
        played[row]!++;
        finished++;
      }
      seats[row] = seatOf(row, seat.episode + 1);
    }
    progress?.(bySessions ? finished : Math.min(decisions, length.count));
    if (tick % TICKS_PER_TURN === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  // Only a log of so many decisions ends amid sessions.
  for (let row = 0; row < rowCount; row++) end(row, { terminated: false, truncated: true });
  const means = Object.fromEntries(Object.entries(sums).map(([name, sum]) => [name, sum / decisions]));
  return { decisions, sessions, units: units.size, decisionsByPolicy, means };
}

const hexOf = ({ first, second }: RandomKey): string =>
  [first, second].map((word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
