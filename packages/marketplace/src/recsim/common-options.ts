import * as z from "zod";

/** Options of every RecSim preset: the size of the slate and of the candidate set. */
export const candidateOptions = {
  slots: z.int().min(1).max(64).default(3).describe("Documents of a slate, K."),
  candidates: z.int().min(1).max(1024).default(10).describe("Candidate documents of a step, M; at least K."),
};

/** The number of steps after which an episode is truncated. */
export function horizonOption(steps: number) {
  return {
    horizon: z
      .int()
      .min(1)
      .max(1_000_000)
      .default(steps)
      .describe("Steps after which an episode is truncated."),
  };
}
