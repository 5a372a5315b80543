/** A number that is infinite or NaN appeared; nothing was written. */
export class NonFiniteError extends Error {
  override readonly name = "NonFiniteError";
  /** The first such tensor in the order of computation. */
  readonly tensorName: string;
  /** Minibatch within the call, from 0. */
  readonly step: number;
  constructor(program: string, tensorName: string, step: number) {
    super(
      `${program}: ${tensorName} is not finite at minibatch ${step}; parameters are as they were before the call`,
    );
    this.tensorName = tensorName;
    this.step = step;
  }
}
