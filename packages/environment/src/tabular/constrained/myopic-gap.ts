import { TabularMarkovDecisionProcess } from "../markov-decision-process.ts";
import { policyIteration, policyReturn } from "../solve.ts";

/** What looking ahead is worth in a world. */
export interface MyopicGap {
  /** `J*`: the optimal discounted return from the start distribution. */
  readonly optimalValue: number;
  /** Return of the policy that takes the highest immediate reward, choosing evenly among equals. */
  readonly myopicValue: number;
  /** The most that any choice among equals could have: what a ranker could be lucky to get. */
  readonly luckyMyopicValue: number;
  /** `optimalValue − myopicValue`, >= 0. */
  readonly gap: number;
  /** Whether planning is worth anything: the gap is more than rounding. */
  readonly needed: boolean;
  readonly statement: string;
}

/** Immediate rewards closer than this share of the largest are equal. */
const EQUAL = 1e-12;
/** A gap below this share of the largest possible return is rounding. */
const ROUNDING = 1e-9;

/**
 * Is reinforcement learning needed in this world? The exact return of the myopic policy (a perfect supervised ranker of immediate
 * rewards) beside the exact optimum. Where they are equal a ranker is enough. Where immediate rewards tie, the long run may
 * decide between equals: a ranker can't know which.
 */
export function myopicGap(process: TabularMarkovDecisionProcess): MyopicGap {
  const { stateCount, actionCount, reward, startDistribution } = process;
  const largest = reward.reduce((most, r) => Math.max(most, Math.abs(r)), 0);
  const policy = new Float64Array(reward.length);
  for (let state = 0; state < stateCount; state++) {
    const from = state * actionCount;
    const here = reward.subarray(from, from + actionCount);
    const best = here.reduce((most, r) => Math.max(most, r), -Infinity);
    const equals = here.map((r) => (best - r <= EQUAL * largest ? 1 : 0));
    const count = equals.reduce((sum, one) => sum + one, 0);
    policy.set(
      equals.map((one) => one / count),
      from,
    );
  }
  const fromStart = (values: Readonly<Float64Array>): number =>
    values.reduce((sum, value, state) => sum + value * startDistribution[state]!, 0);
  const optimalValue = fromStart(policyIteration(process).values);
  const myopicValue = policyReturn(process, policy).value;
  const luckyMyopicValue = fromStart(policyIteration(among(process, policy)).values);
  const rounding = (ROUNDING * largest) / (1 - process.discountFactor);
  const gap = Math.max(0, optimalValue - myopicValue);
  const needed = gap > rounding;
  const figures = `${brief(myopicValue)} of ${brief(optimalValue)}`;
  const statement = !needed
    ? `the myopic policy is optimal (${brief(optimalValue)}): a supervised ranker is enough`
    : optimalValue - luckyMyopicValue <= rounding
      ? `the optimum is among the myopic policies, but only looking ahead tells which of equal rewards to take: chosen evenly they earn ${figures}`
      : `looking ahead is worth ${brief(gap)}: the myopic policy earns ${figures}`;
  return { optimalValue, myopicValue, luckyMyopicValue, gap, needed, statement };
}

/** The process in which every action outside a policy's support does what the first action inside it does. */
function among(
  process: TabularMarkovDecisionProcess,
  policy: Readonly<Float64Array>,
): TabularMarkovDecisionProcess {
  const { stateCount, actionCount, transition, reward, terminal } = process;
  const states = Array.from({ length: stateCount }, (_, state) => state);
  const cells = states.map((state) => {
    const all = Array.from({ length: actionCount }, (_, action) => state * actionCount + action);
    const first = all.find((cell) => policy[cell]! > 0)!;
    return all.map((cell) => (policy[cell]! > 0 ? cell : first));
  });
  return new TabularMarkovDecisionProcess({
    transition: cells.map((row) =>
      row.map((cell) => Array.from(transition.subarray(cell * stateCount, (cell + 1) * stateCount))),
    ),
    reward: cells.map((row) => row.map((cell) => reward[cell]!)),
    startDistribution: Array.from(process.startDistribution),
    discountFactor: process.discountFactor,
    terminalStates: states.filter((state) => terminal[state] === 1),
  });
}

const brief = (x: number): string => String(Number(x.toPrecision(5)));
