/** Moments by which one observation entry is standardised: (x − mean) · scale, then clipped. */
export interface NormaliserState {
  readonly mean: Float32Array;
  readonly scale: Float32Array;
}

/** The numbers of a policy. With the configuration and the environment's spaces it is complete. */
export interface PolicyState {
  /** All parameters (policy and values), one flat vector in the model's layout. */
  readonly parameters: Float32Array;
  /** By observation entry; mean 0 and scale 1 where observations are not normalised. */
  readonly normaliser: Readonly<Record<string, NormaliserState>>;
}
