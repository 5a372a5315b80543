import type { MultiplierSettings } from "./algorithms/settings.ts";

/** State of one constraint's controller: plain numbers, part of the checkpoint. */
export interface MultiplierState {
  readonly multiplier: number;
  readonly integral: number;
  readonly smoothedError: number;
  readonly previousError: number;
  /** Updates done; the first sets the smoothed error outright. */
  readonly updates: number;
}

export function initialMultiplier(settings: MultiplierSettings): MultiplierState {
  return {
    multiplier: settings.initial,
    integral: settings.initial,
    smoothedError: 0,
    previousError: 0,
    updates: 0,
  };
}

/**
 * One step of the controller: λ = clip(K_P·e + I + K_D·max(0, Δe), 0, maximum), I ← clip(I + K_I·violation, 0, maximum).
 *
 * `violation` is (measured − target) / scale; `e` is its exponential average. Anti-windup twice: the integral never
 * leaves [0, maximum], and it does not grow while the multiplier already stands at its maximum.
 *
 * @see Stooke, Achiam & Abbeel (2020), "Responsive Safety in Reinforcement Learning by PID Lagrangian Methods"
 */
export function updateMultiplier(
  state: MultiplierState,
  violation: number,
  settings: MultiplierSettings,
): MultiplierState {
  const { proportionalGain, integralGain, derivativeGain, smoothing, maximum } = settings;
  const smoothedError =
    state.updates === 0 ? violation : smoothing * state.smoothedError + (1 - smoothing) * violation;
  const saturated = state.multiplier >= maximum && violation > 0;
  const integral = saturated ? state.integral : clamp(state.integral + integralGain * violation, maximum);
  const rise = state.updates === 0 ? 0 : Math.max(0, smoothedError - state.previousError);
  return {
    multiplier: clamp(proportionalGain * smoothedError + integral + derivativeGain * rise, maximum),
    integral,
    smoothedError,
    previousError: smoothedError,
    updates: state.updates + 1,
  };
}

function clamp(value: number, maximum: number): number {
  return Math.min(maximum, Math.max(0, value));
}
