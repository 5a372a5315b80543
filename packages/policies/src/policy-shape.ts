import { actionWidth, valueLength, type BoxSpace, type Space } from "@longview/environment";

/** One buffer of an observation, as a policy reads it. */
export interface ObservationEntry {
  readonly name: string;
  /** Numbers of one row in the environment's buffer. */
  readonly size: number;
  /** Shape of one row. */
  readonly rowShape: readonly number[];
  /** `real`: numbers, normalised; `mask`: allowed actions (0 or 1); `category`: whole numbers, shown one-hot. */
  readonly kind: "real" | "mask" | "category";
  /** Whether the environment's buffer is a `Uint8Array` (bits, uint8 boxes) rather than a `Float32Array`. */
  readonly bytes: boolean;
  /** Categories of each number where `kind` is `category`. */
  readonly categories: readonly number[];
  /** Length of the normaliser's vectors: features of one row (of one candidate for `candidates`); 0: not normalised. */
  readonly normalisedSize: number;
}

/** Which distribution a policy has. */
export type DistributionName = "categorical" | "multi-categorical" | "diagonal-gaussian" | "plackett-luce";

/** What follows from the spaces alone: plain data that can be sent to a worker. */
export interface PolicyShape {
  readonly distribution: DistributionName;
  readonly observation: readonly ObservationEntry[];
  readonly actionSpace: Space;
  /** Numbers in one action. */
  readonly actionWidth: number;
  readonly actionType: "int32" | "float32";
  /** Sizes of the distribution's outputs, by name: logits, scores, or mean and logStandardDeviation. */
  readonly outputs: Readonly<Record<string, number>>;
}

/**
 * Reads a policy's shape off an environment's spaces.
 *
 * @throws RangeError for an action space without a distribution, or an observation the networks cannot read
 */
export function policyShape(observationSpace: Space, actionSpace: Space): PolicyShape {
  const parts: readonly (readonly [string, Space])[] =
    observationSpace.kind === "dict"
      ? Object.entries(observationSpace.entries)
      : [["observation", observationSpace]];
  const observation = parts.map(([name, space]) => entryOf(name, space));
  const base = { observation, actionSpace, actionWidth: actionWidth(actionSpace) };
  switch (actionSpace.kind) {
    case "discrete":
      requireMaskSize(observation, actionSpace.size);
      return {
        ...base,
        distribution: "categorical",
        actionType: "int32",
        outputs: { logits: actionSpace.size },
      };
    case "multiDiscrete": {
      const size = actionSpace.sizes.reduce((sum, count) => sum + count, 0);
      requireMaskSize(observation, size);
      return { ...base, distribution: "multi-categorical", actionType: "int32", outputs: { logits: size } };
    }
    case "box": {
      const size = valueLength(actionSpace);
      return {
        ...base,
        distribution: "diagonal-gaussian",
        actionType: "float32",
        outputs: { mean: size, logStandardDeviation: size },
      };
    }
    case "slate": {
      for (const name of ["context", "candidates", "mask"])
        if (!observation.some((entry) => entry.name === name))
          throw new RangeError(
            `policy: a slate's observation needs context, candidates and mask; ${name} is missing`,
          );
      requireMaskSize(observation, actionSpace.candidates);
      return {
        ...base,
        distribution: "plackett-luce",
        actionType: "int32",
        outputs: { scores: actionSpace.candidates },
      };
    }
    default:
      throw new RangeError(
        `policy: action space ${actionSpace.kind} has no distribution; use discrete, multiDiscrete, box or slate`,
      );
  }
}

function entryOf(name: string, space: Space): ObservationEntry {
  switch (space.kind) {
    case "box":
      return {
        name,
        size: valueLength(space),
        rowShape: space.shape,
        kind: "real",
        bytes: space.dataType === "uint8",
        categories: [],
        normalisedSize: normalisedSize(name, space),
      };
    case "multiBinary": {
      const mask = name === "mask";
      return {
        name,
        size: space.size,
        rowShape: [space.size],
        kind: mask ? "mask" : "real",
        bytes: true,
        categories: [],
        normalisedSize: mask ? 0 : space.size,
      };
    }
    case "discrete":
      return {
        name,
        size: 1,
        rowShape: [1],
        kind: "category",
        bytes: false,
        categories: [space.size],
        normalisedSize: 0,
      };
    case "multiDiscrete":
      return {
        name,
        size: space.sizes.length,
        rowShape: [space.sizes.length],
        kind: "category",
        bytes: false,
        categories: space.sizes,
        normalisedSize: 0,
      };
    default:
      throw new RangeError(
        `policy: observation ${name} is a ${space.kind}; allowed are box, multiBinary, discrete and multiDiscrete`,
      );
  }
}

/** Candidates share one vector of feature moments; everything else has one an element. */
function normalisedSize(name: string, space: BoxSpace): number {
  return name === "candidates" && space.shape.length === 2 ? space.shape[1]! : valueLength(space);
}

function requireMaskSize(observation: readonly ObservationEntry[], size: number): void {
  const mask = observation.find((entry) => entry.kind === "mask");
  if (mask !== undefined && mask.size !== size)
    throw new RangeError(`policy: the mask has ${mask.size} bits, the actions are ${size}`);
}

/** The mask entry, where there is one. */
export function maskEntry(shape: PolicyShape): ObservationEntry | null {
  return shape.observation.find((entry) => entry.kind === "mask") ?? null;
}
