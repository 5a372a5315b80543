import type { Highs, Model } from "highs";
import { ScorecardError } from "../error.ts";

/** Who could serve whom, and within what limits. */
export interface SupplyProblem {
  /** d_u > 0: what each user (or cell of users) is to be served in all, in exposures. */
  readonly demand: ArrayLike<number>;
  /** r_uc: utility of one exposure of user u to supplier c, user-major; −∞ where c can't serve u. */
  readonly utility: ArrayLike<number>;
  /** ν_c ≥ 0: exposures that supplier c needs to stay. */
  readonly viability: ArrayLike<number>;
  /** cap_c ≥ 0: exposures that supplier c can serve at most; ∞ for no limit. */
  readonly capacity: ArrayLike<number>;
  /** Largest share of one user's demand that one supplier may serve, in (0, 1]. @defaultValue 1, no limit */
  readonly pairShare?: number;
}

/** What a limit's last unit is worth to either side. The two differ where the optimum is at a corner of the value. */
export interface UnitPrice {
  /** The solver's dual. */
  readonly dual: number;
  /** Change of the value with one unit more, a unit. NaN where no more is possible. */
  readonly more: number;
  /** Change of the value with one unit less, a unit, sign reversed: what the last unit brings. NaN where less is impossible. */
  readonly less: number;
  /** Whether `more` and `less` agree; else the dual is one of several, and only the two sides mean something. */
  readonly unique: boolean;
}

/** The best allocation and the price of every limit. */
export interface SupplyPrices {
  readonly status: "optimal";
  /** Σ r_uc x_uc. */
  readonly value: number;
  /** x_uc, user-major. */
  readonly allocation: Float64Array;
  /** Value of one more exposure of demand, by user. */
  readonly demandPrice: Float64Array;
  /** Value of one more exposure that must go to a supplier; ≤ 0: minus it is what keeping the supplier viable costs. */
  readonly viabilityPrice: readonly UnitPrice[];
  /** Value of one more exposure that a supplier could serve; ≥ 0. */
  readonly capacityPrice: readonly UnitPrice[];
  /** Value of one more exposure of a pair beyond its share; ≥ 0, user-major. */
  readonly pairPrice: Float64Array;
}

/** No allocation keeps every limit, and why. */
export interface InfeasibleSupply {
  readonly status: "infeasible";
  readonly reason: string;
}

/** Step of the re-solved problems, as a share of the mean demand: small beside demand, large beside the solver's tolerance. */
const STEP = 1e-4;
/** Sides that differ by less, as a share of the largest utility, are one. */
const AGREE = 1e-6;

/**
 * The viability-constrained matching and its shadow prices:
 * `max Σ r_uc x_uc` with `Σ_c x_uc = d_u`, `ν_c ≤ Σ_u x_uc ≤ cap_c`, `0 ≤ x_uc ≤ share · d_u`.
 *
 * Solved by HiGHS, handed the numbers themselves and not text, so that no digit is lost. The value is concave and piecewise linear in
 * every limit. At a corner it has two slopes and the dual is any number between them; so each price is given from both sides, by
 * solving again with the limit moved by a ten-thousandth of the mean demand.
 *
 * @throws {ScorecardError} for numbers out of range
 * @see Mladenov et al. (2020), "Optimizing Long-term Social Welfare in Recommender Systems: A Constrained Matching Approach"
 */
export async function supplyPrices(problem: SupplyProblem): Promise<SupplyPrices | InfeasibleSupply> {
  const { demand, viability, capacity } = problem;
  checkProblem(problem);
  const reason = plainInfeasibility(problem);
  if (reason !== undefined) return { status: "infeasible", reason };
  const highs = await (runtime ??= loadSolver());
  return highs.withModel((model): SupplyPrices | InfeasibleSupply => {
    model.options.set({
      output_flag: false,
      primal_feasibility_tolerance: 1e-10,
      dual_feasibility_tolerance: 1e-10,
    });
    model.passModel(modelOf(highs, problem));
    if (model.run().modelStatus !== highs.constants.modelStatus.optimal)
      return {
        status: "infeasible",
        reason: "no allocation keeps every viability, capacity and share at once",
      };
    const users = demand.length;
    const suppliers = viability.length;
    const value = model.getObjectiveValue();
    const { colValue, colDual, rowDual } = model.getSolution();
    const scale = largestUtility(problem);
    const step = (STEP * total(demand)) / users;
    const priced = (row: number, limit: number, bound: "lower" | "upper"): UnitPrice => {
      const slope = (change: number): number => {
        const moved = limit + change;
        if (moved < 0) return NaN;
        setBound(highs, model, row, bound, moved);
        const solved = model.run().modelStatus === highs.constants.modelStatus.optimal;
        const slope = solved ? (model.getObjectiveValue() - value) / change : NaN;
        setBound(highs, model, row, bound, limit);
        return slope;
      };
      const [more, less] = [slope(step), slope(-step)];
      return { dual: rowDual[row]!, more, less, unique: Math.abs(more - less) <= AGREE * scale };
    };
    return {
      status: "optimal",
      value,
      allocation: colValue.slice(),
      demandPrice: rowDual.slice(0, users),
      viabilityPrice: Array.from(viability, (limit, c) =>
        limit === 0 ? FREE : priced(users + c, limit, "lower"),
      ),
      capacityPrice: Array.from(capacity, (limit, c) =>
        limit === Infinity ? FREE : priced(users + suppliers + c, limit, "upper"),
      ),
      pairPrice: pairPrices(problem, colValue, colDual),
    };
  });
}

