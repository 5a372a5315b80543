import { normalQuantile, uniformsInto } from "@longview/statistics";
import * as z from "zod";
import { candidateOptions } from "./common-options.ts";
import {
  engagement,
  nextExposure,
  satisfactionAt,
  type LongTermSatisfactionLaw,
} from "./long-term-satisfaction-law.ts";
import { RecsimEnvironment } from "./recsim-environment.ts";

function optionsWith(sensitivity: number) {
  return z
    .strictObject({
      ...candidateOptions,
      memoryDiscount: z
        .number()
        .min(0)
        .lt(1)
        .default(0.7)
        .describe("Share of the net positive exposure that remains after a step."),
      sensitivity: z
        .number()
        .min(0)
        .max(100)
        .default(sensitivity)
        .describe("Steepness of satisfaction in the exposure."),
      innovationDeviation: z
        .number()
        .min(0)
        .max(100)
        .default(0.05)
        .describe("Standard deviation of the exposure's noise."),
      chocMean: z.number().min(-100).max(100).default(5).describe("Mean log-engagement, all clickbait."),
      chocDeviation: z.number().min(0).max(10).default(1).describe("Standard deviation of it."),
      kaleMean: z.number().min(-100).max(100).default(4).describe("Mean log-engagement, no clickbait."),
      kaleDeviation: z.number().min(0).max(10).default(1).describe("Standard deviation of it."),
      timeBudget: z.int().min(1).max(1_000_000).default(60).describe("Steps of an episode."),
    })
    .refine((options) => options.slots <= options.candidates, {
      error: "slots must be <= candidates",
      path: ["slots"],
    });
}

/** Options of `recsim/long-term-satisfaction-v0`; the defaults are RecSim's (sensitivity 0.01: no tension). */
export const longTermSatisfactionOptions = optionsWith(0.01);
/** Options of `recsim/long-term-satisfaction-tension-v0`: the same with sensitivity 0.1. */
export const longTermSatisfactionTensionOptions = optionsWith(0.1);
export type LongTermSatisfactionOptions = z.infer<typeof longTermSatisfactionOptions>;

/** What only oracles and tests may read. Live views of the state. */
export interface LongTermSatisfactionTruth {
  /** [rows], net positive exposure. */
  readonly exposures: Float64Array;
  /** [rows], in (0, 1). */
  readonly satisfactions: Float64Array;
  /** [rows, candidates], share of clickbait in (0, 1). */
  readonly clickbait: Float64Array;
}

const USER = 0xffff_ffff; // in place of a tick
const RESPONSE = 0;
const DOCUMENTS = 0x1_0000;

/**
 * RecSim's long-term satisfaction ("choc and kale"): clickbait engages more now and lowers satisfaction, which scales
 * all later engagement. The user always consumes the first document of the slate.
 *
 * Observation: context = one 0 (RecSim shows nothing of the user); a candidate = its share of clickbait. Reward: engagement,
 * lognormal, unbounded. Terminates when the time budget is used up.
 *
 * With RecSim's sensitivity 0.01 clickbait is also best in the long run. The myopic policy loses in the steady state
 * when `sensitivity > 0.3 · ln(5/4) ≈ 0.067`, as in the tension preset.
 *
 * @see docs/presets.md
 */
export class LongTermSatisfaction extends RecsimEnvironment {
  readonly truth: LongTermSatisfactionTruth;
  readonly #law: LongTermSatisfactionLaw;
  readonly #timeBudget: number;
  readonly #exposures: Float64Array;
  readonly #satisfactions: Float64Array;
  readonly #clickbait: Float64Array;
  readonly #uniforms = new Float64Array(2);

  constructor(id: string, options: LongTermSatisfactionOptions, rowCount: number) {
    const { slots, candidates } = options;
    const exposures = new Float64Array(rowCount);
    const satisfactions = new Float64Array(rowCount);
    const clickbait = new Float64Array(rowCount * candidates);
    super({
      id,
      rowCount,
      slots,
      candidates,
      context: { low: 0, high: 0, shape: [1] },
      features: { low: [0], high: [1] },
      objectiveNames: ["engagement"],
      state: [exposures, satisfactions, clickbait],
    });
    this.#law = options;
    this.#timeBudget = options.timeBudget;
    this.#exposures = exposures;
    this.#satisfactions = satisfactions;
    this.#clickbait = clickbait;
    this.truth = { exposures, satisfactions, clickbait };
  }

  step(): void {
    this.checkSlates();
    const law = this.#law;
    const { action, slots, candidateCount, reward, objectives, terminated, ticks } = this;
    const keys = this.episodeKeys;
    const uniforms = this.#uniforms;
    for (let row = 0; row < this.rowCount; row++) {
      const tick = ticks[row]!;
      uniformsInto(uniforms, 0, 2, keys[2 * row]!, keys[2 * row + 1]!, tick, RESPONSE);
      const share = this.#clickbait[row * candidateCount + action[row * slots]!]!;
      const engaged = engagement(law, this.#satisfactions[row]!, share, normalQuantile(uniforms[0]!));
      const exposure = nextExposure(law, this.#exposures[row]!, share, normalQuantile(uniforms[1]!));
      this.#exposures[row] = exposure;
      this.#satisfactions[row] = satisfactionAt(law, exposure);
      reward[row] = engaged;
      objectives[row] = engaged;
      ticks[row] = tick + 1;
      this.#drawDocuments(row);
      terminated[row] = tick + 1 >= this.#timeBudget ? 1 : 0;
      if (terminated[row] === 1) this.end(row);
    }
  }

  protected begin(row: number): void {
    const keys = this.episodeKeys;
    uniformsInto(this.#uniforms, 0, 1, keys[2 * row]!, keys[2 * row + 1]!, USER, 0);
    const exposure = (this.#uniforms[0]! - 0.5) / (1 - this.#law.memoryDiscount);
    this.#exposures[row] = exposure;
    this.#satisfactions[row] = satisfactionAt(this.#law, exposure);
    this.#drawDocuments(row);
  }

  #drawDocuments(row: number): void {
    const { candidateCount, episodeKeys: keys } = this;
    const start = row * candidateCount;
    const end = start + candidateCount;
    const tick = this.ticks[row]!;
    uniformsInto(this.#clickbait, start, candidateCount, keys[2 * row]!, keys[2 * row + 1]!, tick, DOCUMENTS);
    const features = this.observation.candidates;
    for (let i = start; i < end; i++) features[i] = this.#clickbait[i]!;
  }
}
