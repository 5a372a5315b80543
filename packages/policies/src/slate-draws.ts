import { uniformsInto, type RandomKey } from "@longview/statistics";
import {
  choiceLogProbability,
  mixedChoiceProbability,
  sampleChoice,
  uniformChoiceProbability,
  type ChoiceGroup,
  type ChoiceProbability,
} from "./choice-groups.ts";

/** What a policy says of one decision before chance decides: scores to sample by, one slate for certain, or nothing. */
export type Preference =
  | { readonly kind: "scores"; readonly scores: Float64Array }
  | { readonly kind: "slate"; readonly slate: Int32Array }
  | { readonly kind: "uniform" };

/** A slate that was drawn, with its exact probabilities. */
export interface DrawnSlate extends ChoiceProbability {
  readonly slate: Int32Array;
}

/** Among what a slate is drawn. */
export interface DrawnAmong {
  readonly groups: readonly ChoiceGroup[];
  /** Place of each candidate in the list that the noise belongs to. @defaultValue its own place */
  readonly places?: Int32Array;
}

/** Draw of a decision that says whether the uniform policy decides; two words, since draws come in pairs. */
const MIXING_DRAWS = 2;

/**
 * Draws slates. A decision's noise is `uniformsInto(key, entity)`: draw 0 says whether the uniform policy decides (below
 * `share`), draw 2 + i belongs to the candidate at place i of the list. So a row's key replays its slate.
 */
export class SlateDraws {
  #uniforms: Float64Array;

  /** @param placeCount - places of a decision, masked ones included; more are made room for */
  constructor(placeCount: number) {
    this.#uniforms = new Float64Array(MIXING_DRAWS + placeCount);
  }

  /** @param share - of the uniform policy in the mixture with it */
  draw(
    { groups, places }: DrawnAmong,
    preference: Preference,
    { share, key, entity }: { readonly share: number; readonly key: RandomKey; readonly entity: number },
  ): DrawnSlate {
    const candidates = groups.reduce((sum, group) => sum + group.candidates, 0);
    const noise = this.#noise(candidates, places, key, entity);
    const uniformly = this.#uniforms[0]! < share;
    const slate =
      uniformly || preference.kind === "uniform"
        ? sampleChoice(new Float64Array(candidates), noise, groups)
        : preference.kind === "scores"
          ? sampleChoice(preference.scores, noise, groups)
          : preference.slate;
    const uniform = uniformChoiceProbability(groups);
    if (preference.kind === "uniform") return { slate, ...uniform };
    const alone = probabilityAlone(preference, slate, groups);
    return { slate, ...mixedChoiceProbability(alone, uniform, share) };
  }

  #noise(candidates: number, places: Int32Array | undefined, key: RandomKey, entity: number): Float64Array {
    const drawn = places === undefined ? MIXING_DRAWS + candidates : this.#uniforms.length;
    if (this.#uniforms.length < drawn) this.#uniforms = new Float64Array(2 * drawn);
    const uniforms = this.#uniforms;
    uniformsInto(uniforms, 0, drawn, key.first, key.second, entity, 0);
    if (places === undefined) return uniforms.subarray(MIXING_DRAWS, drawn);
    const noise = new Float64Array(places.length);
    for (let i = 0; i < noise.length; i++) noise[i] = uniforms[MIXING_DRAWS + places[i]!]!;
    return noise;
  }
}

function probabilityAlone(
  preference: Exclude<Preference, { kind: "uniform" }>,
  slate: Int32Array,
  groups: readonly ChoiceGroup[],
): ChoiceProbability {
  if (preference.kind === "scores") {
    const { joint, positions } = choiceLogProbability(preference.scores, slate, groups);
    return { joint: Math.exp(joint), positions: positions.map(Math.exp) };
  }
  const positions = Float64Array.from(slate, (position, slot) =>
    position === preference.slate[slot] ? 1 : 0,
  );
  return { joint: positions.every((value) => value === 1) ? 1 : 0, positions };
}