/** Loaded once: every model of it is freed after its use. */
let runtime: Promise<Highs> | undefined;

async function loadSolver(): Promise<Highs> {
  const { default: loaded } = await import("highs");
  // The package's types describe its CommonJS form, in which the loader stands one `default` further in.
  return await (typeof loaded === "function" ? loaded : loaded.default)();
}

/** The price of a limit that is none. */
const FREE: UnitPrice = { dual: 0, more: 0, less: 0, unique: true };

function setBound(highs: Highs, model: Model, row: number, bound: "lower" | "upper", limit: number): void {
  if (bound === "lower") model.changeRowBounds(row, limit, highs.infinity);
  else model.changeRowBounds(row, -highs.infinity, limit);
}

/** Rows: every user's demand, every supplier's viability, every supplier's capacity. Columns: pairs, user-major. */
function modelOf(highs: Highs, problem: SupplyProblem): Parameters<Model["passModel"]>[0] {
  const { demand, utility, viability, capacity, pairShare = 1 } = problem;
  const users = demand.length;
  const suppliers = viability.length;
  const columns = users * suppliers;
  const rows = users + 2 * suppliers;
  const indices = new Int32Array(3 * columns);
  const colUpper = new Float64Array(columns);
  for (let u = 0; u < users; u++)
    for (let c = 0; c < suppliers; c++) {
      const column = u * suppliers + c;
      indices.set([u, users + c, users + suppliers + c], 3 * column);
      // A share of 1 is no limit beside the demand's own: left out, so that its price is not split in two.
      if (utility[column]! > -Infinity)
        colUpper[column] = pairShare < 1 ? pairShare * demand[u]! : highs.infinity;
    }
  const bounds = (below: number, above: number): Float64Array =>
    Float64Array.from({ length: rows }, (_, row) =>
      row < users
        ? demand[row]!
        : row < users + suppliers
          ? below === 0
            ? viability[row - users]!
            : highs.infinity
          : above === 0
            ? Math.min(capacity[row - users - suppliers]!, highs.infinity)
            : -highs.infinity,
    );
  return {
    numCols: columns,
    numRows: rows,
    sense: highs.constants.objectiveSense.maximize,
    colCost: Float64Array.from({ length: columns }, (_, k) => (utility[k]! > -Infinity ? utility[k]! : 0)),
    colLower: new Float64Array(columns),
    colUpper,
    rowLower: bounds(0, 1),
    rowUpper: bounds(1, 0),
    matrix: {
      format: "csc",
      numRows: rows,
      numCols: columns,
      starts: Int32Array.from({ length: columns + 1 }, (_, k) => 3 * k),
      indices,
      values: new Float64Array(3 * columns).fill(1),
    },
  };
}

function pairPrices(
  { utility, pairShare = 1 }: SupplyProblem,
  allocation: Readonly<Float64Array>,
  reducedCosts: Readonly<Float64Array>,
): Float64Array {
  return reducedCosts.map((cost, k) =>
    pairShare < 1 && utility[k]! > -Infinity && allocation[k]! > 0 ? Math.max(0, cost) : 0,
  );
}

const total = (numbers: ArrayLike<number>): number =>
  Array.from(numbers).reduce((sum, each) => sum + each, 0);

function largestUtility({ utility }: SupplyProblem): number {
  let largest = 0;
  for (let k = 0; k < utility.length; k++)
    if (utility[k]! > -Infinity) largest = Math.max(largest, Math.abs(utility[k]!));
  return largest || 1;
}

function plainInfeasibility({ demand, viability, capacity }: SupplyProblem): string | undefined {
  const wanted = total(demand);
  const needed = total(viability);
  const offered = total(capacity);
  if (needed > wanted) return `suppliers need ${needed} exposures to stay, and only ${wanted} are demanded`;
  if (offered < wanted) return `${wanted} exposures are demanded, and suppliers can serve only ${offered}`;
  for (let c = 0; c < viability.length; c++)
    if (viability[c]! > capacity[c]!)
      return `supplier ${c} needs ${viability[c]} exposures and can serve only ${capacity[c]}`;
  return undefined;
}

function checkProblem(problem: SupplyProblem): void {
  const { demand, utility, viability, capacity, pairShare = 1 } = problem;
  const suppliers = viability.length;
  if (demand.length === 0 || suppliers === 0)
    throw new ScorecardError("BAD_LENGTH", "supply: needs at least one user and one supplier");
  if (capacity.length !== suppliers || utility.length !== demand.length * suppliers)
    throw new ScorecardError(
      "BAD_LENGTH",
      `supply: ${demand.length} users and ${suppliers} suppliers need ${suppliers} capacities and ${demand.length * suppliers} utilities, got ${capacity.length} and ${utility.length}`,
    );
  const check = (
    name: string,
    numbers: ArrayLike<number>,
    allowed: (x: number) => boolean,
    what: string,
  ): void => {
    for (let k = 0; k < numbers.length; k++)
      if (!allowed(numbers[k]!))
        throw new ScorecardError("BAD_VALUE", `supply: ${name} ${k} must be ${what}, got ${numbers[k]}`);
  };
  check("demand", demand, (x) => x > 0 && x < Infinity, "> 0 and finite");
  check("utility", utility, (x) => x < Infinity, "finite, or −∞ where there is none");
  check("viability", viability, (x) => x >= 0 && x < Infinity, ">= 0 and finite");
  check("capacity", capacity, (x) => x >= 0, ">= 0");
  if (!(pairShare > 0 && pairShare <= 1))
    throw new ScorecardError("BAD_OPTION", `supply: pairShare must be in (0, 1], got ${pairShare}`);
}
