import { TabularMarkovDecisionProcess } from "../markov-decision-process.ts";

/** The same process with another reward `[stateCount, actionCount]` and no costs. */
export function withReward(
  process: TabularMarkovDecisionProcess,
  reward: Readonly<Float64Array>,
): TabularMarkovDecisionProcess {
  const { stateCount, actionCount, transition, terminal } = process;
  const states = Array.from({ length: stateCount }, (_, state) => state);
  const actions = Array.from({ length: actionCount }, (_, action) => action);
  return new TabularMarkovDecisionProcess({
    transition: states.map((state) =>
      actions.map((action) => {
        const at = (state * actionCount + action) * stateCount;
        return Array.from(transition.subarray(at, at + stateCount));
      }),
    ),
    reward: states.map((state) => actions.map((action) => reward[state * actionCount + action]!)),
    startDistribution: Array.from(process.startDistribution),
    discountFactor: process.discountFactor,
    terminalStates: states.filter((state) => terminal[state] === 1),
  });
}
