/** Where a RecoGym user is: on the shop's pages, on a page with a recommendation, or gone. */
export const ORGANIC = 0;
export const BANDIT = 1;
export const LEFT = 2;
export type VisitState = typeof ORGANIC | typeof BANDIT | typeof LEFT;

/** Probabilities of RecoGym's Markov chain of a visit; what is left of 1 stays where it is. */
export interface VisitLaw {
  readonly organicToBandit: number;
  readonly leaveOrganic: number;
  readonly banditToOrganic: number;
  readonly leaveBandit: number;
  /** `recogym`: users leave recommendations with `leaveOrganic`, as its code has it; `mended`: with `leaveBandit`. */
  readonly leaveRule: "recogym" | "mended";
}

/**
 * The state after this one, by inversion in the order organic, bandit, left.
 *
 * @param uniforms - the draw in (0, 1) is at `at`: a bare number would be boxed
 * @see RecoGym `reco_env_v0.py` and `reco_env_v1.py`, `state_transition`: the chance to leave a recommendation is
 * `prob_leave_organic` there (issues 28 and 29)
 */
export function nextVisitState(
  law: VisitLaw,
  state: VisitState,
  uniforms: Float64Array,
  at: number,
): VisitState {
  const uniform = uniforms[at]!;
  if (state === ORGANIC) {
    if (uniform < 1 - law.organicToBandit - law.leaveOrganic) return ORGANIC;
    return uniform < 1 - law.leaveOrganic ? BANDIT : LEFT;
  }
  const leave = law.leaveRule === "mended" ? law.leaveBandit : law.leaveOrganic;
  if (uniform < law.banditToOrganic) return ORGANIC;
  return uniform < 1 - leave ? BANDIT : LEFT;
}
