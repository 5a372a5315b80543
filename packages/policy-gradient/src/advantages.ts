/** How a decision's stretch of time ended. */
export const OPEN = 0;
/** Its successor is another decision of the same rollout. */
export const LINKED = 1;
/** The episode terminated: nothing follows. */
export const TERMINATED = 2;
/** Cut off (time limit, or the rollout's end): the stored bootstrap value stands for what follows. */
export const BOOTSTRAPPED = 3;

/** Decisions of one shard's rollout, in order of time: a successor always has a higher index. */
export interface DecisionChain {
  readonly count: number;
  /** Rewards from a decision until the next one, each discounted back to the decision. */
  readonly reward: ArrayLike<number>;
  /** Ticks until the next decision (or the end), ≥ 1. */
  readonly elapsed: ArrayLike<number>;
  readonly end: ArrayLike<number>;
  /** Index of the successor where `end` is LINKED. */
  readonly next: ArrayLike<number>;
  readonly value: ArrayLike<number>;
  /** Value of what follows where `end` is BOOTSTRAPPED. */
  readonly bootstrap: ArrayLike<number>;
  /** Stride and offset into reward, value and bootstrap (several value heads lie side by side). */
  readonly stride: number;
  readonly offset: number;
}

/**
 * Generalised advantage estimates over a semi-Markov chain of decisions, in float64.
 *
 * `δ = r + γ^Δ V′ − V`, `A = δ + γ^Δ λ A′`, where Δ is the number of ticks a decision lasted: time discounts by the
 * tick, λ decays by the decision. V′ is the successor's value, the bootstrap, or 0 at a termination. An OPEN decision
 * (its successor has not happened yet) has no advantage (0); its own value ends the segment before it.
 *
 * @param out - receives one advantage a decision; the value target is `advantage + value`
 * @see Schulman et al. (2016), "High-Dimensional Continuous Control Using Generalized Advantage Estimation"
 */
export function generalisedAdvantagesInto(
  out: Float64Array,
  chain: DecisionChain,
  { discountFactor, lambda, rewardScale = 1, rewardClip = Infinity }: AdvantageOptions,
): void {
  const { count, reward, elapsed, end, next, value, bootstrap, stride, offset } = chain;
  for (let i = count - 1; i >= 0; i--) {
    const kind = end[i]!;
    if (kind === OPEN) {
      out[i] = 0;
      continue;
    }
    const at = i * stride + offset;
    const scaled = reward[at]! * rewardScale;
    const received = scaled > rewardClip ? rewardClip : scaled < -rewardClip ? -rewardClip : scaled;
    let advantage = received - value[at]!;
    if (kind !== TERMINATED) {
      const discount = elapsed[i] === 1 ? discountFactor : discountFactor ** elapsed[i]!;
      const successor = next[i]!;
      advantage +=
        kind === LINKED
          ? discount * (value[successor * stride + offset]! + lambda * out[successor]!)
          : discount * bootstrap[at]!;
    }
    out[i] = advantage;
  }
}

export interface AdvantageOptions {
  /** γ, for one tick. */
  readonly discountFactor: number;
  /** λ, for one decision. */
  readonly lambda: number;
  /** Factor on rewards. @defaultValue 1 */
  readonly rewardScale?: number;
  /** Bound of a scaled reward's size. @defaultValue Infinity */
  readonly rewardClip?: number;
}
