import type { Highs, Model } from "highs";
import type { TabularMarkovDecisionProcess } from "../markov-decision-process.ts";
import { costSpan, type CostLimits } from "./limits.ts";

/** An optimal basic solution of the program. */
export interface ProgramSolution {
  /** `[stateCount, actionCount]`; 0 in terminal states. */
  readonly occupancy: Float64Array;
  /** Dual of each limit, >= 0, in the order of the limits. */
  readonly multipliers: Float64Array;
}

/** Duals that are smaller, as a share of the largest reward, are 0. */
const ZERO = 1e-9;

/**
 * The linear program over occupancy measures `x(s, a) ≥ 0` of the states that are not terminal:
 *
 * `max Σ r x` with `Σ_a x(s', a) − γ Σ_{s,a} P(s' | s, a) x(s, a) = μ(s')` for each state and `Σ c_i x ≤ b_i + excess · span_i` for
 * each limit. One column more, `excess`, is 0 except where the least excess is asked for.
 *
 * @see Altman (1999), "Constrained Markov Decision Processes", chapters 3 and 10
 */
export class OccupancyProgram {
  readonly names: readonly string[];
  readonly #highs: Highs;
  readonly #model: Model;
  readonly #process: TabularMarkovDecisionProcess;
  /** Table index `state · actionCount + action` of each column. */
  readonly #cells: Int32Array;
  readonly #firstLimitRow: number;
  readonly #limits: Float64Array;
  /** Smallest reward-unit number that counts as more than 0. */
  readonly #zero: number;
  readonly #spans: Float64Array;

