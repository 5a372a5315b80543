/** When the window of a decision of this second closes: windows are whole seconds, never shorter than asked for. */
export function windowEnd(second: number, attributionSeconds: number): number {
  return second + 1 + attributionSeconds;
}
