import type { TabularMarkovDecisionProcess } from "../markov-decision-process.ts";
import { checkLimits, costSpan, type CostLimits } from "./limits.ts";
import { NO_EXCESS } from "./contradiction.ts";
import { withOccupancyProgram, type OccupancyProgram } from "./occupancy-program.ts";

/** What moving a limit one way does to the optimal value, and how far that stays so. */
export interface OneSidedRate {
  /** Change of the optimal value for each unit of the limit, >= 0: gained when it is loosened, lost when it is tightened. */
  readonly rate: number;
  /** The rate is the same up to this limit, the others unmoved; Infinity where it is so for ever. */
  readonly until: number;
}

/** `∂J* / ∂b_i` from both sides. */
export interface ExchangeRate {
  readonly limit: number;
  readonly looser: OneSidedRate;
  /** Undefined where nothing less can be kept. */
  readonly tighter: OneSidedRate | undefined;
  /** Whether both rates agree; else the optimum is at a corner, and its multiplier is any number from looser to tighter. */
  readonly unique: boolean;
}

/** First step tried to either side, as a share of the cost's span; then a tenth of it, and so on. */
const FIRST_STEP = 1e-3;
const LAST_STEP = 1e-8;
/** A range that ends so near to the limit, as a share of the cost's span, reaches it. */
const REACHES = 1e-9;
/** Rates that differ by a smaller share are one: the solver's duals have about that precision in worlds of a thousand states. */
const AGREE = 1e-6;

/**
 * What each limit costs: "one unit more of this budget brings `looser.rate` of value". The optimal value is concave and piecewise
 * linear in each limit, so a rate holds over a range and changes at its ends. Each is the multiplier of the program solved again
 * a little to the side of the limit, and counts only if the range in which that multiplier is optimal reaches back to the limit;
 * else the step is made smaller.
 *
 * @returns one a limit; undefined where no policy keeps all limits
 * @throws RangeError for a limit on an unknown cost, or one that is not finite
 */
export async function exchangeRates(
  process: TabularMarkovDecisionProcess,
  limits: CostLimits,
): Promise<Readonly<Record<string, ExchangeRate>> | undefined> {
  checkLimits(process, limits);
  return withOccupancyProgram(process, limits, (program) => {
    const { excess } = program.leastExcess(new Set(program.names));
    if (excess > NO_EXCESS) return undefined;
    return Object.fromEntries(
      program.names.map((name, i) => {
        const limit = limits[name]!;
        const span = costSpan(process, name);
        const looser = side(program, i, { limit, span, direction: 1, excess });
        const tighter = side(program, i, { limit, span, direction: -1, excess });
        if (looser === undefined)
          throw new Error(`exchangeRates: the solver failed beyond the limit ${name}`);
        const unique = tighter !== undefined && tighter.rate - looser.rate <= AGREE * tighter.rate;
        return [name, { limit, looser, tighter, unique }];
      }),
    );
  });
}

interface Side {
  readonly limit: number;
  readonly span: number;
  readonly direction: 1 | -1;
  readonly excess: number;
}

function side(
  program: OccupancyProgram,
  index: number,
  { limit, span, direction, excess }: Side,
): OneSidedRate | undefined {
  let found: OneSidedRate | undefined;
  for (let step = FIRST_STEP; step >= LAST_STEP; step /= 10) {
    const moved = program.solveMoved(index, limit + direction * step * span, excess);
    if (moved === undefined) continue;
    const [near, far] = direction === 1 ? [moved.from, moved.to] : [moved.to, moved.from];
    found = { rate: moved.rate, until: far };
    if (direction * (near - limit) <= REACHES * span) return found;
  }
  return found;
}