  constructor(highs: Highs, model: Model, process: TabularMarkovDecisionProcess, limits: CostLimits) {
    this.#highs = highs;
    this.#model = model;
    this.#process = process;
    this.names = Object.keys(limits);
    this.#limits = Float64Array.from(this.names, (name) => limits[name]!);
    this.#spans = Float64Array.from(this.names, (name) => costSpan(process, name));
    this.#zero = ZERO * (process.reward.reduce((most, r) => Math.max(most, Math.abs(r)), 0) || 1);
    const { stateCount, actionCount, terminal, transition, startDistribution, discountFactor } = process;
    const rowOf = new Int32Array(stateCount).fill(-1);
    let states = 0;
    for (let state = 0; state < stateCount; state++) if (terminal[state] === 0) rowOf[state] = states++;
    this.#firstLimitRow = states;
    this.#cells = new Int32Array(states * actionCount);
    const starts = [0];
    const indices: number[] = [];
    const values: number[] = [];
    const entry = (row: number, value: number): void => {
      if (value === 0) return;
      indices.push(row);
      values.push(value);
    };
    for (let state = 0; state < stateCount; state++) {
      if (terminal[state] === 1) continue;
      for (let action = 0; action < actionCount; action++) {
        const cell = state * actionCount + action;
        this.#cells[starts.length - 1] = cell;
        for (let next = 0; next < stateCount; next++)
          if (terminal[next] === 0)
            entry(
              rowOf[next]!,
              (next === state ? 1 : 0) - discountFactor * transition[cell * stateCount + next]!,
            );
        this.names.forEach((name, i) => entry(states + i, process.costs[name]![cell]!));
        starts.push(indices.length);
      }
    }
    this.#spans.forEach((span, i) => entry(states + i, -span));
    starts.push(indices.length);
    const numCols = starts.length - 1;
    const numRows = states + this.names.length;
    const start = startDistribution.filter((_, state) => terminal[state] === 0);
    model.options.set({
      output_flag: false,
      primal_feasibility_tolerance: 1e-10,
      dual_feasibility_tolerance: 1e-10,
      small_matrix_value: 1e-12,
    });
    model.passModel({
      numCols,
      numRows,
      sense: highs.constants.objectiveSense.maximize,
      colCost: new Float64Array(numCols),
      colLower: new Float64Array(numCols),
      colUpper: new Float64Array(numCols).fill(highs.infinity),
      rowLower: Float64Array.from({ length: numRows }, (_, row) => start[row] ?? -highs.infinity),
      rowUpper: Float64Array.from({ length: numRows }, (_, row) => start[row] ?? this.#limits[row - states]!),
      matrix: {
        format: "csc",
        numCols,
        numRows,
        starts: Int32Array.from(starts),
        indices: Int32Array.from(indices),
        values: Float64Array.from(values),
      },
    });
  }

  /**
   * The least `excess` by which the `kept` limits must all be widened, as a share of each cost's span, for a policy to keep them;
   * 0 where one does. The weights (>= 0, one a limit) are its duals: where it is more than 0, no policy's weighted cost is within
   * the weighted limits.
   */
  leastExcess(kept: ReadonlySet<string>): { readonly excess: number; readonly weights: Float64Array } {
    const { infinity } = this.#highs;
    this.#setObjective(undefined, -1);
    this.#model.changeColBounds(this.#cells.length, 0, infinity);
    this.names.forEach((name, i) =>
      this.#boundLimit(i, -infinity, kept.has(name) ? this.#limits[i]! : infinity),
    );
    if (!this.#run()) throw new Error("occupancy program: no occupancy measure exists; is a table broken?");
    const { colValue, rowDual } = this.#model.getSolution();
    const weights = rowDual.slice(this.#firstLimitRow).map((dual) => Math.max(0, dual));
    return { excess: colValue[this.#cells.length]!, weights };
  }

  /** The optimum within the limits, widened by `excess`; undefined where no policy keeps them. */
  solve(excess: number, limits: Readonly<Float64Array> = this.#limits): ProgramSolution | undefined {
    const { reward } = this.#process;
    this.#setObjective(reward, 0);
    this.#model.changeColBounds(this.#cells.length, 0, excess);
    for (let i = 0; i < limits.length; i++) this.#boundLimit(i, -this.#highs.infinity, limits[i]!);
    if (!this.#run()) return undefined;
    const { colValue, rowDual } = this.#model.getSolution();
    const occupancy = new Float64Array(reward.length);
    this.#cells.forEach((cell, column) => (occupancy[cell] = Math.max(0, colValue[column]!)));
    return { occupancy, multipliers: rowDual.slice(this.#firstLimitRow).map((dual) => Math.max(0, dual)) };
  }

  /** The solution with limit `index` moved to `limit`, and from where to where of that limit its multipliers are optimal. */
  solveMoved(
    index: number,
    limit: number,
    excess: number,
  ): { readonly rate: number; readonly from: number; readonly to: number } | undefined {
    const { infinity } = this.#highs;
    const limits = this.#limits.slice();
    limits[index] = limit;
    const solution = this.solve(excess, limits);
    if (solution === undefined) return undefined;
    const paid = solution.multipliers.map((multiplier, i) =>
      multiplier * this.#spans[i]! * (1 - this.#process.discountFactor) > this.#zero ? 1 : 0,
    );
    // Complementary slackness: what is optimal for these multipliers, for whatever limit, uses no cell with a reduced cost and
    // exhausts every other limit that has a price.
    const { colDual } = this.#model.getSolution();
    const unused = Array.from(this.#cells.keys()).filter((column) => Math.abs(colDual[column]!) > this.#zero);
    for (const column of unused) this.#model.changeColBounds(column, 0, 0);
    for (let i = 0; i < limits.length; i++)
      this.#boundLimit(
        i,
        i !== index && paid[i] === 1 ? limits[i]! : -infinity,
        i === index ? infinity : limits[i]!,
      );
    const cost = this.#process.costs[this.names[index]!]!;
    const extreme = (sign: 1 | -1): number => {
      this.#setObjective(
        cost.map((c) => sign * c),
        0,
      );
      return this.#run() ? sign * this.#model.getObjectiveValue() : NaN;
    };
    const from = extreme(-1);
    const to = paid[index] === 1 ? extreme(1) : Infinity;
    for (const column of unused) this.#model.changeColBounds(column, 0, infinity);
    return { rate: paid[index] === 1 ? solution.multipliers[index]! : 0, from, to };
  }

  #setObjective(table: Readonly<Float64Array> | undefined, excess: number): void {
    this.#cells.forEach((cell, column) => {
      this.#model.changeColCost(column, table?.[cell] ?? 0);
    });
    this.#model.changeColCost(this.#cells.length, excess);
  }

  #boundLimit(index: number, lower: number, upper: number): void {
    this.#model.changeRowBounds(this.#firstLimitRow + index, lower, upper);
  }

  /** Whether an optimum was found; every program here is bounded. */
  #run(): boolean {
    return this.#model.run().modelStatus === this.#highs.constants.modelStatus.optimal;
  }
}

/** Loaded once: every model of it is freed after its use. */
let runtime: Promise<Highs> | undefined;

async function loadSolver(): Promise<Highs> {
  const { default: loaded } = await import("highs");
  // The package's types describe its CommonJS form, in which the loader stands one `default` further in.
  return await (typeof loaded === "function" ? loaded : loaded.default)();
}

/** Builds the program, hands it over, and frees it. */
export async function withOccupancyProgram<Result>(
  process: TabularMarkovDecisionProcess,
  limits: CostLimits,
  use: (program: OccupancyProgram) => Result,
): Promise<Result> {
  const highs = await (runtime ??= loadSolver());
  return highs.withModel((model): Result => use(new OccupancyProgram(highs, model, process, limits)));
}
